import { type Diagnostic, errorAt, warningAt } from '../../diagnostic/diagnostic.ts'
import type { HostName } from '../../model/catalog.ts'
import { quote } from '../../model/grammar.ts'
import { parseHostname } from '../../model/host-query.ts'
import { reach } from '../../model/reach.ts'
import { PLACE_ATTRIBUTES, type Read } from './directory-place.ts'
import { foldValue } from './dn-value.ts'
import { type Entry, originOf, textsOf, valuesOf } from './entry.ts'

/**
 * The netgroups (RFC 2307, section 5) that hold the host directly or through
 * netgroups, in no order. The host field of a triple is compared with the short
 * and the full name; where it is empty or `-` it matches nothing, which is the
 * warning `netgroup-wildcard`, for netgroups that give classes only. Pure.
 */
export const netgroupsHolding = (netgroups: readonly Entry[], host: HostName): Read<readonly Entry[]> => {
  const byName = new Map<string, Entry[]>()
  const containers = new Map<string, Entry[]>()
  for (const netgroup of netgroups) {
    for (const name of netgroupNames(netgroup)) add(byName, name, netgroup)
    for (const name of innerNetgroups(netgroup)) add(containers, name, netgroup)
  }
  const direct = netgroups.filter(netgroup => {
    const named = hostsNamedBy(netgroup)
    return named.has(host.short) || (host.fqdn !== undefined && named.has(host.fqdn))
  })
  const holding = reach(direct, netgroup =>
    netgroupNames(netgroup).flatMap(name => containers.get(name) ?? []),
  )
  const giving = reach(netgroups.filter(saysClasses), netgroup =>
    innerNetgroups(netgroup).flatMap(name => byName.get(name) ?? []),
  )
  const read = netgroups.filter(netgroup => holding.has(netgroup) || giving.has(netgroup))
  return { value: [...holding], diagnostics: read.flatMap(netgroupFaults) }
}

/** Names by which other netgroups can hold this one. Pure. */
export const netgroupNames = (netgroup: Entry): readonly string[] => textsOf(netgroup, 'cn').map(foldValue)

/** Names of the netgroups that this one holds. Pure. */
export const innerNetgroups = (netgroup: Entry): readonly string[] =>
  textsOf(netgroup, 'memberNisNetgroup').map(foldValue)

type Triple = {
  readonly host: string | undefined
  readonly isWildcard: boolean
  readonly isWellFormed: boolean
}

//  "(" host "," user "," domain ")", each of them may be empty or "-"
const parseTriple = (text: string): Triple => {
  const trimmed = text.trim()
  const fields = trimmed.slice(1, -1).split(',')
  const isWellFormed = trimmed.startsWith('(') && trimmed.endsWith(')') && fields.length === 3
  const field = fields[0]?.trim() ?? ''
  const isWildcard = isWellFormed && (field === '' || field === '-')
  return { host: isWellFormed && !isWildcard ? parseHostname(field) : undefined, isWildcard, isWellFormed }
}

/** Kept with the entry: a file is asked about one host after the other. */
const hostsNamedBy = (netgroup: Entry): ReadonlySet<string> => {
  const known = HOSTS_NAMED.get(netgroup)
  if (known !== undefined) return known
  const triples = netgroup.attributes.get('nisnetgrouptriple') ?? []
  const named = new Set(triples.flatMap(({ text }) => parseTriple(text).host ?? []))
  HOSTS_NAMED.set(netgroup, named)
  return named
}

const HOSTS_NAMED = new WeakMap<Entry, ReadonlySet<string>>()

/** What is wrong with the triples of a netgroup. Pure. */
export const netgroupFaults = (netgroup: Entry): readonly Diagnostic[] => {
  const malformed: Diagnostic[] = []
  const wildcards: Diagnostic[] = []
  for (const value of valuesOf(netgroup, 'nisNetgroupTriple')) {
    const origin = originOf(netgroup, 'nisNetgroupTriple', value)
    const { isWellFormed, isWildcard } = parseTriple(value.text)
    if (!isWellFormed)
      malformed.push(errorAt('syntax', `${quote(value.text)} is not (host,user,domain)`, origin))
    if (isWildcard) {
      const message = `the host of ${quote(value.text)} is empty or "-", which matches no host here`
      wildcards.push(warningAt('netgroup-wildcard', message, origin))
    }
  }
  // One warning a netgroup: one full of users has hundreds of such triples.
  return [...malformed, ...wildcards.slice(0, 1)]
}

const saysClasses = (entry: Entry): boolean =>
  PLACE_ATTRIBUTES.some(attribute => valuesOf(entry, attribute).length > 0)

const add = (map: Map<string, Entry[]>, key: string, entry: Entry): void => {
  const entries = map.get(key)
  if (entries === undefined) map.set(key, [entry])
  else entries.push(entry)
}
