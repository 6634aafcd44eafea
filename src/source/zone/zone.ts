import { type Diagnostic, errorAt, type Origin, warningAt } from '../../diagnostic/diagnostic.ts'
import { foldDnsName, isAtOrBelow } from '../../model/dns-name.ts'
import type { Soa } from '../../wire/dns/soa.ts'
import type { ZoneRecord } from './parse.ts'

/** The records of one zone, by folded owner and type. */
export type Zone = {
  /** Folded. */
  readonly apex: string
  readonly nodes: ReadonlyMap<string, ZoneNode>
  /** Whether an NS or DNAME record below or at the apex may answer for names further down. */
  readonly hasCuts: boolean
  /** Of the SOA record, where there is one. */
  readonly serial: number | undefined
}

/** All records of one owner, by type. */
export type ZoneNode = ReadonlyMap<string, readonly ZoneRecord[]>

/**
 * Puts records together to a zone and checks what concerns several of them. `path` is
 * the master file, or where they were transferred from.
 *
 *     record outside the zone          warning, left out, as named does
 *     SOA below the apex, second SOA   error (RFC 1035, section 5.2)
 *     no SOA                           warning
 *     CNAME beside anything else       error (RFC 1034, section 3.6.2)
 */
export const buildZone = (
  apex: string,
  path: string,
  records: readonly ZoneRecord[],
): { zone: Zone; diagnostics: readonly Diagnostic[] } => {
  const folded = foldDnsName(apex)
  const { nodes, outside } = gatherNodes(folded, records)
  const diagnostics = [...outside]
  let hasCuts = false
  for (const [owner, node] of nodes) {
    diagnostics.push(...checkNode(owner, node, folded))
    hasCuts ||= isCut(owner, node, folded)
  }
  const soa = soaOf(nodes, folded)
  if (soa === undefined) diagnostics.push(missingSoa(folded, path))
  return { zone: { apex: folded, nodes, hasCuts, serial: soa?.serial }, diagnostics }
}

/** Records by folded owner and type; those outside the zone, whose apex is folded, are left out with a warning each. Pure. */
export const gatherNodes = (
  apex: string,
  records: readonly ZoneRecord[],
): { nodes: Map<string, ZoneNode>; outside: readonly Diagnostic[] } => {
  const outside: Diagnostic[] = []
  const nodes = new Map<string, Map<string, ZoneRecord[]>>()
  for (const record of records) {
    if (!isAtOrBelow(record.owner, apex)) {
      const message = `${record.owner} is outside the zone ${apex} and is left out`
      outside.push(warningAt('zone-syntax', message, placeOf(apex, record)))
      continue
    }
    const owner = foldDnsName(record.owner)
    const node = nodes.get(owner) ?? new Map<string, ZoneRecord[]>()
    nodes.set(owner, node)
    const rrset = node.get(record.type)
    // Most are one record, and an array that grows has room for 17.
    if (rrset === undefined) node.set(record.type, [record])
    else rrset.push(record)
  }
  return { nodes, outside }
}

/** Whether an owner may answer for names further down. Pure. */
export const isCut = (owner: string, node: ZoneNode, apex: string): boolean =>
  node.has('DNAME') || (owner !== apex && node.has('NS'))

/** The data of the SOA record at the apex. Pure. */
export const soaOf = (nodes: Zone['nodes'], apex: string): Soa | undefined => {
  const rdata = nodes.get(apex)?.get('SOA')?.[0]?.rdata
  return rdata?.kind === 'soa' ? rdata : undefined
}

/** The warning about a zone without one. */
export const missingSoa = (apex: string, path: string): Diagnostic =>
  warningAt('zone-syntax', `zone ${apex} has no SOA record`, { kind: 'file', path })

/** Where a record is edited: in its zone, and at a line where it came from a master file. */
export const recordOrigin = (zone: string, owner: string, { type, path, line }: ZoneRecord): Origin => ({
  kind: 'record',
  zone,
  owner,
  type,
  ...(path === undefined ? {} : { path }),
  ...(line === undefined ? {} : { line }),
})

const placeOf = (zone: string, record: ZoneRecord): Origin =>
  record.path === undefined || record.line === undefined
    ? recordOrigin(zone, record.owner, record)
    : { kind: 'file', path: record.path, line: record.line }

/** What is wrong with the records of one owner, as `buildZone` says. Pure. */
export const checkNode = (owner: string, node: ZoneNode, apex: string): Diagnostic[] => {
  const diagnostics: Diagnostic[] = []
  const say = (message: string, record: ZoneRecord, other?: ZoneRecord): void => {
    const related = other === undefined ? [] : [placeOf(apex, other)]
    diagnostics.push(errorAt('zone-syntax', message, placeOf(apex, record), related))
  }
  const [soa, secondSoa] = node.get('SOA') ?? []
  if (soa !== undefined && owner !== apex) say(`SOA record stands below the apex ${apex}`, soa)
  if (soa !== undefined && secondSoa !== undefined) say('zone has a second SOA record', secondSoa, soa)
  const [alias, secondAlias] = node.get('CNAME') ?? []
  if (alias === undefined) return diagnostics
  if (secondAlias !== undefined) say(`${owner} has a second CNAME record`, secondAlias, alias)
  for (const [type, [record]] of node) {
    // RFC 4034, section 3: signatures and NSEC stand beside a CNAME.
    if (type === 'CNAME' || type === 'RRSIG' || type === 'NSEC' || record === undefined) continue
    say(`${owner} has a CNAME record and a ${type} record`, record, alias)
  }
  return diagnostics
}
