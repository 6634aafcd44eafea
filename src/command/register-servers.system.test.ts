import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { parseConfig } from '../config/parse-config.ts'
import { exchangeTcp } from '../source/dns/exchange.ts'
import { commandDeps, runInProcess } from '../testing/command-run.ts'
import { startCuttingProxy } from '../testing/cutting-proxy.ts'
import type { Named } from '../testing/named.ts'
import {
  digShort,
  keyOf,
  REGISTER_KEY,
  REGISTER_ZONES,
  startRegisterNamed,
  withRegisterSite,
  ZONES,
} from '../testing/register-site.ts'
import { decodeMessage, encodeMessage, encodeRecord } from '../wire/dns/message.ts'
import { encodeQuery } from '../wire/dns/query.ts'
import { frameMessage, takeMessages } from '../wire/dns/stream.ts'
import { signMessage, type Verdict, verifyMessage } from '../wire/dns/tsig.ts'
import { decodeTsigRecord, encodeTsigRecord, findTsig } from '../wire/dns/tsig-record.ts'
import { planRegisterSteps } from './plan-registration.ts'

const { forward, ipv6, parent, classless } = REGISTER_ZONES
const POWERLESS = keyOf('powerless-key', 'p')
const OTHER = keyOf('other-key', 'o', 'hmac-sha512')
/** RFC 8945, section 5.2.2.1: named takes the first 16 octets of a MAC, and then answers with as many. */
const SHORT = keyOf('short-key', 's')
const shortKey = `key "short-key" { algorithm hmac-sha256-128; secret "${SHORT.secret.toString('base64')}"; };`
const allow = (key: string): string => `allow-update { key ${key}; };`

const named = await startRegisterNamed({ keys: [POWERLESS] })
t.teardown(named.stop)
/** Has the reverse zones alone; they take the other key. */
const second = await startRegisterNamed({
  zones: [
    parent,
    { ...ipv6, statements: allow('other-key') },
    { ...classless, statements: allow('other-key') },
  ],
  keys: [OTHER],
})
t.teardown(second.stop)

const TSIG = 'tsig: { name: register-key, secretFile: register-key.key }'
const tsigOf = ({ name, algorithm }: typeof OTHER): string =>
  `tsig: { name: ${name}, algorithm: ${algorithm}, secretFile: ${name}.key }`

type Run = { readonly source?: Named; readonly resolvers?: readonly string[] }

/** Runs `register`; `text` is what `register` says beside its zone. */
const register = async (
  text: string,
  args: readonly string[],
  { source = named, resolvers = [] }: Run = {},
) => {
  let run = { stdout: '', stderr: '', exitCode: 0 }
  const use = async (config: string): Promise<void> => {
    const deps = { now: Date.now, resolvers: async () => resolvers }
    run = await runInProcess(['register', ...args, '--config', config], deps)
  }
  const keys = [REGISTER_KEY, POWERLESS, OTHER, SHORT]
  await withRegisterSite(source, `{ zone: example.test, ${text} }`, use, keys)
  return run
}
const web01 = ['web01', '--address', '192.0.2.11', '--address', '2001:db8::11']
const zonesOf = (output: string): readonly string[] =>
  output.split('\n').flatMap(line => /^zone (\S+ at \S+):/.exec(line)?.[1] ?? [])
const pointers = async (at: Named): Promise<readonly string[]> => [
  await digShort(at, `11.${ZONES.classless}`, 'PTR'),
  await digShort(at, '-x', '2001:db8::11'),
]

t.test('no server named: the primary is the MNAME of the SOA', async t => {
  const run = await register(TSIG, web01)
  t.equal(run.exitCode, 0)
  t.strictSame(
    zonesOf(run.stdout),
    [ZONES.forward, ZONES.classless, ZONES.ipv6].map(zone => `${zone} at ${named.server}`),
  )
  t.strictSame(await pointers(named), ['web01.example.test.', 'web01.example.test.'])
  t.equal((await register(TSIG, ['web01', '--remove'])).exitCode, 0)
  t.strictSame(await pointers(named), ['', ''])
})

