import t from 'tap'
import type { HostRecord } from '../../model/catalog.ts'
import type { ClassName } from '../../model/class-name.ts'
import { parseHostQuery } from '../../model/host-query.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { freePort } from '../../testing/free-port.ts'
import { startNamed } from '../../testing/named.ts'
import { withoutPlaces } from '../../testing/without-places.ts'
import { zonefileSource } from '../zone/zonefile-source.ts'
import type { DnsOptions } from './dns-options.ts'
import { dnsSource } from './dns-source.ts'

const { signal } = new AbortController()
const fixtures = `${import.meta.dirname}/../../../fixtures/zone/conventions`
const path = `${fixtures}/example.test.zone`
const secret = (fill: string): Buffer => Buffer.alloc(32, fill)
const key: TsigKey = { name: 'reader.example.test', algorithm: 'hmac-sha256', secret: secret('a') }

const named = await startNamed({
  keys: [key],
  zones: [
    { name: 'example.test', path },
    { name: '2.0.192.in-addr.arpa', path: `${fixtures}/2.0.192.in-addr.arpa.zone` },
    {
      name: 'locked.test',
      text: '@ 300 SOA ns1 hostmaster 7 3600 900 604800 300\n@ 300 NS ns1\nns1 300 A 127.0.0.1\nweb01 300 TXT "fai=WEB"\n',
      statements: `allow-query { key ${key.name}; };`,
    },
    {
      // A zone of its own on the same server, without a referral.
      name: 'lab2.example.test',
      text: '@ 300 SOA ns1 hostmaster 7 3600 900 604800 300\n@ 300 NS ns1\nns1 300 A 127.0.0.1\nhost 300 A 192.0.2.61\n',
    },
  ],
})
t.teardown(named.stop)

const live = (more: Partial<DnsOptions> = {}) =>
  dnsSource({ zone: 'example.test', servers: [named.server], ...more })
const file = () => zonefileSource({ zone: 'example.test', path })

const HOSTS = [
  'web01',
  'node1.lab',
  'plan01',
  'bare01',
  'noise01',
  'nobody',
  'www',
  'shared01',
  'loop1',
  'away',
  'x.wild',
  'real.wild',
  'same.wild',
  'sub',
  'ns1.sub',
  'mixed01',
  'broken01',
  'big01',
]

for (const name of HOSTS) {
  t.test(`host ${name}: named and its zone file say the same`, async t => {
    const host = { short: name.split('.')[0] ?? '', fqdn: `${name}.example.test` }
    const fromDns = await live().readHost(host, signal)
    t.strictSame(withoutPlaces(fromDns), withoutPlaces(await file().readHost(host, signal)))
  })
}

t.test('a text beyond one UDP answer is read whole, over TCP', async t => {
  const { value } = await live().readHost({ short: 'big01', fqdn: 'big01.example.test' }, signal)
  const classes = (value as HostRecord).places.at(-1)?.memberships.flatMap(({ tokens }) => tokens)
  t.equal(classes?.length, 28)
})

t.test('definitions: named and its zone file say the same', async t => {
  const names = ['WEB', 'web', 'PHP', 'ODD', 'NOSUCH', 'CALM'] as ClassName[]
  const fromDns = await live().readClasses(names, signal)
  t.equal(fromDns.length, 5)
  t.strictSame(withoutPlaces(fromDns), withoutPlaces(await file().readClasses(names, signal)))
})

const QUERIES = [
  'web01',
  'node2',
  'www',
  'nobody',
  'x.wild.example.test',
  'web01.example.org',
  '02:00:5e:00:53:01',
  '4c4c4544-0042-3510-8052-b4c04f4a3132',
]

for (const query of [...QUERIES, '192.0.2.11', '192.0.2.21', '192.0.2.55']) {
  t.test(`find ${query}: named and its zone file say the same`, async t => {
    const parsed = parseHostQuery(query)
    if (parsed === undefined) throw new Error(`"${query}" is no HOST`)
    const fromDns = await live().findHosts(parsed, signal)
    t.strictSame(withoutPlaces(fromDns), withoutPlaces(await file().findHosts(parsed, signal)))
  })
}

