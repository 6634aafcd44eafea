import { type Diagnostic, errorAt, warningAt } from '../../diagnostic/diagnostic.ts'
import type { HostName } from '../../model/catalog.ts'
import { parseClassName } from '../../model/class-name.ts'
import { type Membership, quote } from '../../model/grammar.ts'
import type { Read } from './directory-place.ts'
import type { Dn } from './dn.ts'
import { type Entry, type EntryOrigin, originOf } from './entry.ts'
import { findProfile } from './fai-schema-profile.ts'

/** A word of a `FAIclass` and where it stands. */
export type Word = { readonly text: string; readonly origin: EntryOrigin }

/** What the consumers of `fai.schema` do differently. */
export type Consumer = {
  readonly name: string
  /** Only the first value of a `FAIclass` counts, in the order that the server gives. */
  readonly firstValueOnly: boolean
  /** The consumer itself refuses a list without `:release`; here it counts, with the warning `release-missing`. */
  readonly needsRelease: boolean
  /** `+repository` may stand in a list. */
  readonly allowsRepository: boolean
  /** A release inherits from the one above it, and the nearest `ou=fai` comes first. */
  readonly inheritsReleases: boolean
  /** Puts profiles in; `membersOf` is undefined for what is no profile. Names of `ends` are left out. */
  readonly expand: (
    words: readonly Word[],
    membersOf: (name: string) => readonly Word[] | undefined,
    ends: ReadonlySet<string>,
  ) => readonly Word[]
}

/** Argonaut: in place, nested, the first occurrence of a name wins; a cycle ends silently. */
export const argonautClasses: Consumer = {
  name: 'argonaut',
  firstValueOnly: true,
  needsRelease: true,
  allowsRepository: false,
  inheritsReleases: false,
  expand: (words, membersOf, ends) => {
    const seen = new Set(ends)
    const waiting = [...words].reverse()
    const list: Word[] = []
    for (let word = waiting.pop(); word !== undefined; word = waiting.pop()) {
      if (seen.has(word.text)) continue
      seen.add(word.text)
      const members = membersOf(word.text)
      if (members === undefined) list.push(word)
      else for (const member of [...members].reverse()) waiting.push(member)
    }
    return list
  },
}

/** go-susi: one level, the last occurrence of a name wins. */
export const gosaClasses: Consumer = {
  name: 'gosa',
  firstValueOnly: false,
  needsRelease: false,
  allowsRepository: true,
  inheritsReleases: true,
  expand: (words, membersOf, ends) => {
    const all = words.flatMap(word => membersOf(word.text) ?? [word])
    const last = new Map(all.map(({ text }, index) => [text, index]))
    return all.filter(({ text }, index) => last.get(text) === index && !ends.has(text))
  },
}

/**
 * The list that the consumer makes of the `FAIclass` of an entry, in its order: one membership for
 * each run of classes that come from the same place. Pure.
 */
export const readClassList = (
  consumer: Consumer,
  bearer: Entry,
  profiles: readonly Entry[],
  host: HostName,
  hostDn: Dn,
): Read<readonly Membership[]> => {
  const diagnostics: Diagnostic[] = []
  const words = wordsOf(consumer, bearer, diagnostics)
  const releases = words.filter(({ text }) => text.startsWith(':'))
  const origin = originOf(bearer, 'FAIclass')
  if (releases.length > 1) {
    diagnostics.push(errorAt('syntax', `the list names ${releases.length} releases`, origin))
  } else if (releases.length === 0 && consumer.needsRelease) {
    const message = 'the list names no release, as in ":stable"; argonaut itself refuses it'
    diagnostics.push(warningAt('release-missing', message, origin))
  }
  const release = releases[0]?.text.slice(1)
  const isClass = ({ text }: Word): boolean =>
    !text.startsWith(':') && !(consumer.allowsRepository && text.startsWith('+'))
  const membersOf = (name: string): readonly Word[] | undefined => {
    const profile = findProfile(profiles, { name, release, hostDn, inherits: consumer.inheritsReleases })
    return profile && wordsOf(consumer, profile, diagnostics)
  }
  const ends = new Set(['DEFAULT', 'LAST', host.short, ...(host.fqdn === undefined ? [] : [host.fqdn])])
  const list = consumer.expand(words.filter(isClass), membersOf, ends)
  return { value: toMemberships(list, diagnostics), diagnostics }
}

const wordsOf = (consumer: Consumer, entry: Entry, diagnostics: Diagnostic[]): readonly Word[] => {
  // In the order of the server: that is what the consumer goes by.
  const [first, ...others] = entry.attributes.get('faiclass') ?? []
  if (first === undefined) return []
  const counted = consumer.firstValueOnly ? [first] : [first, ...others]
  if (others.length > 0) {
    const what = consumer.firstValueOnly ? 'only the first one' : 'all, in the order'
    const message = `FAIclass has ${1 + others.length} values, and ${what} that the server gives counts`
    diagnostics.push(warningAt('order-ambiguous', message, originOf(entry, 'FAIclass', first)))
  }
  return counted.flatMap(value =>
    value.text
      .split(/\s+/)
      .filter(text => text !== '')
      .map(text => ({ text, origin: originOf(entry, 'FAIclass', value) })),
  )
}

const toMemberships = (words: readonly Word[], diagnostics: Diagnostic[]): readonly Membership[] => {
  const runs: { origin: EntryOrigin; names: string[] }[] = []
  for (const { text, origin } of words) {
    const run = runs.at(-1)
    if (run !== undefined && JSON.stringify(run.origin) === JSON.stringify(origin)) run.names.push(text)
    else runs.push({ origin, names: [text] })
  }
  return runs.map(({ origin, names }, weight) => {
    const tokens = names.flatMap(text => {
      const name = parseClassName(text)
      if (name === undefined)
        diagnostics.push(errorAt('syntax', `${quote(text)} is not a class name`, origin))
      return name === undefined ? [] : [{ name, remove: false }]
    })
    return { weight, tokens, rest: names.join(' '), origin }
  })
}