t.test('no server named, and a primary that nobody knows', async t => {
  const lost = { ...forward, text: forward.text.replace('SOA ns1.example.test.', 'SOA gone.example.test.') }
  const other = await startRegisterNamed({ zones: [lost] })
  try {
    const run = await register(TSIG, web01, { source: other })
    t.equal(run.exitCode, 3)
    t.match(
      run.stderr,
      /names no server, and no server knows the address of gone\.example\.test, the primary of example\.test/,
    )
  } finally {
    await other.stop()
  }
})

t.test('a server and a key of its own for a reverse zone', async t => {
  const entry = (zone: string): string => `{ zone: ${zone}, server: "${second.server}", ${tsigOf(OTHER)} }`
  const text = `server: "${named.server}", ${TSIG}, reverse: [${entry(ZONES.parent)}, ${entry(ZONES.ipv6)}]`
  const run = await register(text, web01)
  t.equal(run.exitCode, 0)
  t.strictSame(zonesOf(run.stdout), [
    `${ZONES.forward} at ${named.server}`,
    `${ZONES.classless} at ${second.server}`,
    `${ZONES.ipv6} at ${second.server}`,
  ])
  t.strictSame(await pointers(second), ['web01.example.test.', 'web01.example.test.'])
  t.strictSame(await pointers(named), ['', ''])
  t.equal((await register(text, ['web01', '--remove'])).exitCode, 0)
  t.strictSame(await pointers(second), ['', ''])
})

t.test('the alias into our classless zone stands at another server, which a resolver asks', async t => {
  const ours = await startRegisterNamed({ zones: [forward, classless] })
  try {
    const text = `server: "${ours.server}", ${TSIG}`
    const run = await register(text, web01, { resolvers: [second.server] })
    t.equal(run.exitCode, 0)
    t.strictSame(
      zonesOf(run.stdout),
      [ZONES.forward, ZONES.classless].map(zone => `${zone} at ${ours.server}`),
    )
    t.equal(await digShort(ours, `11.${ZONES.classless}`, 'PTR'), 'web01.example.test.')
    t.match(
      run.stderr,
      /^warning reverse-zone-missing: register: 2001:db8::11 gets no PTR record: 127\.0\.0\.1:\d+ is not authoritative for 8\.b\.d\.0\.1\.0\.0\.2\.ip6\.arpa, which holds 1\.1\.0\S+; name its server in register\.reverse\n$/,
    )
  } finally {
    await ours.stop()
  }
})

t.test('a zone that is not named in "reverse" is left alone', async t => {
  const run = await register(`server: "${named.server}", ${TSIG}, reverse: [${ZONES.ipv6}]`, web01)
  t.equal(run.exitCode, 0)
  t.match(
    run.stderr,
    /^warning reverse-zone-missing: .*192\.0\.2\.11 gets no PTR record: no zone of register\.reverse/,
  )
  t.strictSame(await pointers(named), ['', 'web01.example.test.'])
  t.equal((await register(`server: "${named.server}", ${TSIG}`, ['web01', '--remove'])).exitCode, 0)
})

/** A question with a MAC cut to half its length, which named then answers alike, and what we say to the answer. */
const askWithHalf = async ({ port }: Named): Promise<Verdict> => {
  const now = Math.floor(Date.now() / 1000)
  const query = encodeQuery({
    id: 7,
    owner: 'example.test',
    type: 'SOA',
    recursion: false,
    authenticData: false,
  })
  const { bytes } = signMessage(query, SHORT, now)
  const record = findTsig(decodeMessage(bytes))
  if (record === undefined) throw new Error('the question is not signed')
  const tsig = decodeTsigRecord(bytes, record)
  const mac = tsig.mac.subarray(0, 16)
  const answer = await exchangeTcp({
    server: { host: '127.0.0.1', port },
    query: Buffer.concat([
      bytes.subarray(0, record.offset),
      encodeRecord(encodeTsigRecord({ ...tsig, mac })),
    ]),
    timeoutMs: 5000,
    accept: () => true,
    signal: new AbortController().signal,
  })
  return verifyMessage(answer, SHORT, now, { previousMac: mac })
}

