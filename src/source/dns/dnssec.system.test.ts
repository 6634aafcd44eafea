import t, { type Test } from 'tap'
import type { ClassName } from '../../model/class-name.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { startNamed } from '../../testing/named.ts'
import { signZone } from '../../testing/signed-zone.ts'
import { withFiles } from '../../testing/site-files.ts'
import { sourceFailure } from '../../testing/source-failure.ts'
import { withoutPlaces } from '../../testing/without-places.ts'
import { zonefileSource } from '../zone/zonefile-source.ts'
import type { DnsOptions } from './dns-options.ts'
import { dnsSource } from './dns-source.ts'

const { signal } = new AbortController()
const TEXT = `$TTL 300
@ IN SOA ns1 hostmaster 7 3600 900 604800 300
@ IN NS ns1
ns1 IN A 127.0.0.1
web01 IN A 192.0.2.11
_fai.web01 IN TXT "WEB"
_default._fai IN TXT "BASE"
www IN CNAME web01
*.wild IN TXT "fai=WILD"
WEB._class IN TXT "requires=NGINX"
`

const signed = await signZone('signed.test', TEXT)
const broken = await signZone('broken.test', TEXT)
const authority = await startNamed({
  zones: [
    { name: 'signed.test', text: signed.text },
    { name: 'broken.test', text: broken.text.replace('"WEB"', '"ROOTKIT"') },
    { name: 'unsigned.test', text: TEXT },
  ],
})
t.teardown(authority.stop)
const forward = (zone: string): string =>
  `zone "${zone}" { type forward; forward only; forwarders { 127.0.0.1 port ${authority.port}; }; };`
const key: TsigKey = { name: 'reader.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 'a') }
const resolver = await startNamed({
  resolver: true,
  keys: [key],
  zones: [],
  clauses: [
    `trust-anchors { ${signed.trustAnchor} ${broken.trustAnchor} };`,
    ...['signed.test', 'broken.test', 'unsigned.test'].map(forward),
  ].join('\n'),
})
t.teardown(resolver.stop)

const sourceOf = (zone: string, more: Partial<DnsOptions>) =>
  dnsSource({ zone, servers: [resolver.server], ...more })
const hostIn = (zone: string, short = 'web01') => ({ short, fqdn: `${short}.${zone}` })
const CLASSES = ['WEB', 'NGINX'] as ClassName[]

/** Everything that is asked of a source, as a zone file says it too. */
const expectSame = async (t: Test, zone: string, more: Partial<DnsOptions>): Promise<void> =>
  withFiles({ zone: TEXT }, async directory => {
    const source = sourceOf(zone, more)
    const file = zonefileSource({ zone, path: `${directory}/zone` })
    for (const short of ['web01', 'www', 'nosuch', 'x.wild']) {
      const host = hostIn(zone, short)
      const wanted = withoutPlaces(await file.readHost(host, signal))
      t.strictSame(withoutPlaces(await source.readHost(host, signal)), wanted, short)
    }
    const definitions = withoutPlaces(await file.readClasses(CLASSES, signal))
    t.strictSame(withoutPlaces(await source.readClasses(CLASSES, signal)), definitions)
    t.equal(await source.hasDefinitions(signal), true)
    t.match(source.describe(), { state: 'live', serial: 7 })
  })

t.test(
  'dnssec: ad reads a zone that the resolver has validated, what there is and what there is not',
  async t => {
    await expectSame(t, 'signed.test', { dnssec: 'ad' })
    await expectSame(t, 'signed.test', { dnssec: 'ad', tsig: key })
  },
)

t.test('dnssec: ad reads nothing of a zone without signatures', async t => {
  const source = sourceOf('unsigned.test', { dnssec: 'ad' })
  const error = await sourceFailure(source.readHost(hostIn('unsigned.test'), signal))
  t.match(error, { code: 'source-unreachable', message: /not validated \(no AD bit\)/ })
  t.match(await sourceFailure(source.readClasses(CLASSES, signal)), { message: /no AD bit/ })
  t.match(await sourceFailure(source.hasDefinitions(signal)), { message: /no AD bit/ })
})

t.test('dnssec: ad reads nothing of a host whose record is not the one that was signed', async t => {
  const source = sourceOf('broken.test', { dnssec: 'ad' })
  const error = await sourceFailure(source.readHost(hostIn('broken.test'), signal))
  t.match(error, { code: 'source-unreachable', message: /TXT _fai\.web01\.broken\.test: 127\S+ SERVFAIL/ })
})

t.test('the authoritative server sets no AD bit for its own zone', async t => {
  const source = sourceOf('signed.test', { dnssec: 'ad', servers: [authority.server] })
  t.match(await sourceFailure(source.readHost(hostIn('signed.test'), signal)), { message: /no AD bit/ })
})

t.test('recursive: true believes a resolver without AA, signed or not', async t => {
  for (const zone of ['signed.test', 'unsigned.test']) await expectSame(t, zone, { recursive: true })
})

t.test('without recursive a resolver is lame, though it has the answer', async t => {
  const host = hostIn('unsigned.test')
  await sourceOf('unsigned.test', { recursive: true }).readHost(host, signal)
  const error = await sourceFailure(sourceOf('unsigned.test', {}).readHost(host, signal))
  t.match(error, { code: 'source-unreachable', message: /lame: its answer is not authoritative/ })
})
