import type { DnsConnection } from '../apply/dns-transaction.ts'
import { type FoundZone, findPrimary, findZone, type NoZone } from '../apply/dns-zone.ts'
import type { Outcome } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { foldDnsName } from '../model/dns-name.ts'
import { reverseName } from '../model/reverse-name.ts'
import { formatServerAddress } from '../model/server-address.ts'
import { choosePointer, mostSpecific, noPointer, type Pointer } from '../plan/register/pointer.ts'
import { REGISTER } from '../plan/register/registration.ts'
import type { RegisterServers, ReverseEntry } from './register-servers.ts'

/** Where a PTR record stands, and how it is changed there. */
export type PlacedPointer = Pointer & { readonly connection: DnsConnection }

/** Where the zone of names is changed. Rejects with a `SourceError` where nobody knows its primary. */
export const locateForward = async (
  zone: string,
  servers: RegisterServers,
  signal: AbortSignal,
): Promise<DnsConnection> => {
  if (servers.own !== undefined) return servers.own
  const located = await locatePrimary(zone, servers.key, servers, signal)
  if (typeof located !== 'string') return located
  throw new SourceError(`register names no server, and ${located}`, REGISTER)
}

/** Where the PTR records of addresses stand; one that nobody can say of is left out, with a warning. */
export const locatePointers = async (
  addresses: readonly string[],
  servers: RegisterServers,
  signal: AbortSignal,
): Promise<Outcome<readonly PlacedPointer[]>> => {
  const located: Outcome<PlacedPointer>[] = []
  for (const address of new Set(addresses)) located.push(await locatePointer(address, servers, signal))
  return {
    value: located.flatMap(({ value }) => value ?? []),
    diagnostics: located.flatMap(({ diagnostics }) => diagnostics),
  }
}

const locatePointer = async (
  address: string,
  servers: RegisterServers,
  signal: AbortSignal,
): Promise<Outcome<PlacedPointer>> => {
  const { reverse, asked, own } = servers
  const name = reverseName(address) ?? ''
  const first = entryFor(name, reverse)?.connection
  const found = await findZone(name, first === undefined ? asked : [first, ...asked], signal)
  const { value, diagnostics } = choosePointer({
    address,
    found: reverse === undefined ? believedBy(own, found) : found,
    given: reverse?.map(({ zone }) => zone),
  })
  if (value === undefined) return { value, diagnostics }
  const entry = entryFor(value.zone, reverse)
  const key = entry === undefined ? servers.key : entry.key
  const connection =
    entry?.connection ??
    (own === undefined ? await locatePrimary(value.zone, key, servers, signal) : { ...own, key })
  return typeof connection === 'string'
    ? noPointer(address, connection)
    : { value: { ...value, connection }, diagnostics: [] }
}

const entryFor = (name: string, reverse: readonly ReverseEntry[] | undefined): ReverseEntry | undefined => {
  const zone = mostSpecific(
    name,
    (reverse ?? []).map(entry => entry.zone),
  )
  return reverse?.find(entry => entry.zone === zone)
}

/** Where one server is named and no reverse zone, only zones of this server are changed: others are another's. */
const believedBy = (own: DnsConnection | undefined, found: FoundZone | NoZone): FoundZone | NoZone => {
  if (own === undefined || 'reason' in found || (found.by === own && found.isAuthoritative)) return found
  const { owner, zone } = found
  const reason = `${formatServerAddress(own.server)} is not authoritative for ${zone}, which holds ${owner}; name its server in register.reverse`
  return { owner, reason }
}

/** The server that the SOA of a zone names, or why there is none. */
const locatePrimary = async (
  zone: string,
  key: DnsConnection['key'],
  { asked }: RegisterServers,
  signal: AbortSignal,
): Promise<DnsConnection | string> => {
  const found = await findZone(zone, asked, signal)
  if ('reason' in found) return found.reason
  if (found.zone !== foldDnsName(zone)) return `${zone} is no zone but a name in ${found.zone}`
  const server = await findPrimary(found.primary, [found.by, ...asked], signal)
  const { now } = found.by
  return server === undefined
    ? `no server knows the address of ${found.primary}, the primary of ${zone} by its SOA`
    : { server, key, ...(now === undefined ? {} : { now }) }
}