t.test('a key that named may cut to half: its updates are taken, its short answers believed', async t => {
  const zones = [{ ...forward, statements: allow('short-key') }]
  const other = await startRegisterNamed({ zones, clauses: shortKey })
  try {
    const run = await register(`server: "${other.server}", ${tsigOf(SHORT)}, records: [A]`, web01, {
      source: other,
    })
    t.strictSame([run.exitCode, run.stderr], [0, ''])
    t.equal(await digShort(other, 'web01.example.test', 'A'), '192.0.2.11')
    const verdict = await askWithHalf(other)
    t.ok(verdict.ok && verdict.mac.length === 16)
  } finally {
    await other.stop()
  }
})

t.test('a server that has no such zone: NOTAUTH, and what to do', async t => {
  const run = await register(`server: "${second.server}", ${tsigOf(OTHER)}`, web01)
  t.equal(run.exitCode, 1)
  t.match(
    run.stderr,
    /^zone example\.test at \S+: refused: NOTAUTH \(.* has no zone "example\.test" \{ type primary; \}, or register names another server\)$/m,
  )
  t.match(run.stderr, /^zone 0\/26\S+ at \S+: not sent, because zone example\.test was not updated$/m)
  t.equal(run.stdout, '')
})

t.test('a key that may not: REFUSED, and the line of named.conf', async t => {
  const run = await register(`server: "${named.server}", ${tsigOf(POWERLESS)}`, web01)
  t.equal(run.exitCode, 1)
  t.match(
    run.stderr,
    /^zone example\.test at \S+: refused: REFUSED \(.*update-policy \{ grant powerless-key zonesub A AAAA DHCID; \};\)$/m,
  )
})

t.test('no key at all: REFUSED, and which option names it', async t => {
  const run = await register(`server: "${named.server}"`, web01)
  t.equal(run.exitCode, 1)
  t.match(run.stderr, /^zone example\.test at \S+: refused: REFUSED \(.*name the key in register\.tsig\)$/m)
})

t.test('a server that answers nothing: exit code 3', async t => {
  const mute = await startCuttingProxy(named.port, { silentAfter: 0 })
  try {
    const run = await register(`server: "${mute.server}", ${TSIG}`, web01)
    t.equal(run.exitCode, 3)
    t.match(run.stderr, /^zone example\.test at 127\.0\.0\.1:\d+: .*no answer within 5 s/)
  } finally {
    await mute.stop()
  }
})

t.test('a refusal that nobody signed is told as such', async t => {
  const REFUSED = 5
  const server = createServer(socket => {
    socket.once('data', bytes => {
      const [question] = takeMessages(bytes).messages
      if (question === undefined) return
      const { additionals: _, ...asked } = decodeMessage(question)
      socket.end(frameMessage(encodeMessage({ ...asked, isResponse: true, rcode: REFUSED, additionals: [] })))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const run = await register(`server: "127.0.0.1:${port}", ${TSIG}`, web01)
  server.close()
  t.equal(run.exitCode, 1)
  t.match(run.stderr, /REFUSED \(the answer is not signed, so it may be another's: its update-policy/)
})

const planned = async (server: string) => {
  const { value } = parseConfig(
    `sources: [{ kind: zonefile, zone: example.test, path: none }]
register: { server: "${server}", zone: example.test, records: [A, PTR, SSHFP] }`,
    'site.yaml',
  )
  if (value === undefined) throw new Error('no configuration')
  const request = { fqdn: 'web01.example.test', addresses: ['192.0.2.11'], remove: false }
  const config = { ...value, path: 'site.yaml', resolvePath: (path: string) => path }
  return planRegisterSteps(config, request, commandDeps({ now: Date.now }))
}

t.test('a plan shows the zones that a registration would change, and changes none', async t => {
  const { value, diagnostics } = await planned(named.server)
  t.strictSame(diagnostics, [])
  t.strictSame(
    value?.map(({ title }) => title),
    [
      'register web01.example.test with 192.0.2.11, and the SSH host keys that it then has, in zone example.test',
      `add the PTR record of 192.0.2.11, in zone ${ZONES.classless}`,
    ],
  )
  t.equal(await digShort(named, 'web01.example.test', 'A'), '')
})

t.test('a plan where the server is gone shows the zone of names, with a warning', async t => {
  const { value, diagnostics } = await planned('127.0.0.1:1')
  t.match(diagnostics, [
    { severity: 'warning', code: 'register-unread', message: /127\.0\.0\.1:1: cannot ask/ },
  ])
  t.equal(value?.length, 1)
})
