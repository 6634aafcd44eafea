import type { Diagnostic, Outcome } from '../../diagnostic/diagnostic.ts'
import type { HostName } from '../../model/catalog.ts'
import { dnsLabels, foldDnsName } from '../../model/dns-name.ts'
import { type HostQuery, parseHostname } from '../../model/host-query.ts'
import { canonicalIpAddress } from '../../model/ip-address.ts'
import { askFollowing, type Followed } from './follow.ts'
import { askHost, badTarget, type HostFound, isOwnName, type ZoneView } from './host.ts'

/** Ways to find a host that differ between a live zone and a zone file. */
export type HostIndex = {
  /** Names that may be hosts, for a short name found nowhere below the apex; none where the zone cannot be listed. */
  readonly hostNames: () => readonly string[]
  /** Names that claim the address: PTR targets, or owners of an address record. */
  readonly namesOfAddress: (ip: string, signal: AbortSignal) => Promise<Followed>
}

/**
 * Hosts of the zone that HOST can mean (contract, section 4), each once, by its
 * canonical name. A name counts only where the zone knows the host; the target of
 * a MAC or a UUID counts always, an address only where the name's address is that one.
 */
export const findDnsHosts = async (
  view: ZoneView,
  index: HostIndex,
  query: HostQuery,
  signal: AbortSignal,
): Promise<Outcome<readonly HostName[]>> => {
  switch (query.kind) {
    case 'fqdn':
      return findNames(view, [foldDnsName(query.name)], signal)
    case 'short':
      return findShort(view, index, query, signal)
    case 'mac':
      return findPointer(view, `${query.mac.replaceAll(':', '-')}._mac`, { mac: query.mac }, signal)
    case 'uuid':
      return findPointer(view, `${query.uuid}._uuid`, {}, signal)
    case 'ip':
      return findAddress(view, index, query.ip, signal)
  }
}

const findNames = async (
  view: ZoneView,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<readonly HostName[]>> => {
  const found = await Promise.all(
    names.filter(name => isOwnName(view, name)).map(name => askHost(view, name, signal)),
  )
  return outcomeOf(found, isKnownHere(view), {})
}

const findShort = async (
  view: ZoneView,
  index: HostIndex,
  { name, atApexOnly }: Extract<HostQuery, { kind: 'short' }>,
  signal: AbortSignal,
): Promise<Outcome<readonly HostName[]>> => {
  const short = name.toLowerCase()
  const below = await findNames(view, [`${short}.${view.own.zone}`], signal)
  if (atApexOnly === true || below.value === undefined || below.value.length > 0) return below
  const named = index.hostNames().filter(name => dnsLabels(name)[0] === short && isOwnName(view, name))
  const found = await Promise.all(named.map(name => askHost(view, name, signal)))
  // Owners below a zone cut are listed too; nobody asked for those.
  return outcomeOf(found.filter(isKnownHere(view)), isKnownHere(view), {})
}

/** The host that the PTR record of a network card or a machine leads to. */
const findPointer = async (
  view: ZoneView,
  name: string,
  asked: Pick<HostName, 'mac'>,
  signal: AbortSignal,
): Promise<Outcome<readonly HostName[]>> => {
  const owner = `${name}.${view.own.zone}`
  const answer = await askFollowing(view.own, view.readers, owner, 'PTR', signal)
  const { names, diagnostics } = targetsOf(answer)
  const found = await Promise.all(
    names.map(name => (isOwnName(view, name) ? askHost(view, name, signal) : elsewhere(name))),
  )
  const outcome = outcomeOf(found, () => true, asked)
  return { value: outcome.value, diagnostics: [...diagnostics, ...outcome.diagnostics] }
}

const findAddress = async (
  view: ZoneView,
  index: HostIndex,
  ip: string,
  signal: AbortSignal,
): Promise<Outcome<readonly HostName[]>> => {
  const wanted = canonicalIpAddress(ip) ?? ip
  const { names, diagnostics } = targetsOf(await index.namesOfAddress(wanted, signal))
  const found = await Promise.all(
    names.filter(name => isOwnName(view, name)).map(name => askHost(view, name, signal)),
  )
  const outcome = outcomeOf(found, ({ addresses }) => addresses.includes(wanted), { ip: wanted })
  return { value: outcome.value, diagnostics: [...diagnostics, ...outcome.diagnostics] }
}

/** An alias may lead into another zone, whose source then says whether it knows the host. */
const isKnownHere =
  (view: ZoneView) =>
  ({ record, fqdn, nameDiagnostics }: HostFound): boolean =>
    record?.known ?? (nameDiagnostics.every(({ severity }) => severity !== 'error') && !isOwnName(view, fqdn))

const elsewhere = (fqdn: string): HostFound => ({
  fqdn,
  record: undefined,
  addresses: [],
  nameDiagnostics: [],
  placeDiagnostics: [],
})

const outcomeOf = (
  found: readonly HostFound[],
  counts: (host: HostFound) => boolean,
  asked: Pick<HostName, 'mac' | 'ip'>,
): Outcome<readonly HostName[]> => {
  const names = new Set(found.filter(counts).map(({ fqdn }) => fqdn))
  const value = [...names].sort().map(fqdn => ({ short: dnsLabels(fqdn)[0] ?? fqdn, fqdn, ...asked }))
  return { value, diagnostics: found.flatMap(({ nameDiagnostics }) => nameDiagnostics) }
}

const targetsOf = (answer: Followed): { names: readonly string[]; diagnostics: readonly Diagnostic[] } => {
  const diagnostics = [...answer.diagnostics]
  const names = answer.records.flatMap(record => {
    if (record.rdata.kind !== 'name') return []
    const name = parseHostname(record.rdata.name)
    if (name === undefined) diagnostics.push(badTarget(record.rdata.name, record))
    return name ?? []
  })
  return { names, diagnostics }
}
