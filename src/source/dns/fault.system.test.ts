import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startNamed } from '../../testing/named.ts'
import { sourceFailure } from '../../testing/source-failure.ts'
import { startTruncatingServer } from '../../testing/truncating-server.ts'
import { dnsSource } from './dns-source.ts'

const { signal } = new AbortController()
const zone = (serial: number, more = ''): string =>
  `@ 300 SOA ns1 hostmaster ${serial} 3600 900 604800 300\n@ 300 NS ns1\nns1 300 A 127.0.0.1\nweb01 300 TXT "fai=WEB"\n${more}`
const allow = 'allow-transfer { any; };'

t.test('SERVFAIL is no answer: asked, transferred, and whether there are definitions', async t => {
  const named = await startNamed({
    zones: [
      { name: 'example.test', text: zone(1), statements: allow },
      // named keeps a zone that it cannot load and answers SERVFAIL for it.
      { name: 'broken.test', text: 'this is no zone\n', statements: allow },
    ],
  })
  t.teardown(named.stop)
  const open = () => dnsSource({ zone: 'broken.test', servers: [named.server] })
  const host = { short: 'web01', fqdn: 'web01.broken.test' }
  t.match(await sourceFailure(open().readHost(host, signal)), {
    code: 'source-unreachable',
    message: /SERVFAIL/,
  })
  t.match(await sourceFailure(open().hasDefinitions(signal)), { message: /SERVFAIL/ })
  const whole = await sourceFailure(open().readWhole(signal))
  t.match(whole.message, /cannot transfer the zone broken\.test: 127\.0\.0\.1:\d+: (?:SERVFAIL|NOTAUTH)/)
})

t.test('an answer that is truncated, and no TCP behind it', async t => {
  const { server, stop } = await startTruncatingServer()
  t.teardown(stop)
  const source = dnsSource({ zone: 'example.test', servers: [server] })
  const host = { short: 'web01', fqdn: 'web01.example.test' }
  t.match(await sourceFailure(source.readHost(host, signal)), {
    code: 'source-unreachable',
    message: /nothing listens there \(ECONNREFUSED\)/,
  })
  t.match(await sourceFailure(source.readWhole(signal)), { message: /ECONNREFUSED/ })
})

t.test('a serial that goes back is another state of the zone, read as a whole each time', async t => {
  const named = await startNamed({
    zones: [{ name: 'example.test', text: zone(20, 'web02 300 TXT "fai=WEB"\n'), statements: allow }],
  })
  t.teardown(named.stop)
  const read = async () => {
    const { value } = await dnsSource({ zone: 'example.test', servers: [named.server] }).readWhole(signal)
    return { serial: value?.source.describe().serial, hosts: value?.hosts.map(({ short }) => short) }
  }
  t.strictSame(await read(), { serial: 20, hosts: ['ns1', 'web01', 'web02'] })
  await writeFile(join(named.dir, 'example.test.zone'), zone(10))
  await named.reload()
  t.strictSame(await read(), { serial: 10, hosts: ['ns1', 'web01'] })
})
