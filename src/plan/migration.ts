import type { ClassName } from '../model/class-name.ts'

/** What a site's class scripts, `.deps` and `.var` files say, for some of its hosts. */
export type MigrationInput = {
  readonly hosts: readonly HostList[]
  /** Classes that the machine goes on telling: they are not written down. */
  readonly facts: readonly ClassName[]
  /** What all hosts have in common is asked of the whole domain. */
  readonly shareDefault: boolean
  readonly definitions: readonly MigratedClass[]
}

/** The classes that scripts gave a host, lowest priority first, without `DEFAULT`, host and `LAST`. */
export type HostList = { readonly host: string; readonly classes: readonly ClassName[] }

/** What is said of one class. */
export type MigratedClass = {
  readonly name: string
  readonly requires: readonly string[]
  readonly variables: readonly { readonly name: string; readonly value: string }[]
  /** What stays in the config space, one sentence each. */
  readonly notes: readonly string[]
}

/** The same as records and entries have it: membership strings, each short enough for one string of TXT. */
export type Migration = {
  readonly domain: readonly string[]
  readonly hosts: readonly { readonly host: string; readonly memberships: readonly string[] }[]
  readonly definitions: readonly MigratedClass[]
}

/** RFC 1035, section 3.3: a string of 255 octets at most, and `65535 ` in front. */
const STRING_OCTETS = 240

/**
 * Turns lists into memberships. Shared is only what all lists begin with: classes of the domain come before those of a
 * host, so anything else would change an order. Each host keeps a string of its own, which makes it known. Pure.
 */
export const planMigration = ({ hosts, facts, shareDefault, definitions }: MigrationInput): Migration => {
  const lists = hosts.map(({ host, classes }) => ({
    host,
    classes: classes.filter(name => !facts.includes(name)),
  }))
  const shared = shareDefault ? commonBegin(lists.map(({ classes }) => classes)) : []
  return {
    domain: toStrings(shared),
    hosts: lists.map(({ host, classes }) => {
      const own = classes.slice(shared.length)
      return { host, memberships: toStrings(own.length === 0 ? shared.slice(-1) : own) }
    }),
    definitions: definitions.filter(
      ({ requires, variables, notes }) => requires.length + variables.length + notes.length > 0,
    ),
  }
}

const commonBegin = (lists: readonly (readonly ClassName[])[]): readonly ClassName[] => {
  const [first = [], ...others] = lists
  const end = first.findIndex((name, index) => others.some(list => list[index] !== name))
  return end === -1 ? first : first.slice(0, end)
}

/** One string where it fits, else several with rising weights. */
const toStrings = (classes: readonly string[]): readonly string[] => {
  const strings: string[] = []
  for (const name of classes) {
    const last = strings.at(-1)
    if (last !== undefined && last.length + 1 + name.length <= STRING_OCTETS)
      strings.push(`${strings.pop()} ${name}`)
    else strings.push(name)
  }
  return strings.length < 2 ? strings : strings.map((text, index) => `${(index + 1) * 10} ${text}`)
}

/** A list of required classes as strings, each short enough for TXT. Pure. */
export const requiresStrings = (requires: readonly string[]): readonly string[] => toStrings(requires)
