import t, { type Test } from 'tap'
import { SourceError } from '../../diagnostic/source-error.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { type Harm, startCuttingProxy } from '../../testing/cutting-proxy.ts'
import { freePort } from '../../testing/free-port.ts'
import { startNamed } from '../../testing/named.ts'
import { sourceFailure } from '../../testing/source-failure.ts'
import { withoutPlaces } from '../../testing/without-places.ts'
import { zonefileSource } from '../zone/zonefile-source.ts'
import type { DnsOptions } from './dns-options.ts'
import { dnsSource } from './dns-source.ts'

const { signal } = new AbortController()
const path = `${import.meta.dirname}/../../../fixtures/zone/conventions/example.test.zone`
const secret = (fill: string): Buffer => Buffer.alloc(32, fill)
const key: TsigKey = { name: 'reader.example.test', algorithm: 'hmac-sha256', secret: secret('a') }
const HOSTS = 3000
const large = [
  '@ 300 SOA ns1 hostmaster 7 3600 900 604800 300',
  '@ 300 NS ns1',
  'ns1 300 A 127.0.0.1',
  ...Array.from({ length: HOSTS }, (_, i) => `h${i} 300 A 10.0.${i >> 8}.${i & 255}`),
  ...Array.from({ length: HOSTS }, (_, i) => `_fai.h${i} 300 TXT "10 WEB" "C${i}"`),
  '',
].join('\n')

const named = await startNamed({
  keys: [key],
  // Small messages, so that there are many of them.
  statements: 'transfer-message-size 4096;',
  zones: [
    { name: 'example.test', path, statements: 'allow-transfer { any; };' },
    { name: 'large.test', text: large, statements: `allow-transfer { key ${key.name}; };` },
    { name: 'open.test', text: large, statements: 'allow-transfer { any; };' },
    { name: 'closed.test', text: large.slice(0, large.indexOf('h0 ')) },
  ],
})
t.teardown(named.stop)

const live = (more: Partial<DnsOptions> = {}) =>
  dnsSource({ zone: 'example.test', servers: [named.server], ...more })

t.test('a transferred zone and its master file say the same of every host and class', async t => {
  const source = live()
  const fromDns = (await source.readWhole(signal)).value
  const fromFile = (await zonefileSource({ zone: 'example.test', path }).readWhole(signal)).value
  t.strictSame(fromDns?.hosts, fromFile?.hosts)
  t.strictSame(withoutPlaces(fromDns?.definitions), withoutPlaces(fromFile?.definitions))
  const names = ['www', 'nobody', 'loop1', 'away', 'x.wild', 'sub', 'ns1.sub', 'noise01']
  const others = names.map(name => ({ short: name, fqdn: `${name}.example.test` }))
  for (const host of [...(fromFile?.hosts ?? []), ...others]) {
    const wanted = withoutPlaces(await fromFile?.source.readHost(host, signal))
    t.strictSame(withoutPlaces(await fromDns?.source.readHost(host, signal)), wanted, host.fqdn ?? '')
    t.strictSame(withoutPlaces(await source.readHost(host, signal)), wanted, host.fqdn ?? '')
  }
  t.strictSame(source.describe(), { name: 'dns example.test', state: 'live', serial: 2026112201 })
})

t.test('a signed transfer of many messages', async t => {
  const { value, diagnostics } = await live({ zone: 'large.test', tsig: key }).readWhole(signal)
  t.strictSame(diagnostics, [])
  t.equal(value?.hosts.length, HOSTS + 1)
  t.match(value?.source.describe(), { state: 'live', serial: 7 })
  t.equal(await value?.source.hasDefinitions(signal), false)
})

t.test('whether any class is defined takes one question, not a transfer', async t => {
  t.equal(await live().hasDefinitions(signal), true)
  t.equal(await live({ zone: 'closed.test' }).hasDefinitions(signal), false)
})

const REFUSALS: Record<string, { more: Partial<DnsOptions>; code: string; message: RegExp }> = {
  'without a key': {
    more: { zone: 'closed.test' },
    code: 'transfer-refused',
    message:
      /^dns closed\.test: cannot transfer the zone closed\.test: 127\.0\.0\.1:\d+: REFUSED; to permit it, add "allow-transfer \{ 127\.0\.0\.1; \};" to the zone there$/,
  },
  'with a key that may not': {
    more: { zone: 'closed.test', tsig: key },
    code: 'transfer-refused',
    message: /REFUSED; to permit it, add "allow-transfer \{ key "reader\.example\.test"; \};" to/,
  },
  'of a zone that the server has not': {
    more: { zone: 'example.org' },
    code: 'transfer-refused',
    message: /zone example\.org: 127\.0\.0\.1:\d+: NOTAUTH; this server does not have the zone$/,
  },
  'of a zone that the server has not, with a key that it knows': {
    more: { zone: 'example.org', tsig: key },
    code: 'transfer-refused',
    message: /zone example\.org: 127\.0\.0\.1:\d+: NOTAUTH; this server does not have the zone$/,
  },
  'with a key that the server does not know': {
    more: { zone: 'large.test', tsig: { ...key, name: 'other' } },
    code: 'source-rejected',
    message: /BADKEY: the server does not know key "other"/,
  },
  'with another secret': {
    more: { zone: 'large.test', tsig: { ...key, secret: secret('b') } },
    code: 'source-rejected',
    message: /BADSIG: the server has another secret for key "reader\.example\.test"/,
  },
  'with a clock that is wrong': {
    more: { zone: 'large.test', tsig: key, now: () => Date.now() - 3_600_000 },
    code: 'source-unreachable',
    message: /BADTIME: the server's clock is 3[56]\d\d s ahead of ours/,
  },
  'where answers are to be validated': {
    more: { dnssec: 'ad' },
    code: 'source-unreachable',
    message: /no resolver validates a transfer, as dnssec: ad wants/,
  },
}