t.test('a PTR record to a name with another address finds nothing', async t => {
  t.strictSame((await live().findHosts({ kind: 'ip', ip: '192.0.2.77' }, signal)).value, [])
})

t.test('state: live, with the serial of the zone', async t => {
  const source = live()
  t.strictSame(source.describe(), { name: 'dns example.test', state: 'unread' })
  await source.readHost({ short: 'web01', fqdn: 'web01.example.test' }, signal)
  t.strictSame(source.describe(), { name: 'dns example.test', state: 'live', serial: 2026112201 })
  t.equal(await source.hasDefinitions(signal), true)
  await source.close()
})

t.test('a zone of its own on the same server is no part of ours', async t => {
  const { value, diagnostics } = await live().readHost(
    { short: 'host', fqdn: 'host.lab2.example.test' },
    signal,
  )
  t.equal(value, undefined)
  t.match(diagnostics, [{ code: 'zone-delegated', message: /in the zone lab2\.example\.test/ }])
})

const locked = { short: 'web01', fqdn: 'web01.locked.test' }

t.test('a signed query is answered where an unsigned one is refused', async t => {
  const { value } = await live({ zone: 'locked.test', tsig: key }).readHost(locked, signal)
  t.match(value, { known: true })
  await t.rejects(live({ zone: 'locked.test' }).readHost(locked, signal), {
    name: 'SourceError',
    message: new RegExp(`cannot ask \\S+ \\S*web01.locked.test: ${named.server}: REFUSED`),
    rejected: false,
  })
})

const rejected: Record<string, { tsig: TsigKey; message: RegExp }> = {
  'a key that the server does not know': {
    tsig: { ...key, name: 'other.example.test' },
    message: /refuses .*: BADKEY: the server does not know key "other\.example\.test"/,
  },
  'a key with another secret': {
    tsig: { ...key, secret: secret('b') },
    message: /refuses .*: BADSIG: the server has another secret for key "reader\.example\.test"/,
  },
}

for (const [title, { tsig, message }] of Object.entries(rejected)) {
  t.test(`${title} is rejected, which nothing may hide`, async t => {
    const error = live({ zone: 'locked.test', tsig }).readHost(locked, signal)
    await t.rejects(error, { name: 'SourceError', rejected: true, message })
  })
}

t.test('a clock that is wrong is named with the difference', async t => {
  const now = (): number => Date.now() - 3_600_000
  const error = live({ zone: 'locked.test', tsig: key, now }).readHost(locked, signal)
  await t.rejects(error, {
    rejected: false,
    message: /BADTIME: the server's clock is 3[56]\d\d s ahead of ours/,
  })
})

t.test('without a validating resolver dnssec: ad reads nothing', async t => {
  const error = live({ dnssec: 'ad' }).readHost({ short: 'web01', fqdn: 'web01.example.test' }, signal)
  await t.rejects(error, { message: /not validated \(no AD bit\)/ })
})

t.test('a server without the zone cannot be read', async t => {
  const error = live({ zone: 'example.org' }).readHost({ short: 'a', fqdn: 'a.example.org' }, signal)
  await t.rejects(error, { name: 'SourceError', message: /REFUSED/ })
})

t.test('a dead server is an error with its name, and another one is asked', async t => {
  const dead = `127.0.0.1:${await freePort()}`
  const host = { short: 'web01', fqdn: 'web01.example.test' }
  await t.rejects(live({ servers: [dead] }).readHost(host, signal), {
    name: 'SourceError',
    message: `dns example.test: cannot ask A web01.example.test: ${dead}: nothing listens there (ECONNREFUSED)`,
    origin: { kind: 'server', server: dead },
  })
  t.match((await live({ servers: [dead, named.server] }).readHost(host, signal)).value, { known: true })
})
