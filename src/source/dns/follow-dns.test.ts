import t, { type Test } from 'tap'
import { type FakeZone, startFakePrimary } from '../../testing/fake-primary.ts'
import { followZone } from '../../testing/followed-zone.ts'
import { wireSoa } from '../../testing/transfer-answer.ts'
import { zoneDelta, zoneRecord } from '../../testing/zone-delta.ts'
import { encodeNotify } from '../../wire/dns/notify-query.ts'
import type { FollowOptions } from './follow-dns.ts'

const ZONE = 'example.test'
const { signal } = new AbortController()
const web = zoneRecord('_fai.web01', 'TXT', 'WEB')
const db = zoneRecord('_fai.db01', 'TXT', 'DB')
const host = { short: 'db01', fqdn: 'db01.example.test' }

const site = async (t: Test, zone: Partial<FakeZone> = {}, more: Partial<FollowOptions> = {}) => {
  const primary = await startFakePrimary({ records: [web], ...zone })
  t.teardown(primary.stop)
  const followed = followZone({ zone: ZONE, servers: [primary.server], ...more })
  t.teardown(followed.stop)
  const notify = (serial?: number) =>
    followed.notify(encodeNotify(1, { ...wireSoa(serial ?? primary.zone.serial) }), '127.0.0.1')
  const lists = (name = host) => followed.lists(name, signal)
  return { primary, followed, notify, lists }
}

const isCurrent = ({ phase }: { phase: string }): boolean => phase === 'current'

const INCREMENTS: Record<string, { ixfr: FakeZone['ixfr']; asked: readonly string[] }> = {
  'a delta': { ixfr: [zoneDelta(1, [web], [db])], asked: ['AXFR', 'SOA', 'IXFR'] },
  'all of the zone for an answer to IXFR': { ixfr: 'whole', asked: ['AXFR', 'SOA', 'IXFR'] },
  NOTIMP: { ixfr: { rcode: 4 }, asked: ['AXFR', 'SOA', 'IXFR', 'AXFR'] },
  FORMERR: { ixfr: { rcode: 1 }, asked: ['AXFR', 'SOA', 'IXFR', 'AXFR'] },
  REFUSED: { ixfr: { rcode: 5 }, asked: ['AXFR', 'SOA', 'IXFR', 'AXFR'] },
  'a delta that deletes what is not there': {
    ixfr: [zoneDelta(1, [zoneRecord('_fai.web01', 'TXT', 'PHP')], [db])],
    asked: ['AXFR', 'SOA', 'IXFR', 'AXFR'],
  },
  'a delta that begins elsewhere': {
    ixfr: [zoneDelta(5, [web], [db])],
    asked: ['AXFR', 'SOA', 'IXFR', 'AXFR'],
  },
}

for (const [title, { ixfr, asked }] of Object.entries(INCREMENTS)) {
  t.test(`${title}: memory has the new zone, and only what differs is told`, async t => {
    const { primary, followed, notify, lists } = await site(t)
    await followed.until(isCurrent)
    t.equal(await lists(), false)
    Object.assign(primary.zone, { serial: 2, ixfr, records: [db] })
    notify()
    await followed.until(({ serial }) => serial === 2)
    t.strictSame(primary.asked, asked)
    t.match(followed.changes[1], { origins: [{}, {}], serial: 2 })
    t.strictSame(followed.changes[1]?.keys, new Set(['_fai.web01.example.test', '_fai.db01.example.test']))
    t.equal(await lists(), true)
    t.equal(followed.standing().fault, undefined)
  })
}

t.test('a transfer that is cut changes nothing, and is made anew', async t => {
  const { primary, followed, notify, lists } = await site(t)
  await followed.until(isCurrent)
  Object.assign(primary.zone, { serial: 2, records: [db], isCut: true })
  notify()
  await followed.until(({ fault }) => fault !== undefined)
  t.match(followed.standing(), { phase: 'behind', serial: 1, fault: { code: 'source-unreachable' } })
  t.match(followed.standing().fault?.message, /the server closed the connection before the end/)
  t.equal(followed.changes.length, 1)
  t.equal(await lists(), false)
  primary.zone.isCut = false
  await followed.until(({ serial }) => serial === 2)
  t.equal(await lists(), true)
  t.match(followed.standing(), { phase: 'current', fault: undefined })
})

t.test('a serial that goes back: told, and the newer zone answers until the serial is beyond it', async t => {
  const { primary, followed, notify, lists } = await site(t, { serial: 10 })
  await followed.until(isCurrent)
  Object.assign(primary.zone, { serial: 5, records: [db] })
  notify()
  await followed.until(({ fault }) => fault !== undefined)
  t.match(followed.standing(), {
    phase: 'behind',
    serial: 10,
    fault: {
      severity: 'error',
      code: 'serial-went-back',
      message: `dns example.test: the serial went back: ${primary.server} has 5, older than 10, which still answers`,
    },
  })
  t.equal(await lists(), false)
  primary.zone.serial = 11
  notify()
  await followed.until(({ serial }) => serial === 11)
  t.match(followed.standing(), { phase: 'current', fault: undefined })
  t.equal(await lists(), true)
})

t.test('a serial that goes back: whoever wants the older zone asks for all of it', async t => {
  const { primary, followed, lists } = await site(t, { serial: 10 })
  await followed.until(isCurrent)
  Object.assign(primary.zone, { serial: 5, records: [db] })
  followed.retransfer()
  await followed.until(({ serial }) => serial === 5)
  t.equal(await lists(), true)
  t.equal(followed.changes[1]?.serial, 5)
})