for (const [title, { more, code, message }] of Object.entries(REFUSALS)) {
  t.test(`a transfer ${title}: ${code}`, async t => {
    const error = await sourceFailure(live(more).readWhole(signal))
    t.equal(error.code, code)
    t.match(error.message, message)
    t.match(error.origin, { kind: 'server', server: /./ })
  })
}

const proxied = async (t: Test, harm: Harm) => {
  const proxy = await startCuttingProxy(named.port, harm)
  t.teardown(proxy.stop)
  return proxy
}

const CUTS = { 'before the first octet': 0, 'in a message': 20_000, 'in the length of the first': 1 }
for (const [title, cutAfter] of Object.entries(CUTS)) {
  for (const tsig of [undefined, key]) {
    t.test(
      `a connection cut ${title}, ${tsig === undefined ? 'un' : ''}signed: never part of a zone`,
      async t => {
        const proxy = await proxied(t, { cutAfter })
        const zone = tsig === undefined ? 'open.test' : 'large.test'
        const source = live({ zone, servers: [proxy.server], tsig })
        const error = await sourceFailure(source.readWhole(signal))
        t.equal(error.code, 'source-unreachable')
        t.match(error.message, new RegExp(`${proxy.server}: the server closed the connection before the end`))
        t.match(source.describe(), { state: 'unread' })
      },
    )
  }
}

t.test('a server that falls silent in the middle: 2 s, then the next server is asked', async t => {
  const proxy = await proxied(t, { silentAfter: 20_000 })
  const source = live({ zone: 'large.test', servers: [proxy.server], tsig: key })
  const error = await sourceFailure(source.readWhole(signal))
  t.match(error.message, /no byte within 2 s/)
  const both = live({ zone: 'large.test', servers: [proxy.server, named.server], tsig: key })
  t.equal((await both.readWhole(signal)).value?.hosts.length, HOSTS + 1)
})

t.test('a server that ends during a transfer: the whole zone or an error', async t => {
  const mortal = await startNamed({
    statements: 'transfer-message-size 4096;',
    zones: [{ name: 'open.test', text: large, statements: 'allow-transfer { any; };' }],
  })
  t.teardown(mortal.stop)
  const proxy = await startCuttingProxy(mortal.port, { pauseAfter: { octets: 20_000, run: mortal.stop } })
  t.teardown(proxy.stop)
  const read = live({ zone: 'open.test', servers: [proxy.server] }).readWhole(signal)
  const outcome = await read.catch((error: unknown) => error)
  // What the kernel had taken from the server before its end arrives all the same.
  if (outcome instanceof SourceError) t.equal(outcome.code, 'source-unreachable')
  else t.equal((outcome as Awaited<typeof read>).value?.hosts.length, HOSTS + 1)
})

t.test('a server that is gone after a transfer: memory answers all of it', async t => {
  const mortal = await startNamed({
    zones: [{ name: 'open.test', text: large, statements: 'allow-transfer { any; };' }],
  })
  t.teardown(mortal.stop)
  const source = live({ zone: 'open.test', servers: [mortal.server] })
  const { value } = await source.readWhole(signal)
  await mortal.stop()
  for (const host of value?.hosts.slice(0, 5) ?? []) {
    const answers = [await value?.source.readHost(host, signal), await source.readHost(host, signal)]
    t.match(answers, [{ value: { known: true } }, { value: { known: true } }], host.short)
  }
  t.equal((await source.readWhole(signal)).value?.hosts.length, HOSTS + 1)
})

t.test('an abort ends a transfer with the reason of the abort', async t => {
  const abort = new AbortController()
  const proxy = await proxied(t, { silentAfter: 100 })
  const whole = live({ servers: [proxy.server] }).readWhole(abort.signal)
  setTimeout(() => abort.abort(new Error('enough')), 50)
  await t.rejects(whole, { message: 'enough' })
})

t.test('nobody there', async t => {
  const error = await sourceFailure(live({ servers: [`127.0.0.1:${await freePort()}`] }).readWhole(signal))
  t.equal(error.code, 'source-unreachable')
  t.match(error.message, /nothing listens there \(ECONNREFUSED\)/)
})
