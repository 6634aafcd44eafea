import t from 'tap'
import {
  expireLeases,
  freeLease,
  holdLease,
  isFreeFor,
  type Lease,
  leaseOf,
  makeLeaseTable,
  nextFree,
  setPools,
} from './lease-table.ts'
import { makeSubnets } from './subnet.ts'

const { own: subnet } = makeSubnets(
  { range: ['192.0.2.254', '192.0.2.255'], router: undefined },
  '192.0.2.1/24',
)
const { own: three } = makeSubnets(
  { range: ['192.0.2.10', '192.0.2.13'], router: '192.0.2.11' },
  '192.0.2.1/24',
)
const bound = (address: string, client: string, until: number): Lease => ({
  address,
  client,
  state: 'bound',
  until,
})

const tableOf = (leases: readonly Lease[], now: number) => {
  const table = makeLeaseTable(leases, now)
  setPools(table, [three])
  return table
}
const give = (table: ReturnType<typeof tableOf>, client: string, now: number, ms: number): string => {
  const address = nextFree(table, three) ?? 'none'
  if (address !== 'none') holdLease(table, { address, client, state: 'bound', now, ms })
  return address
}

t.test('a pool gives what was never used, then what is free for the longest time, and no router', async t => {
  const table = tableOf([], 0)
  t.strictSame(
    ['a', 'b', 'c', 'd'].map((client, index) => give(table, client, index, index === 0 ? 100 : 50)),
    ['192.0.2.10', '192.0.2.12', '192.0.2.13', 'none'],
  )
  expireLeases(table, 51)
  t.equal(nextFree(table, three), '192.0.2.12')
  expireLeases(table, 100)
  t.strictSame(
    ['d', 'e', 'f', 'g'].map(client => give(table, client, 100, 50)),
    ['192.0.2.12', '192.0.2.13', '192.0.2.10', 'none'],
  )
})

t.test('neither the address of the network nor that for everybody is given', async t => {
  const table = makeLeaseTable([], 0)
  setPools(table, [subnet])
  t.equal(nextFree(table, subnet), '192.0.2.254')
  holdLease(table, { address: '192.0.2.254', client: 'a', state: 'bound', now: 0, ms: 1 })
  t.equal(nextFree(table, subnet), undefined)
})

t.test('a longer lease does not keep a shorter one that was given after it', async t => {
  const table = tableOf([], 0)
  give(table, 'a', 0, 1000)
  give(table, 'b', 1, 10)
  expireLeases(table, 11)
  t.equal(table.leases.get('192.0.2.12')?.state, 'free')
  t.equal(table.leases.get('192.0.2.10')?.state, 'bound')
})

t.test('a lease that is renewed ends later', async t => {
  const table = tableOf([], 0)
  const address = give(table, 'a', 0, 10)
  holdLease(table, { address, client: 'a', state: 'bound', now: 5, ms: 10 })
  expireLeases(table, 14)
  t.equal(table.leases.get(address)?.state, 'bound')
  expireLeases(table, 15)
  t.equal(table.leases.get(address)?.state, 'free')
})

t.test('of leases of before those that ran out are free, for their clients first', async t => {
  const leases = [bound('192.0.2.12', 'b', 200), bound('192.0.2.10', 'a', 50), bound('192.0.2.13', 'c', 40)]
  const table = tableOf(leases, 100)
  t.strictSame(
    leaseOf(table, 'a', () => true),
    { ...bound('192.0.2.10', 'a', 50), state: 'free' },
  )
  t.strictSame([isFreeFor(table, '192.0.2.10', 'd'), isFreeFor(table, '192.0.2.12', 'd')], [true, false])
  t.equal(nextFree(table, three), '192.0.2.13')
  expireLeases(table, 200)
  t.equal(table.leases.get('192.0.2.12')?.state, 'free')
})

t.test('the newest lease of a client counts, and one that it holds before one that it had', async t => {
  const table = tableOf([bound('192.0.2.10', 'a', 1000), bound('198.51.100.7', 'a', 2000)], 0)
  const addressOf = (isOnNetwork: (address: string) => boolean) => leaseOf(table, 'a', isOnNetwork)?.address
  t.equal(
    addressOf(() => true),
    '198.51.100.7',
  )
  t.equal(addressOf(three.contains), '192.0.2.10')
  freeLease(table, bound('198.51.100.7', 'a', 0))
  t.equal(
    addressOf(() => true),
    '192.0.2.10',
  )
  holdLease(table, { address: '192.0.2.10', client: 'b', state: 'bound', now: 0, ms: 10 })
  t.equal(
    addressOf(() => true),
    '198.51.100.7',
  )
})

t.test('clients that come and go leave nothing behind but the addresses they had', async t => {
  const table = tableOf([], 0)
  for (let client = 0; client < 100; client++) {
    give(table, `client ${client}`, client * 10, 10)
    expireLeases(table, client * 10 + 10)
  }
  t.strictSame([table.leases.size, table.ofClient.size], [3, 3])
})
