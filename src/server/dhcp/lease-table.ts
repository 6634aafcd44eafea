import { isInPool, numberAddress, type Subnet } from './subnet.ts'

/** Who has an address, and until when. */
export type Lease = {
  readonly address: string
  /** Who has it or had it last (`clientKey`); empty where that is nobody of ours. */
  readonly client: string
  /** `declined`: somebody else uses it. `reserved`: it is the own address of a host, by the sources. */
  readonly state: 'offered' | 'bound' | 'free' | 'declined' | 'reserved'
  /** Milliseconds since 1970; of a free one, when it became so. */
  readonly until: number
}

/**
 * The leases of all networks. The functions here change it in place and take the time as a parameter. It has at most
 * one lease for each address of a pool and for each own address of a host, however many clients ask.
 */
export type LeaseTable = {
  readonly leases: Map<string, Lease>
  /** Addresses that a client has or had last, the newest last. */
  readonly ofClient: Map<string, Set<string>>
  /** Addresses that are held, by the length of time: so each set is in the order in which they run out. */
  readonly held: Map<number, Set<string>>
  readonly pools: Pool[]
}

type Pool = Pick<Subnet, 'first' | 'last'> & {
  /** No address from here on was ever used, but for those in `leases`. */
  fresh: number
  /** Used before, the longest free first. */
  readonly free: Set<string>
}

/** A lease that is given for a time. */
export type HeldLease = Omit<Lease, 'until'> & {
  readonly state: Exclude<Lease['state'], 'free'>
  readonly now: number
  readonly ms: number
}

/** A table with leases of before. What ran out in the meantime is free, and still remembered for its client. */
export const makeLeaseTable = (leases: Iterable<Lease>, now: number): LeaseTable => {
  const table: LeaseTable = { leases: new Map(), ofClient: new Map(), held: new Map(), pools: [] }
  for (const lease of [...leases].sort((a, b) => a.until - b.until)) {
    if (lease.state === 'free' || lease.until <= now) setFree(table, lease)
    // They are in order, so that they may share a queue; it is not the one of any length of time.
    else setHeld(table, lease, Number.POSITIVE_INFINITY)
  }
  return table
}

/** Says from which ranges addresses are given from now on. */
export const setPools = (table: LeaseTable, ranges: readonly Pick<Subnet, 'first' | 'last'>[]): void => {
  const free = [...table.leases.values()]
    .filter(({ state }) => state === 'free')
    .sort((a, b) => a.until - b.until)
  const pools = ranges.map(({ first, last }): Pool => ({ first, last, fresh: first, free: new Set() }))
  table.pools.splice(0, table.pools.length, ...pools)
  for (const { address } of free) poolOf(table, address)?.free.add(address)
}

/** Forgets which addresses are those of hosts: the sources may say something else now. */
export const forgetReserved = (table: LeaseTable, now: number): void => {
  for (const lease of table.leases.values()) {
    if (lease.state === 'reserved') setFree(table, { ...lease, until: now })
  }
}

/** Frees what has run out, in the order in which it did. */
export const expireLeases = (table: LeaseTable, now: number): void => {
  const expired: Lease[] = []
  for (const queue of table.held.values()) {
    for (const address of queue) {
      const lease = table.leases.get(address)
      if (lease === undefined || lease.until > now) break
      expired.push(lease)
    }
  }
  for (const lease of expired.sort((a, b) => a.until - b.until)) setFree(table, lease)
}

/** Gives an address to a client, or keeps it from all, for a time. */
export const holdLease = (table: LeaseTable, { now, ms, ...lease }: HeldLease): Lease =>
  setHeld(table, { ...lease, until: now + ms }, ms)

/** Takes an address back; its client, if it names one, may get it again while nobody else needs it. */
export const freeLease = (table: LeaseTable, lease: Omit<Lease, 'state'>): Lease => setFree(table, lease)

/** The newest lease of a client on a network, one that it holds before one that it only had. */
export const leaseOf = (
  { leases, ofClient }: LeaseTable,
  client: string,
  isOnNetwork: (address: string) => boolean,
): Lease | undefined => {
  const found = [...(ofClient.get(client) ?? [])].flatMap(address => leases.get(address) ?? [])
  const here = found.filter(({ address }) => isOnNetwork(address))
  return here.findLast(({ state }) => state !== 'free') ?? here.at(-1)
}

/** Whether an address may be given to a client: it is nobody's, or was offered to or is the last of this one. */
export const isFreeFor = ({ leases }: LeaseTable, address: string, client: string): boolean => {
  const lease = leases.get(address)
  return lease === undefined || lease.state === 'free' || isOf(lease, client)
}

/** Whether a lease is an offer to, or is bound to, a client. */
export const isOf = ({ state, client: owner }: Lease, client: string): boolean =>
  owner === client && (state === 'offered' || state === 'bound')

/** A free address of a pool: one that was never used, else the one that is free for the longest time. */
export const nextFree = (table: LeaseTable, { first, last, excluded }: Subnet): string | undefined => {
  const pool = table.pools.find(each => each.first === first && each.last === last)
  if (pool === undefined) return undefined
  for (; pool.fresh <= pool.last; pool.fresh++) {
    const address = numberAddress(pool.fresh)
    if (!table.leases.has(address) && !excluded.has(address)) return address
  }
  for (const address of pool.free) if (!excluded.has(address)) return address
  return undefined
}

const setHeld = (table: LeaseTable, lease: Lease, ms: number): Lease => {
  forget(table, lease.address)
  const queue = table.held.get(ms) ?? new Set()
  table.held.set(ms, queue.add(lease.address))
  return remember(table, lease)
}

const setFree = (table: LeaseTable, lease: Omit<Lease, 'state'>): Lease => {
  forget(table, lease.address)
  poolOf(table, lease.address)?.free.add(lease.address)
  return remember(table, { ...lease, state: 'free' })
}

const remember = ({ leases, ofClient }: LeaseTable, lease: Lease): Lease => {
  leases.set(lease.address, lease)
  if (lease.client !== '') {
    ofClient.set(lease.client, (ofClient.get(lease.client) ?? new Set()).add(lease.address))
  }
  return lease
}

const forget = (table: LeaseTable, address: string): void => {
  const { client } = table.leases.get(address) ?? {}
  for (const queue of table.held.values()) queue.delete(address)
  poolOf(table, address)?.free.delete(address)
  if (client === undefined) return
  const addresses = table.ofClient.get(client)
  addresses?.delete(address)
  if (addresses?.size === 0) table.ofClient.delete(client)
}

const poolOf = ({ pools }: LeaseTable, address: string): Pool | undefined =>
  pools.find(pool => isInPool(pool, address))
