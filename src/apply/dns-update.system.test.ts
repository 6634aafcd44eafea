import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import t from 'tap'
import { reverseName } from '../model/reverse-name.ts'
import type { TsigKey } from '../model/tsig-key.ts'
import { ownershipOf } from '../plan/register/dhcid.ts'
import { choosePointer } from '../plan/register/pointer.ts'
import { planRegistration, planRemoval, type Registration } from '../plan/register/registration.ts'
import { startNamed } from '../testing/named.ts'
import type { DnsConnection } from './dns-transaction.ts'
import { applyZoneUpdate, applyZoneUpdates } from './dns-update.ts'
import { readRegistered } from './dns-update-read.ts'

const { signal } = new AbortController()
const execute = promisify(execFile)
const secret = (fill: string): Buffer => Buffer.alloc(32, fill)
const key: TsigKey = { name: 'register.example.test', algorithm: 'hmac-sha256', secret: secret('a') }
const reader: TsigKey = { name: 'reader.example.test', algorithm: 'hmac-sha512', secret: secret('c') }

const other: TsigKey = { name: 'other.example.test', algorithm: 'hmac-sha384', secret: secret('d') }

const soa =
  '@ 300 SOA ns1.example.test. hostmaster.example.test. 1 3600 900 604800 300\n@ 300 NS ns1.example.test.\n'
const grant = (types: string): string => `update-policy { grant ${key.name} zonesub ${types}; };`
const named = await startNamed({
  keys: [key, reader, other],
  zones: [
    {
      name: 'example.test',
      text: `${soa}ns1 300 A 127.0.0.1
foreign01 300 A 192.0.2.90
static01 300 A 192.0.2.91
web02 300 TXT "fai=WEB"
`,
      statements: grant('A AAAA SSHFP DHCID'),
    },
    {
      name: '2.0.192.in-addr.arpa',
      text: `${soa}92 300 PTR other.example.test.\n`,
      statements: grant('PTR'),
    },
    { name: '8.b.d.0.1.0.0.2.ip6.arpa', text: soa, statements: `allow-update { key ${reader.name}; };` },
  ],
})
t.teardown(named.stop)

const connection: DnsConnection = { server: { host: '127.0.0.1', port: named.port }, key }
const config: Registration['config'] = {
  zone: 'example.test',
  ttlSeconds: 300,
  records: ['A', 'AAAA', 'PTR'],
}

const dig = async (...args: string[]): Promise<string> => {
  const { stdout } = await execute('dig', [
    '@127.0.0.1',
    '-p',
    String(named.port),
    '+norec',
    '+short',
    ...args,
  ])
  return stdout.trim()
}
const given = ['2.0.192.in-addr.arpa', '8.b.d.0.1.0.0.2.ip6.arpa']
const describe = async (host: string, addresses: readonly string[]): Promise<Registration> => {
  const fqdn = `${host}.example.test`
  const registered = await readRegistered(fqdn, connection, signal)
  const pointers = [...addresses, ...(registered?.addresses ?? [])].flatMap(address => {
    const found = { owner: reverseName(address) ?? '', reason: 'nobody was asked' }
    return choosePointer({ address, found, given }).value ?? []
  })
  return { fqdn, addresses, registered, pointers, config }
}
const register = async (host: string, addresses: string[], over: Partial<DnsConnection> = {}) => {
  const { value = [] } = planRegistration(await describe(host, addresses))
  return applyZoneUpdates(value, () => ({ ...connection, ...over }), signal)
}
const remove = async (host: string, addresses: string[] = []) => {
  const { value = [] } = planRemoval(await describe(host, addresses))
  return applyZoneUpdates(value, () => connection, signal)
}
const at = `at 127.0.0.1:${named.port}:`
const linesOf = (outcomes: readonly { line: string }[]): string[] => outcomes.map(({ line }) => line)