t.test('a serial goes over the end of the numbers', async t => {
  const { primary, followed, notify } = await site(t, { serial: 4294967295 })
  await followed.until(isCurrent)
  primary.zone.serial = 3
  notify()
  await followed.until(({ serial }) => serial === 3)
  t.equal(followed.standing().fault, undefined)
})

t.test('without any NOTIFY the SOA says when to look', async t => {
  const times = { refreshSeconds: 0, retrySeconds: 0 }
  const { primary, followed } = await site(t, { times })
  await followed.until(isCurrent)
  const startedAt = performance.now()
  Object.assign(primary.zone, { serial: 2, records: [db] })
  await followed.until(({ serial }) => serial === 2)
  t.ok(performance.now() - startedAt > 900, 'never more often than once a second')
})

t.test('a server is down and up again; the zone expires meanwhile, and answers all the time', async t => {
  const times = { refreshSeconds: 0, retrySeconds: 0, expireSeconds: 1 }
  const { primary, followed, lists } = await site(t, { times, records: [db] }, { timeoutMs: 300 })
  await followed.until(isCurrent)
  primary.zone.isDown = true
  await followed.until(({ fault }) => fault?.code === 'zone-expired' && fault.message.includes('no answer'))
  t.match(followed.standing(), { phase: 'behind', serial: 1, fault: { severity: 'error' } })
  t.match(followed.source.describe(), { state: 'stale', serial: 1 })
  t.equal(await lists(), true)
  primary.zone.isDown = false
  await followed.until(isCurrent)
  t.equal(followed.standing().fault, undefined)
})

t.test('the next server is asked where the first is down, or behind', async t => {
  const other = await startFakePrimary({ records: [db], serial: 3 })
  t.teardown(other.stop)
  const first = await startFakePrimary({ isDown: true })
  t.teardown(first.stop)
  const servers = [first.server, other.server]
  const { followed } = await site(t, {}, { servers, timeoutMs: 300 })
  await followed.until(({ serial }) => serial === 3)
  Object.assign(first.zone, { isDown: false, serial: 2 })
  followed.notify(encodeNotify(1, wireSoa(4)), '127.0.0.1')
  other.zone.serial = 4
  await followed.until(({ serial }) => serial === 4)
  t.equal(followed.standing().fault, undefined)
})

t.test('two times 5,000 forged NOTIFYs are two questions, a second apart', async t => {
  const { primary, followed } = await site(t)
  await followed.until(isCurrent)
  const forged = Array.from({ length: 5000 }, (_, i) => encodeNotify(i, wireSoa(i + 2)))
  const notify = (): void => {
    for (const message of forged) followed.notify(message, '127.0.0.1')
  }
  notify()
  await primary.untilAsked('SOA', 1)
  const startedAt = performance.now()
  notify()
  await primary.untilAsked('SOA', 2)
  t.ok(performance.now() - startedAt > 900)
  t.strictSame(primary.asked, ['AXFR', 'SOA', 'SOA'])
  t.equal(followed.changes.length, 1)
})

t.test('a NOTIFY with the serial that we have asks nothing', async t => {
  const { primary, followed, notify } = await site(t)
  await followed.until(isCurrent)
  notify(1)
  primary.zone.serial = 2
  notify(2)
  await followed.until(({ serial }) => serial === 2)
  t.strictSame(primary.asked, ['AXFR', 'SOA', 'IXFR'])
})

t.test('what is read here is noted', async t => {
  const { followed } = await site(t, { records: [db] })
  await followed.until(isCurrent)
  const keys = new Set<string>()
  await followed.noting(
    key => keys.add(key),
    () => followed.source.readHost(host, signal),
  )
  await followed.source.readHost({ short: 'web01', fqdn: 'web01.example.test' }, signal)
  const owners = ['db01', '_fai.db01', '_default._fai'].map(owner => `${owner}.example.test`)
  t.strictSame([...keys].sort(), owners.sort())
  keys.clear()
  await followed.noting(
    key => keys.add(key),
    () => followed.source.hasDefinitions(signal),
  )
  t.strictSame([...keys], ['_class.example.test'])
})

t.test('what was kept answers at once, and is gone on from', async t => {
  const first = await site(t)
  t.equal(first.followed.kept(), undefined)
  await first.followed.until(isCurrent)
  const kept = JSON.parse(JSON.stringify(first.followed.kept()))
  await first.followed.stop()
  Object.assign(first.primary.zone, { isDown: true })
  const restored = { restored: kept, servers: [first.primary.server] }
  const { followed, lists } = await site(t, {}, restored)
  t.match(followed.changes, [{ keys: 'all', serial: 1 }])
  t.match(followed.standing(), { phase: 'behind', serial: 1, fault: undefined, confirmedAtMs: Number })
  t.equal(await lists({ short: 'web01', fqdn: 'web01.example.test' }), true)
  Object.assign(first.primary.zone, { isDown: false, serial: 2, ixfr: [zoneDelta(1, [web], [db])] })
  await followed.until(({ serial }) => serial === 2)
  t.notOk(first.primary.asked.slice(1).includes('AXFR'))
  t.equal(await lists(), true)
})

t.test('what is no snapshot of ours is not believed', async t => {
  for (const restored of [
    { confirmedAtMs: 1 },
    { confirmedAtMs: 1, contents: { records: [['a', 'A', 1, 'ff']] } },
  ]) {
    const { followed } = await site(t, {}, { restored })
    await followed.until(isCurrent)
    t.match(followed.changes, [{ serial: 1 }])
  }
})

t.test('dnssec: ad: no transfer is believed', async t => {
  const { followed } = await site(t, {}, { dnssec: 'ad' })
  await followed.until(({ fault }) => fault !== undefined)
  t.match(followed.standing(), { phase: 'loading', fault: { message: /no resolver validates a transfer/ } })
})
