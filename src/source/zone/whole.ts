import { type Diagnostic, warningAt } from '../../diagnostic/diagnostic.ts'
import type { HostName } from '../../model/catalog.ts'
import { type ClassName, parseClassName } from '../../model/class-name.ts'
import { dnsLabels, parentName } from '../../model/dns-name.ts'
import { parseHostname } from '../../model/host-query.ts'
import { breather } from '../breather.ts'
import { askClasses } from '../dns/class.ts'
import { askHost, isOwnName, type ZoneView } from '../dns/host.ts'
import { orderDefinitions, orderHosts } from '../order.ts'
import type { WholeSource } from '../source.ts'
import { lookUpInZone } from './lookup.ts'
import { recordOrigin, type Zone, type ZoneNode } from './zone.ts'

/** Everything that a zone says, and what is wrong with it as a whole. */
export type WholeZone = Pick<WholeSource, 'hosts' | 'definitions'> & {
  readonly diagnostics: readonly Diagnostic[]
}

/** Lists all hosts and all definitions of a zone that `view` answers from. */
export const wholeZone = async (view: ZoneView, zone: Zone, signal: AbortSignal): Promise<WholeZone> => {
  const hosts = await listHosts(view, zone, signal)
  const { names, diagnostics } = classOwners(zone)
  const definitions = await askClasses(view, names, signal)
  return { hosts, definitions: orderDefinitions(definitions), diagnostics }
}

/**
 * Every name that is a host here (contract, section 2.3):
 *
 *     wildcard; below _fai, _class, _mac, _uuid   none
 *     owner of an address record                  host, unless below a zone cut
 *     `_fai.<name>`, or other records             host where its own membership counts
 */
const listHosts = async (view: ZoneView, zone: Zone, signal: AbortSignal): Promise<readonly HostName[]> => {
  const names = new Set<string>()
  const doubtful = new Set<string>()
  const breathe = breather()
  for (const [owner, node] of zone.nodes) {
    await breathe()
    const name = hostOf(owner)
    if (name === undefined || !isOwnName(view, name)) continue
    if (name === owner && hasAddress(zone, owner, node)) names.add(name)
    else if (node.has('TXT') || node.has('CNAME')) doubtful.add(name)
  }
  // An alias has no membership of its own, and its target is in the list by itself.
  const asked = [...doubtful].filter(name => !names.has(name) && !zone.nodes.get(name)?.has('CNAME'))
  const found = await Promise.all(asked.map(name => askHost(view, name, signal)))
  for (const { fqdn, record } of found) if (record?.known === true) names.add(fqdn)
  return orderHosts([...names].map(fqdn => ({ short: dnsLabels(fqdn)[0] ?? fqdn, fqdn })))
}

/** Whether `wholeZone` lists the host. */
export const zoneLists = async (
  view: ZoneView,
  zone: Zone,
  { fqdn }: Pick<HostName, 'fqdn'>,
  signal: AbortSignal,
): Promise<boolean> => {
  if (fqdn === undefined || hostOf(fqdn) !== fqdn || !isOwnName(view, fqdn)) return false
  const node = zone.nodes.get(fqdn)
  if (node?.has('CNAME')) return false
  if (node !== undefined && hasAddress(zone, fqdn, node)) return true
  const found = await askHost(view, fqdn, signal)
  return found.fqdn === fqdn && found.record?.known === true
}

const RESERVED: ReadonlySet<string> = new Set(['_fai', '_class', '_mac', '_uuid'])

/** The host that an owner is about; undefined where it is about none. */
export const hostOf = (owner: string): string | undefined => {
  const labels = dnsLabels(owner)
  const own = labels[0] === '_fai' ? labels.slice(1) : labels
  const isReserved = own.some(label => RESERVED.has(label))
  return isReserved ? undefined : parseHostname(own.join('.'))
}

const hasAddress = (zone: Zone, owner: string, node: ZoneNode): boolean =>
  (node.has('A') || node.has('AAAA')) &&
  ['A', 'AAAA'].some(type => lookUpInZone(zone, owner, type).kind === 'records')

/** The classes that have an owner of their own below `_class`, as they are spelled there. */
const classOwners = (
  zone: Zone,
): { readonly names: readonly ClassName[]; readonly diagnostics: readonly Diagnostic[] } => {
  const above = zone.apex === '' ? '_class' : `_class.${zone.apex}`
  const diagnostics: Diagnostic[] = []
  const names: ClassName[] = []
  for (const [owner, node] of zone.nodes) {
    const record = (node.get('TXT') ?? node.get('CNAME'))?.[0]
    if (record === undefined || parentName(owner) !== above || owner.startsWith('*.')) continue
    const text = dnsLabels(record.owner)[0] ?? ''
    const name = parseClassName(text)
    if (name !== undefined) names.push(name)
    else {
      const message = `"${text}" is not a class name, so that nothing can ask for it`
      diagnostics.push(warningAt('name-invalid', message, recordOrigin(zone.apex, owner, record)))
    }
  }
  return { names, diagnostics }
}