t.test('a name is registered, again, with another address, and removed', async t => {
  t.strictSame(linesOf(await register('web01', ['192.0.2.11'])), [
    `zone example.test ${at} web01.example.test is registered with 192.0.2.11`,
    `zone 2.0.192.in-addr.arpa ${at} 192.0.2.11 names web01.example.test`,
  ])
  t.equal(await dig('web01.example.test', 'A'), '192.0.2.11')
  t.equal(await dig('-x', '192.0.2.11'), 'web01.example.test.')
  t.equal((await dig('web01.example.test', 'DHCID')).replace(' ', ''), ownershipOf('web01.example.test'))

  const again = await register('web01', ['192.0.2.11'])
  t.ok(again.every(({ ok }) => ok))
  t.equal(await dig('web01.example.test', 'A'), '192.0.2.11')

  t.strictSame(linesOf(await register('web01', ['192.0.2.12'])), [
    `zone 2.0.192.in-addr.arpa ${at} 192.0.2.12 names web01.example.test; 192.0.2.11 names web01.example.test no more`,
    `zone example.test ${at} web01.example.test is registered with 192.0.2.12 instead of 192.0.2.11`,
  ])
  t.equal(await dig('web01.example.test', 'A'), '192.0.2.12')
  t.equal(await dig('-x', '192.0.2.11'), '')
  t.equal(await dig('-x', '192.0.2.12'), 'web01.example.test.')

  t.ok((await remove('web01')).every(({ ok }) => ok))
  t.equal(await dig('web01.example.test', 'ANY', '+tcp'), '')
  t.equal(await dig('-x', '192.0.2.12'), '')
  t.match(linesOf(await remove('web01', ['192.0.2.12'])), [/is not registered/, /is left alone/])
})

t.test('a TXT record of the host does not make its name taken, and stays', async t => {
  t.ok((await register('web02', ['192.0.2.22'])).every(({ ok }) => ok))
  t.ok((await remove('web02')).every(({ ok }) => ok))
  t.equal(await dig('web02.example.test', 'TXT'), '"fai=WEB"')
  t.equal(await dig('web02.example.test', 'A'), '')
})

t.test("somebody else's name is neither taken nor removed", async t => {
  const [forward, reverse] = await register('foreign01', ['192.0.2.11'])
  t.match(forward, { ok: false, kind: 'prerequisite' })
  t.match(
    forward?.line,
    /refused by its prerequisites: foreign01\.example\.test is somebody else's: .*YXRRSET.*NXRRSET/,
  )
  t.match(reverse, {
    ok: false,
    kind: 'not-sent',
    line: /zone 2\.0\.192.*: not sent, because zone example\.test was not updated/,
  })
  t.strictSame(
    (await remove('foreign01')).map(({ kind }) => kind),
    ['prerequisite'],
  )
  t.equal(await dig('foreign01.example.test', 'A'), '192.0.2.90')
  t.equal(await dig('-x', '192.0.2.11'), '')
})

t.test('an address that somebody wrote by hand and that is right is left as it is', async t => {
  t.match(linesOf(await register('static01', ['192.0.2.91'])), [
    /static01\.example\.test has 192\.0\.2\.91 already/,
    /names static01/,
  ])
  t.equal(await dig('static01.example.test', 'DHCID'), '')
})

