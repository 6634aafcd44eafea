import type { BootHost } from '../boot-host.ts'
import {
  freeLease,
  holdLease,
  isFreeFor,
  isOf,
  type Lease,
  type LeaseTable,
  leaseOf,
  nextFree,
} from './lease-table.ts'
import { isInPool, type Subnet } from './subnet.ts'

/** Who asks for an address, and where. */
export type AddressSeeker = {
  /** `clientKey`. */
  readonly client: string
  readonly mac: string
  readonly host: BootHost | 'unknown'
  readonly subnet: Subnet
  /** What the client wishes for. */
  readonly requested: string | undefined
}

type ProbedAddress = { readonly address: string; readonly mac: string; readonly isLocal: boolean }

/** What is asked before an address is given. */
export type AddressChecks = {
  /** Whether it is the own address of a host. Rejects where the sources cannot be read. */
  readonly isReserved: (address: string) => Promise<boolean>
  /** Whether a machine other than the one with this MAC answers there; undefined where nobody is asked. */
  readonly probe: ((asked: ProbedAddress) => Promise<boolean>) | undefined
  readonly now: () => number
}

/** An address for a client, if there is one, and what was found on the way. */
export type GivenAddress = { readonly address: string | undefined; readonly notes: readonly string[] }

/** How long a client has time to take an offer. */
const OFFER_MS = 30_000
/** How long nobody gets an address that somebody else uses, or that is a host's. */
export const QUARANTINE_MS = 600_000
/** How long after the end of a lease its client gets the address back without a probe. */
const RECENT_MS = 600_000
/** A probe takes a second, and a client asks again after four. */
const MOST_TRIES = 3

/** The first own address of a host on a network; undefined where it has none there. Pure. */
export const ownAddress = (host: BootHost | 'unknown', { contains }: Subnet): string | undefined =>
  host === 'unknown' ? undefined : host.addresses.find(contains)

/**
 * The address that a client has already, without one that is offered now: its own if nobody else holds that, else
 * the newest of its leases. Changes nothing.
 */
export const addressOf = (
  table: LeaseTable,
  { client, host, subnet }: Pick<AddressSeeker, 'client' | 'host' | 'subnet'>,
): string | undefined => {
  const own = ownAddress(host, subnet)
  if (own !== undefined && isFreeForHost(table, own, client)) return own
  return leaseOf(table, client, address => isInPool(subnet, address))?.address
}

/** Finds an address for a client and keeps it for the time of an offer. Rejects where the sources cannot be read. */
export const giveAddress = async (
  table: LeaseTable,
  seeker: AddressSeeker,
  checks: AddressChecks,
): Promise<GivenAddress> => {
  const notes: string[] = []
  const own = ownAddress(seeker.host, seeker.subnet)
  if (own !== undefined && !isFreeForHost(table, own, seeker.client)) {
    notes.push(`its own ${own} is held by ${holderOf(table.leases.get(own))}`)
  }
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const address = chooseAddress(table, seeker)
    if (address === undefined)
      return { address, notes: [...notes, `no free address in ${seeker.subnet.network}`] }
    const fault = await takeAddress(table, seeker, address, checks)
    if (fault === undefined) return { address, notes }
    notes.push(fault)
  }
  return { address: undefined, notes }
}

/**
 * The address to try, the first of these that is free:
 *
 *     1. the host's own                       4. one of the pool that was never used
 *     2. the newest lease of the client       5. the one that is free for the longest time
 *     3. what the client wishes for
 */
const chooseAddress = (table: LeaseTable, seeker: AddressSeeker): string | undefined => {
  const { client, subnet, requested } = seeker
  const known = addressOf(table, seeker)
  if (known !== undefined) return known
  const isWished =
    requested !== undefined &&
    isInPool(subnet, requested) &&
    !subnet.excluded.has(requested) &&
    isFreeFor(table, requested, client)
  return isWished ? requested : nextFree(table, subnet)
}

const isFreeForHost = (table: LeaseTable, address: string, client: string): boolean =>
  table.leases.get(address)?.state === 'reserved' || isFreeFor(table, address, client)

const holderOf = (lease: Lease | undefined): string =>
  lease?.state === 'declined' ? 'a machine without a lease' : (lease?.client ?? 'nobody')

/** Offers an address to a client, unless it may not have it: why. */
const takeAddress = async (
  table: LeaseTable,
  { client, mac, host, subnet }: AddressSeeker,
  address: string,
  { isReserved, probe, now }: AddressChecks,
): Promise<string | undefined> => {
  const before = table.leases.get(address)
  // A lease is not shortened by an offer of the same address.
  if (before === undefined || !isOf(before, client)) {
    holdLease(table, { address, client, state: 'offered', now: now(), ms: OFFER_MS })
  }
  const keepFromAll = (state: 'declined' | 'reserved', reason: string): string => {
    holdLease(table, { address, client: '', state, now: now(), ms: QUARANTINE_MS })
    return `${address} ${reason}`
  }
  try {
    const isOwn = address === ownAddress(host, subnet)
    if (!isOwn && (await isReserved(address))) return keepFromAll('reserved', 'is the own address of a host')
    const wasRecent = before?.client === client && before.until + RECENT_MS > now()
    if (probe !== undefined && !wasRecent && (await probe({ address, mac, isLocal: subnet.isLocal }))) {
      return keepFromAll('declined', 'is used by a machine without a lease')
    }
  } catch (error) {
    if (before === undefined || !isOf(before, client)) {
      freeLease(table, before ?? { address, client: '', until: now() })
    }
    throw error
  }
  return undefined
}
