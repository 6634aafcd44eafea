import type { Diagnostic, Origin, Outcome } from '../diagnostic/diagnostic.ts'
import type { Catalog, ClassDefinition, Place } from '../model/catalog.ts'
import { type ClassName, foldClassName, parseClassName } from '../model/class-name.ts'
import { type Membership, parseMembership, type StringKind } from '../model/grammar.ts'
import { orderMemberships } from '../model/place.ts'
import { parseVariable, type VariableSetting } from '../model/variable.ts'
import type { Assignment, ResolutionOptions } from '../resolve/assignment.ts'
import { type ResolvedHost, resolveHost } from '../resolve/resolve-host.ts'

/** What a class asks for, as it would stand in a zone. */
export type SiteClass = {
  readonly requires?: readonly string[]
  readonly after?: readonly string[]
  readonly conflicts?: readonly string[]
  readonly variables?: readonly string[]
}

/** A site as plain text, for tests of the resolver: `places` are read in order, the last one is the host. */
export type Site = {
  readonly host?: string
  readonly places: readonly (readonly string[])[]
  readonly variables?: readonly (readonly string[])[]
  readonly classes?: Readonly<Record<string, SiteClass>>
  readonly facts?: readonly string[]
  readonly added?: readonly string[]
  readonly options?: Partial<ResolutionOptions>
}

/** Resolves a site written as text; an unparsable string fails the test. */
export const resolveSite = (site: Site): Outcome<ResolvedHost> =>
  resolveHost(assignmentOf(site), {
    catalog: catalogOf(site),
    anyDefinition: Object.keys(site.classes ?? {}).length > 0,
    configSpaceClasses: new Set(),
  })

/** The assignment of a site written as text. */
export const assignmentOf = (site: Site): Assignment => {
  const short = site.host ?? 'web01'
  const places = site.places.map((texts, index): Place => {
    const isHost = index === site.places.length - 1
    const name = isHost ? 'host' : `place ${index}`
    return {
      kind: isHost ? 'host' : 'domain',
      name,
      memberships: ordered('membership', texts, name),
      variables: variablesOf(site.variables?.[index] ?? [], name),
    }
  })
  return {
    host: { short, fqdn: `${short}.example.test` },
    records: [{ source: 'site', record: { known: true, places, addresses: [] } }],
    facts: (site.facts ?? []).map(toName),
    added: (site.added ?? []).map(toName),
    options: { hostClass: 'short', unknownClass: 'allow', ...site.options },
  }
}

/** The definitions of a site written as text; classes that nothing defines count as asked for. */
export const catalogOf = ({ classes = {} }: Site): Catalog => {
  const known = new Map<string, readonly ClassDefinition[]>()
  for (const [name, definition] of Object.entries(classes))
    known.set(foldClassName(name), [definitionOf(name, definition)])
  return new Proxy(known, {
    get: (target, key) => {
      if (key === 'has') return () => true
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Codes of diagnostics, for short expectations. */
export const codesOf = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.map(({ code }) => code)

const definitionOf = (
  name: string,
  { requires = [], after = [], conflicts = [], variables = [] }: SiteClass,
): ClassDefinition => ({
  name,
  requires: ordered('requires', requires, name),
  after: ordered('after', after, name),
  conflicts: ordered('conflicts', conflicts, name),
  variables: variablesOf(variables, name),
  origin: at(name),
  diagnostics: [],
})

const ordered = (kind: StringKind, texts: readonly string[], place: string): readonly Membership[] =>
  must(orderMemberships(texts.map(text => must(parseMembership(kind, text, at(place))))))

const variablesOf = (texts: readonly string[], place: string): readonly VariableSetting[] =>
  texts.map(text => must(parseVariable(text, at(place))))

const at = (place: string): Origin => ({ kind: 'entry', dn: `cn=${place}` })

const toName = (text: string): ClassName => {
  const name = parseClassName(text)
  if (name === undefined) throw new Error(`"${text}" is no class name`)
  return name
}

const must = <T>({ value, diagnostics }: Outcome<T>): T => {
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '))
  return value
}
