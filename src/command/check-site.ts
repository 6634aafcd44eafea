import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import type { ClassDefinition, Place } from '../model/catalog.ts'
import { foldClassName } from '../model/class-name.ts'
import type { Membership } from '../model/grammar.ts'
import { collectConditions } from '../resolve/check-conditions.ts'
import { checkDefinitions, withoutShown } from '../resolve/check-definitions.ts'
import { collectSpellings, findUnknownAsked, findUnknownNamed } from '../resolve/check-names.ts'
import { definitionLinks } from '../resolve/definition-links.ts'
import { collectFindings, type Finding } from '../resolve/findings.ts'
import { nameOf } from '../source/order.ts'
import type { Unread } from '../source/source.ts'
import { checkPointers } from './check-pointers.ts'
import { missingHostFinder } from './missing-hosts.ts'
import { resolveHosts, type WholeSite } from './whole-site.ts'

/** What `check` found: every finding once, and how much was looked at. */
export type SiteCheck = {
  readonly hosts: number
  /** Classes that are defined, named in a definition, or asked for. */
  readonly classes: number
  readonly findings: readonly Finding[]
}

/** Every finding of a whole site: of each host, of definitions and places whoever reads them, and of names against each other. */
export const checkSite = async (
  site: WholeSite,
  readFindings: readonly Diagnostic[],
  signal: AbortSignal,
): Promise<SiteCheck> => {
  const { knowledge, config } = site
  const definitions = [...knowledge.catalog.values()].flat()
  const links = definitionLinks(knowledge.catalog)
  const findings = collectFindings()
  const names = collectNames()
  const missing = missingHostFinder(site)
  const hostClasses = new Set<string>()
  const read = new Set<string>()
  let hosts = 0

  // What is wrong with a source as a whole is about none of its hosts, though each answer repeats it.
  const ofSources = new Set(readFindings)
  findings.add(readFindings)
  for (const definition of definitions) {
    findings.add(definition.diagnostics)
    names.addDefinition(definition)
  }
  for await (const siteHost of resolveHosts(site, signal)) {
    const { host, records, resolved } = siteHost
    hosts++
    hostClasses.add(host.short).add(nameOf(host))
    findings.add(
      resolved.diagnostics.filter(diagnostic => !ofSources.has(diagnostic)),
      nameOf(host),
    )
    findings.add(missing(siteHost))
    for (const { source, record } of records) {
      for (const place of record.places) {
        read.add(placeKey(source, place))
        names.addMemberships(place.memberships)
      }
    }
  }
  const shown = findings.list()
  findings.add(withoutShown(checkDefinitions(links), shown))
  findings.add(findUnknownNamed(links, knowledge, config.resolution))
  for (const { places, diagnostics } of await findUnread(site, read, signal)) {
    findings.add(diagnostics)
    const memberships = places.flatMap(place => place.memberships)
    findings.add(findUnknownAsked(memberships, knowledge, config.resolution))
    names.addMemberships(memberships)
  }
  findings.add(await checkPointers(site, signal))
  findings.add(names.spellings.warnings(hostClasses, misspelled(shown)))
  findings.add(names.conditions.warnings(knowledge, config.resolution, hostClasses))
  const classes = new Set([...[...links.keys()].map(foldClassName), ...names.spellings.folded(hostClasses)])
  return { hosts, classes: classes.size, findings: findings.list() }
}

const placeKey = (source: string, { kind, name }: Pick<Place, 'kind' | 'name'>): string =>
  [source, kind, name].join('\n')

const findUnread = (
  { wholes }: WholeSite,
  read: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Unread[]> =>
  Promise.all(
    wholes.map(({ source, findUnread }) =>
      findUnread(place => read.has(placeKey(source.name, place)), signal),
    ),
  )

/** All names of classes that a site holds, and which of them conditions name. */
const collectNames = () => {
  const spellings = collectSpellings()
  const conditions = collectConditions()
  const spell = (memberships: readonly Membership[]): void => {
    for (const { tokens, origin } of memberships) spellings.add(tokens.map(({ name }) => ({ name, origin })))
  }
  return {
    spellings,
    conditions,
    addMemberships: (memberships: readonly Membership[]): void => {
      spell(memberships)
      conditions.add(memberships)
    },
    addDefinition: ({ requires, after, conflicts }: ClassDefinition): void => {
      for (const strings of [requires, after, conflicts]) spell(strings)
      conditions.add(requires)
    },
  }
}

/** Folded names of classes that a host reads in two spellings, which is an error there already. */
const misspelled = (findings: readonly Finding[]): ReadonlySet<string> =>
  new Set(
    findings.flatMap(({ code, message }) => {
      const name = code === 'class-case' ? /^class "([^"]*)"/.exec(message)?.[1] : undefined
      return name === undefined ? [] : [foldClassName(name)]
    }),
  )