t.test("a PTR record of somebody else's stays; the first zone stands and a repeat completes it", async t => {
  const outcomes = await register('web03', ['192.0.2.92'])
  t.match(outcomes, [
    { ok: true },
    { ok: false, kind: 'prerequisite', line: /the address is somebody else's/ },
  ])
  t.equal(await dig('web03.example.test', 'A'), '192.0.2.92')
  t.equal(await dig('-x', '192.0.2.92'), 'other.example.test.')
  await nsupdate(reverseDeletion)
  t.ok((await register('web03', ['192.0.2.92'])).every(({ ok }) => ok))
  t.equal(await dig('-x', '192.0.2.92'), 'web03.example.test.')
})

t.test('a zone that this key may not change is refused by name, and the others stand', async t => {
  const outcomes = await register('web04', ['192.0.2.44', '2001:db8::44'])
  t.match(outcomes, [
    { zone: 'example.test', ok: true },
    { zone: '2.0.192.in-addr.arpa', ok: true },
    {
      zone: '8.b.d.0.1.0.0.2.ip6.arpa',
      ok: false,
      kind: 'refused',
      line: /refused: REFUSED \(the server does not let key "register\.example\.test" change this: .*zone "8\.b\S+ needs update-policy \{ grant register\.example\.test zonesub PTR; \};\)$/,
    },
  ])
  t.equal(await dig('web04.example.test', 'AAAA'), '2001:db8::44')
})

const wrongKeys: Record<string, { wrong: TsigKey; line: RegExp }> = {
  'a key that the server does not know: BADKEY': {
    wrong: { ...key, name: 'nobody.example.test' },
    line: /^zone example\.test at \S+: refused: BADKEY \(the server does not know key "nobody\.example\.test" with hmac-sha256\)$/,
  },
  'a key with another secret: BADSIG': {
    wrong: { ...key, secret: secret('b') },
    line: /^zone example\.test at \S+: refused: BADSIG \(the server has another secret for key "register\.example\.test"\)$/,
  },
}

for (const [title, { wrong, line }] of Object.entries(wrongKeys)) {
  t.test(title, async t => {
    t.match(await register('web05', ['192.0.2.55'], { key: wrong }), [
      { ok: false, kind: 'rejected', line },
      { kind: 'not-sent' },
    ])
    t.equal(await dig('web05.example.test', 'A'), '')
  })
}

t.test('a clock that is wrong: BADTIME, with the difference', async t => {
  const [forward] = await register('web05', ['192.0.2.55'], { now: () => Date.now() + 900_000 })
  t.match(forward?.line, /refused: BADTIME \(the server's clock is (899|90\d) s behind ours\)/)
})

t.test('a stale update is refused by its prerequisite, which is named', async t => {
  const stale = {
    zone: 'example.test',
    title: 'add to what is no more so',
    attempts: [
      {
        text: 'never true',
        prerequisites: [
          {
            kind: 'rrset-equals',
            owner: 'foreign01.example.test',
            data: [{ type: 'A', text: '192.0.2.89' }],
          } as const,
        ],
        changes: [{ kind: 'delete-rrset', owner: 'foreign01.example.test', type: 'A' } as const],
      },
    ],
    refusal: 'the zone has changed',
    isGate: true,
  }
  t.match(await applyZoneUpdate(stale, connection, signal), {
    ok: false,
    kind: 'prerequisite',
    line: `zone example.test ${at} refused by its prerequisites: the zone has changed (NXRRSET: not so that A of foreign01.example.test is 192.0.2.89)`,
  })
  t.equal(await dig('foreign01.example.test', 'A'), '192.0.2.90')
})

t.test('a zone that the server does not have', async t => {
  const { value = [] } = planRegistration({
    fqdn: 'web01.example.org',
    addresses: ['192.0.2.11'],
    registered: undefined,
    pointers: [],
    config: { ...config, zone: 'example.org', records: ['A'] },
  })
  t.match(await applyZoneUpdates(value, () => connection, signal), [
    { ok: false, kind: 'refused', line: /refused: NOTAUTH \(the server is not the primary of this zone/ },
  ])
})

t.test('no server, and one that never answers', async t => {
  const deaf = createServer(socket => socket.resume()).listen(0, '127.0.0.1')
  await once(deaf, 'listening')
  const address = deaf.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const server = { host: '127.0.0.1', port }
  const [silent] = await register('web05', ['192.0.2.55'], { server, timeoutMs: 200 })
  t.match(silent, {
    ok: false,
    kind: 'silent',
    line: `zone example.test at 127.0.0.1:${port}: no answer within 0.2 s; whether it took the update shows when this is repeated`,
  })
  deaf.close()
  await once(deaf, 'close')
  const [dead] = await register('web05', ['192.0.2.55'], { server })
  t.match(dead, { kind: 'silent', line: /nothing listens there \(ECONNREFUSED\)/ })
})

const keyOf = ({ algorithm, name, secret: octets }: TsigKey): string =>
  `${algorithm}:${name}:${octets.toString('base64')}`

/** Runs BIND's own client with our key. */
const nsupdate = async (lines: readonly string[]): Promise<void> => {
  const running = execute('nsupdate', ['-y', keyOf(key), '-v'])
  running.child.stdin?.end([`server 127.0.0.1 ${named.port}`, ...lines, 'send', ''].join('\n'))
  await running
}
const reverseDeletion = ['zone 2.0.192.in-addr.arpa', 'update delete 92.2.0.192.in-addr.arpa PTR']

t.test('named believes nsupdate and dig with our keys, and we believe what named signs', async t => {
  await nsupdate(['zone example.test', 'update add tool.example.test 300 A 192.0.2.77'])
  t.equal(await dig('-y', keyOf(reader), 'tool.example.test', 'A'), '192.0.2.77')
  for (const algorithm of ['hmac-sha256', 'hmac-sha512'] as const) {
    const ours = algorithm === key.algorithm ? key : reader
    t.strictSame(await readRegistered('tool.example.test', { ...connection, key: ours }, signal), {
      addresses: ['192.0.2.77'],
      isOurs: false,
    })
  }
})
