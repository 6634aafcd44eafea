import { SocketAddress } from 'node:net'
import { errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { HostName } from '../../model/catalog.ts'
import { parseHostname, parseMac } from '../../model/host-query.ts'
import { and, equal, type Filter, ofClass, or } from './directory.ts'
import { PLACE_ATTRIBUTES } from './directory-place.ts'
import { compareDns } from './dn.ts'
import { type Entry, hasObjectClass, textsOf } from './entry.ts'

/**
 * Chooses the entry of a host (contract, section 2.2); no value where there is none. Pure.
 *
 *     rank  entry has
 *     1     associatedDomain or cn equal to the FQDN
 *     2     the MAC or IP that was asked for
 *     3     short cn, and no FQDN but the host's
 *
 * The best rank wins. Among equals the only one with `faiMember` wins; two with
 * it, or two without and none with it, are the error `host-ambiguous`.
 */
export const selectHostEntry = (
  entries: readonly Entry[],
  host: HostName,
  kind: HostKind = FAI_HOSTS,
): Outcome<Entry> => {
  const hosts = entries.filter(entry => isHostEntry(entry, kind))
  const ranked = hosts.map(entry => ({ entry, rank: rankOf(entry, host) }))
  const best = Math.min(...ranked.map(({ rank }) => rank))
  const equals = ranked.filter(({ rank }) => rank === best && rank < UNRANKED).map(({ entry }) => entry)
  const [first, second, ...others] = preferMembers(equals)
  if (first === undefined || second === undefined) return { value: first, diagnostics: [] }
  const [earliest, ...related] = [first, second, ...others].sort((a, b) => compareDns(a.dn, b.dn))
  const message = `${1 + related.length} entries stand for the host ${host.fqdn ?? host.short}`
  const origin = (earliest ?? first).origin
  return {
    value: undefined,
    diagnostics: [
      errorAt(
        'host-ambiguous',
        message,
        origin,
        related.map(entry => entry.origin),
      ),
    ],
  }
}

/** Those with `faiMember`, or all where none has it. Pure. */
export const preferMembers = (entries: readonly Entry[]): readonly Entry[] => {
  const members = entries.filter(entry => hasObjectClass(entry, FAI_MEMBER))
  return members.length > 0 ? members : entries
}

/** Whether an entry can be the one of a host, by its object classes. Pure. */
export const isHostEntry = (entry: Entry, { classes, others }: HostKind = FAI_HOSTS): boolean =>
  hasObjectClass(entry, classes) && !hasObjectClass(entry, others)

/** What finds every entry that `selectHostEntry` may choose. Pure. */
export const hostFilter = ({ short, fqdn, mac, ip }: HostName, kind: HostKind = FAI_HOSTS): Filter =>
  hostEntries(
    kind,
    equal('cn', short),
    ...(fqdn === undefined ? [] : [equal('associatedDomain', fqdn), equal('cn', fqdn)]),
    ...(mac === undefined ? [] : macFilters(mac)),
    ...(ip === undefined ? [] : ipFilters(ip)),
  )

/** Host entries that match one of the filters. Pure. */
export const hostEntries = ({ classes }: HostKind, ...filters: readonly Filter[]): Filter =>
  and(ofClass(classes), or(...filters))

/** Servers compare MACs as text, so that every spelling has to be asked for. Pure. */
export const macFilters = (mac: string): readonly Filter[] => {
  const digits = mac.replaceAll(':', '')
  const spellings = [mac, mac.replaceAll(':', '-'), digits, digits.replace(/(....)(?=.)/g, '$1.')]
  return spellings.flatMap(text => [equal('macAddress', text), equal('dhcpHWAddress', `ethernet ${text}`)])
}

/** IPs as well: RFC 5952, without `::`, and with all zeros. Pure. */
export const ipFilters = (ip: string): readonly Filter[] => {
  const canonical = parseIp(ip) ?? ip
  const [left = '', right] = canonical.split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const zeros = Array.from({ length: 8 - groups(left).length - groups(right ?? '').length }, () => '0')
  const full = right === undefined ? groups(left) : [...groups(left), ...zeros, ...groups(right)]
  const spellings = canonical.includes(':')
    ? [ip, canonical, full.join(':'), full.map(group => group.padStart(4, '0')).join(':')]
    : [canonical]
  return [...new Set(spellings)].map(text => equal('ipHostNumber', text))
}

/** The network cards that an entry names, normalized. Pure. */
export const macsOf = (entry: Entry): readonly string[] =>
  [
    ...textsOf(entry, 'macAddress'),
    ...textsOf(entry, 'dhcpHWAddress').map(text => text.replace(/^ *ethernet +/i, '')),
  ].flatMap(text => parseMac(text.trim()) ?? [])

/** Whether the entry names this network card. Pure. */
export const hasMac = (entry: Entry, mac: string): boolean => macsOf(entry).includes(mac)

/** Whether the entry names this address. Pure. */
export const hasIp = (entry: Entry, ip: string): boolean =>
  textsOf(entry, 'ipHostNumber').some(text => parseIp(text.trim()) === parseIp(ip))

/** Full names that an entry carries, lower case: `associatedDomain`, and `cn` with dots. Pure. */
export const fqdnsOf = (entry: Entry): readonly string[] =>
  namesIn([...textsOf(entry, 'associatedDomain'), ...textsOf(entry, 'cn')]).filter(name => name.includes('.'))

/** Short names that an entry carries, lower case: `cn` without dots. Pure. */
export const shortNamesOf = (entry: Entry): readonly string[] =>
  namesIn(textsOf(entry, 'cn')).filter(name => !name.includes('.'))

/** What has to be read of an entry for all this. */
export const HOST_ATTRIBUTES = [
  'objectClass',
  'cn',
  'associatedDomain',
  'macAddress',
  'dhcpHWAddress',
  'ipHostNumber',
  ...PLACE_ATTRIBUTES,
] as const

const rankOf = (entry: Entry, { short, fqdn, mac, ip }: HostName): number => {
  const carried = fqdnsOf(entry)
  if (fqdn !== undefined && carried.includes(fqdn)) return 1
  if (mac !== undefined && hasMac(entry, mac)) return 2
  if (ip !== undefined && hasIp(entry, ip)) return 2
  const isAnother = fqdn !== undefined && carried.length > 0
  return shortNamesOf(entry).includes(short) && !isAnother ? 3 : UNRANKED
}

const namesIn = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap(text => parseHostname(text.trim()) ?? [])),
]

const parseIp = (text: string): string | undefined => {
  const family = text.includes(':') ? 'ipv6' : 'ipv4'
  return SocketAddress.parse(family === 'ipv6' ? `[${text}]` : text)?.address
}

const UNRANKED = Number.POSITIVE_INFINITY
const FAI_MEMBER: ReadonlySet<string> = new Set(['faimember'])
const HOST_CLASSES: ReadonlySet<string> = new Set([
  'device',
  'iphost',
  'ieee802device',
  'dhcphost',
  'domainrelatedobject',
  'faimember',
])
/** What carries `faiMember` or a name as well and is no host. */
const OTHER_CLASSES: ReadonlySet<string> = new Set([
  'faiclassentry',
  'groupofnames',
  'groupofuniquenames',
  'posixgroup',
  'nisnetgroup',
  'organizationalunit',
  'dcobject',
])

/** Which entries are hosts, by their object classes, folded: one of `classes` and none of `others`. */
export type HostKind = { readonly classes: ReadonlySet<string>; readonly others: ReadonlySet<string> }

/** The hosts of the dialect `faiClasses`. */
export const FAI_HOSTS: HostKind = { classes: HOST_CLASSES, others: OTHER_CLASSES }
