import { dnsLabels, foldDnsName, namesDownTo } from '../../model/dns-name.ts'
import { canonicalIpAddress } from '../../model/ip-address.ts'
import type { Answer } from '../dns/answer.ts'
import { recordOrigin, type Zone } from './zone.ts'

/**
 * Answers a question from a zone as its server would (RFC 1034, section 4.3.2; RFC 4592),
 * first row that applies. `owner` must be at or below the apex. Pure.
 *
 *     NS at or above the owner, below the apex   delegated
 *     DNAME above the owner                      alias (RFC 6672)
 *     the records                                records
 *     CNAME                                      alias
 *     a name that is not there                   none, also where a wildcard would answer
 *     other records only                         none
 */
export const lookUpInZone = (zone: Zone, owner: string, type: string): Answer => {
  const above = zone.hasCuts ? namesDownTo(foldDnsName(owner), zone.apex) : []
  for (const name of above) {
    const node = zone.nodes.get(name)
    if (name !== zone.apex && node?.has('NS')) return { kind: 'delegated', cut: name }
    const [dname] = node?.get('DNAME') ?? []
    if (dname?.rdata.kind !== 'name' || name === foldDnsName(owner)) continue
    const below = dnsLabels(owner).slice(0, dnsLabels(owner).length - dnsLabels(name).length)
    const target = [...below, ...dnsLabels(dname.rdata.name)].join('.')
    return { kind: 'alias', target, origin: recordOrigin(zone.apex, name, dname) }
  }
  const node = zone.nodes.get(foldDnsName(owner))
  const records = node?.get(type)
  if (records !== undefined) {
    const answers = records.map(record => ({
      rdata: record.rdata,
      origin: recordOrigin(zone.apex, owner, record),
    }))
    return { kind: 'records', records: answers }
  }
  const [alias] = node?.get('CNAME') ?? []
  if (alias?.rdata.kind !== 'name') return { kind: 'none' }
  return { kind: 'alias', target: alias.rdata.name, origin: recordOrigin(zone.apex, owner, alias) }
}

/** Owners of the zone that can be hosts: with an address, a CNAME, a membership; in no order. Pure. */
export const hostNamesOf = (zone: Zone): readonly string[] => {
  const names = new Set<string>()
  for (const [owner, node] of zone.nodes) {
    const [first, ...rest] = dnsLabels(owner)
    if (first === '*') continue
    if (node.has('A') || node.has('AAAA') || node.has('CNAME') || node.has('TXT')) names.add(owner)
    if (first === '_fai' && node.has('TXT')) names.add(rest.join('.'))
  }
  return [...names]
}

/** Owners of an address record with this address, which is in its single form; wildcards are none. Pure. */
export const ownersOfAddress = (zone: Zone, ip: string): readonly string[] =>
  [...zone.nodes].flatMap(([owner, node]) => {
    if (dnsLabels(owner)[0] === '*') return []
    const records = [...(node.get('A') ?? []), ...(node.get('AAAA') ?? [])]
    const wanted = canonicalIpAddress(ip)
    return records.some(({ rdata }) => rdata.kind === 'address' && rdata.address === wanted) ? [owner] : []
  })

/** Whether any class is defined in the zone, among the owners that count. Pure. */
export const definesClasses = (zone: Zone, counts: (owner: string) => boolean = () => true): boolean => {
  const below = zone.apex === '' ? '._class' : `._class.${zone.apex}`
  for (const [owner, node] of zone.nodes) {
    if (owner.endsWith(below) && node.has('TXT') && counts(owner)) return true
  }
  return false
}
