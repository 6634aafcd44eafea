import type { SourceConfig } from '../config/schema.ts'
import { type Diagnostic, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import { foldClassName } from '../model/class-name.ts'
import { isAtOrBelow } from '../model/dns-name.ts'
import { checkDefinitions, withoutShown } from '../resolve/check-definitions.ts'
import { collectSpellings, findUnknownNamed, type SpellingCollector } from '../resolve/check-names.ts'
import { definitionLinks } from '../resolve/definition-links.ts'
import { collectFindings, type Finding } from '../resolve/findings.ts'
import type { Gathered } from '../source/gather.ts'
import { nameOf } from '../source/order.ts'
import { resolveHosts, type SiteHost, type WholeSite } from './whole-site.ts'

/** What `check` found: every finding once, and how much was looked at. */
export type SiteCheck = {
  readonly hosts: number
  /** Classes that are defined, named in a definition, or asked for. */
  readonly classes: number
  readonly findings: readonly Finding[]
}

/** Every finding of a whole site: of each host, of definitions whoever reads them, and of names against each other. */
export const checkSite = async (
  site: WholeSite,
  readFindings: readonly Diagnostic[],
  signal: AbortSignal,
): Promise<SiteCheck> => {
  const { catalog } = site.knowledge
  const definitions = [...catalog.values()].flat()
  const links = definitionLinks(catalog)
  const findings = collectFindings()
  const spellings = collectSpellings()
  const missing = missingHostFinder(site)
  const hostClasses = new Set<string>()
  let hosts = 0

  // What is wrong with a source as a whole is about none of its hosts, though each answer repeats it.
  const ofSources = new Set(readFindings)
  findings.add(readFindings)
  for (const definition of definitions) {
    findings.add(definition.diagnostics)
    for (const kind of ['requires', 'after', 'conflicts'] as const) addTokens(spellings, definition[kind])
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
    for (const { record } of records)
      for (const { memberships } of record.places) addTokens(spellings, memberships)
  }
  const shown = findings.list()
  findings.add(withoutShown(checkDefinitions(links), shown))
  findings.add(findUnknownNamed(links, site.knowledge, site.config.resolution))
  findings.add(spellings.warnings(hostClasses, misspelled(shown)))
  const classes = new Set([...[...links.keys()].map(foldClassName), ...spellings.folded(hostClasses)])
  return { hosts, classes: classes.size, findings: findings.list() }
}

const addTokens = (
  spellings: SpellingCollector,
  memberships: Gathered['record']['places'][number]['memberships'],
): void => {
  for (const { tokens, origin } of memberships) spellings.add(tokens.map(({ name }) => ({ name, origin })))
}

/** Folded names of classes that a host reads in two spellings, which is an error there already. */
const misspelled = (findings: readonly Finding[]): ReadonlySet<string> =>
  new Set(
    findings.flatMap(({ code, message }) => {
      const name = code === 'class-case' ? /^class "([^"]*)"/.exec(message)?.[1] : undefined
      return name === undefined ? [] : [foldClassName(name)]
    }),
  )

type Kind = 'dns' | 'ldap'

/**
 * The warnings `host-only-in-ldap` and `host-only-in-dns`, where both kinds of source are configured.
 *
 *     known in       and                                    warning
 *     dns            not in ldap                            host-only-in-dns
 *     ldap           not in dns, its name is in a zone      host-only-in-ldap
 *     ldap           not in dns, its name is in no zone     none: the zones could not know it
 */
const missingHostFinder = ({ config, sources }: WholeSite): ((host: SiteHost) => Diagnostic[]) => {
  const kinds = new Map<string, Kind | undefined>(
    sources.map(({ name }, index) => [name, kindOf(config.sources[index])]),
  )
  const named = (kind: Kind): string =>
    [...kinds].flatMap(([name, of]) => (of === kind ? name : [])).join(', ')
  const zones = config.sources.flatMap(source => ('zone' in source ? source.zone.replace(/\.$/, '') : []))
  if (named('dns') === '' || named('ldap') === '') return () => []
  return ({ host, records }) => {
    const known = records.filter(({ record }) => record.known)
    const inDns = known.find(({ source }) => kinds.get(source) === 'dns')
    const inLdap = known.find(({ source }) => kinds.get(source) === 'ldap')
    const name = nameOf(host)
    if (inDns !== undefined && inLdap === undefined)
      return [warningAt('host-only-in-dns', `${name} has no entry in ${named('ldap')}`, placeOf(inDns))]
    const { fqdn } = host
    const isInZone = fqdn === undefined || zones.some(zone => isAtOrBelow(fqdn, zone))
    if (inLdap === undefined || inDns !== undefined || !isInZone) return []
    const message = `${name} has neither address nor membership in ${named('dns')}`
    return [warningAt('host-only-in-ldap', message, placeOf(inLdap))]
  }
}

const kindOf = (source: SourceConfig | undefined): Kind | undefined => {
  switch (source?.kind) {
    case 'dns':
    case 'zonefile':
      return 'dns'
    case 'ldap':
    case 'ldif':
      return 'ldap'
    case 'deps':
    case undefined:
      return undefined
  }
}

/** Where the host itself says something in that source; the source where it says nothing. */
const placeOf = ({ source, record }: Gathered): Origin => {
  const own = record.places.find(({ kind }) => kind === 'host')
  return own?.memberships[0]?.origin ?? own?.variables[0]?.origin ?? { kind: 'server', server: source }
}
