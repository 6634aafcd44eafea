import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { exchangeTcp } from '../source/dns/exchange.ts'
import { runInProcess } from '../testing/command-run.ts'
import { startCuttingProxy } from '../testing/cutting-proxy.ts'
import {
  digShort,
  keyOf,
  REGISTER_KEY,
  startRegisterNamed,
  withRegisterSite,
  ZONES,
} from '../testing/register-site.ts'
import { decodeMessage, OPCODE } from '../wire/dns/message.ts'
import { formatRcode } from '../wire/dns/rcode.ts'
import { takeMessages } from '../wire/dns/stream.ts'
import { FUDGE_SECONDS, signMessage } from '../wire/dns/tsig.ts'
import { addRecord, encodeUpdate } from '../wire/dns/update.ts'

const execute = promisify(execFile)
/** Known to named, and permitted nothing. */
const POWERLESS = keyOf('powerless-key', 'p', 'hmac-sha384')
const named = await startRegisterNamed({ keys: [POWERLESS] })
t.teardown(named.stop)
const keys = await mkdtemp(join(tmpdir(), 'fai-classes-keys-'))
t.teardown(() => rm(keys, { recursive: true, force: true }))
for (const type of ['rsa', 'ecdsa', 'ed25519']) await newKey(type)

async function newKey(type: string): Promise<void> {
  const path = join(keys, `ssh_host_${type}_key`)
  await rm(path, { force: true })
  await rm(`${path}.pub`, { force: true })
  await execute('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path])
}

/** What OpenSSH itself says of a key, SHA-256 alone. */
const openSshSays = async (): Promise<readonly string[]> => {
  const says = ['rsa', 'ecdsa', 'ed25519'].map(async type => {
    const file = join(keys, `ssh_host_${type}_key.pub`)
    const { stdout } = await execute('ssh-keygen', ['-r', 'web01', '-f', file])
    return stdout.split('\n').flatMap(line => /SSHFP (\d 2 [0-9a-f]+)$/.exec(line)?.[1] ?? [])
  })
  return (await Promise.all(says)).flat().sort()
}

const dig = (...question: string[]): Promise<string> => digShort(named, ...question)
/** The name of 192.0.2.`host`, in the zone that its alias leads to. */
const pointerOf = (host: number): Promise<string> => dig(`${host}.${ZONES.classless}`, 'PTR')
const fingerprints = async (): Promise<readonly string[]> => {
  const lines = (await dig('web01.example.test', 'SSHFP')).split('\n').filter(line => line !== '')
  return lines.map(line => line.replace(/ (\S+)$/, '$1').toLowerCase()).sort()
}
const registerText = (server: string, more: string): string =>
  `{ server: "${server}", zone: example.test, tsig: { name: register-key, secretFile: register-key.key }, records: [A, AAAA, PTR, SSHFP]${more} }`

/** Runs `register` with nothing in the configuration about reverse zones, unless `more` has it. */
const register = async (args: readonly string[], { server = named.server, skew = 0, more = '' } = {}) => {
  let run = { stdout: '', stderr: '', exitCode: 0 }
  const use = async (config: string): Promise<void> => {
    run = await runInProcess(['register', ...args, '--config', config], { now: () => Date.now() + skew })
  }
  await withRegisterSite(named, registerText(server, more), use, [REGISTER_KEY, POWERLESS])
  return run
}
const addresses = (...texts: string[]): string[] => texts.flatMap(text => ['--address', text])
const at = `at ${named.server}:`
const serials = (): Promise<string[]> =>
  Promise.all(Object.values(ZONES).map(async zone => (await dig(zone, 'SOA')).split(' ')[2] ?? ''))

t.test('registered in three zones, found by their SOA alone, with the keys of the host', async t => {
  const run = await register(['web01', ...addresses('192.0.2.11', '2001:db8::11'), '--ssh-keys', keys])
  t.strictSame(run, {
    exitCode: 0,
    stderr: '',
    stdout: `zone ${ZONES.forward} ${at} web01.example.test is registered with 192.0.2.11, 2001:db8::11
zone ${ZONES.classless} ${at} 192.0.2.11 names web01.example.test
zone ${ZONES.ipv6} ${at} 2001:db8::11 names web01.example.test
`,
  })
  t.equal(await pointerOf(11), 'web01.example.test.')
  t.equal(await dig('-x', '2001:db8::11'), 'web01.example.test.')
  t.strictSame(await fingerprints(), await openSshSays())
})

t.test('a repeat changes nothing, not even a serial number', async t => {
  const before = await serials()
  const again = await register(['web01', ...addresses('2001:db8::11', '192.0.2.11'), '--ssh-keys', keys])
  t.equal(again.exitCode, 0)
  t.match(again.stdout, /is registered with 192\.0\.2\.11, 2001:db8::11, as before\n/)
  t.strictSame(await serials(), before)
})

t.test('new keys replace the old ones; without keys they stay, with a warning', async t => {
  const given = addresses('192.0.2.11', '2001:db8::11')
  const old = await fingerprints()
  await newKey('ed25519')
  const run = await register(['web01', ...given])
  t.equal(run.exitCode, 0)
  t.match(run.stderr, /^warning ssh-keys-missing: register: .* \(web01\.example\.test is not this machine\)/)
  t.strictSame(await fingerprints(), old)
  await register(['web01', ...given, '--ssh-keys', keys])
  t.strictSame(await fingerprints(), await openSshSays())
  t.notSame(await fingerprints(), old)
})

t.test('another address: the old PTR record goes first, the IPv6 zone follows', async t => {
  const run = await register(['web01', ...addresses('192.0.2.12', '2001:db8::12'), '--ssh-keys', keys])
  t.equal(run.exitCode, 0)
  const zones = run.stdout.split('\n').map(line => /^zone (\S+)/.exec(line)?.[1])
  t.strictSame(zones.slice(0, 3), [ZONES.classless, ZONES.ipv6, ZONES.forward])
  t.equal(await dig('web01.example.test', 'A'), '192.0.2.12')
  t.equal(await dig('web01.example.test', 'AAAA'), '2001:db8::12')
  t.equal(await pointerOf(11), '')
  t.equal(await dig('-x', '2001:db8::11'), '')
  t.equal(await pointerOf(12), 'web01.example.test.')
})

const claims: Record<string, { args: string[]; want: RegExp }> = {
  'a name with an address that somebody wrote': {
    args: ['mail', ...addresses('192.0.2.13')],
    want: /^zone example\.test at \S+ refused by its prerequisites: mail\.example\.test is somebody else's/m,
  },
  "a name with a DHCP server's client on it": {
    args: ['leased', ...addresses('192.0.2.20')],
    want: /^zone example\.test at \S+ refused by its prerequisites: leased\.example\.test is somebody else's/m,
  },
  "removal of another's name": {
    args: ['mail', '--remove'],
    want: /mail\.example\.test is somebody else's: it has no DHCID record of ours/,
  },
  "removal of a DHCP client's name": {
    args: ['leased', '--remove', ...addresses('192.0.2.20')],
    want: /leased\.example\.test is somebody else's: it has no DHCID record of ours/,
  },
}

for (const [title, { args, want }] of Object.entries(claims)) {
  t.test(`${title}: refused, and no zone changes`, async t => {
    const before = await serials()
    const run = await register(args)
    t.equal(run.exitCode, 1)
    t.match(run.stderr, want)
    t.equal(run.stdout, '')
    t.strictSame(await serials(), before)
  })
}

t.test("an address of another host's: its PTR record stays", async t => {
  const run = await register(['web02', ...addresses('192.0.2.12')])
  t.equal(run.exitCode, 1)
  t.match(run.stderr, /^zone 0\/26\S+ at \S+ refused by its prerequisites: .*the address is somebody else's/m)
  t.equal(await pointerOf(12), 'web01.example.test.')
  t.equal((await register(['web02', '--remove'])).exitCode, 0)
  t.equal(await pointerOf(12), 'web01.example.test.')
})

t.test('a clock 10 minutes off: the difference is said, once, and nothing changes', async t => {
  const before = await serials()
  for (const [skew, side] of [
    [600_000, 'behind'],
    [-600_000, 'ahead of'],
  ] as const) {
    const run = await register(['web01', ...addresses('192.0.2.14')], { skew })
    t.equal(run.exitCode, 1)
    t.match(run.stderr, new RegExp(`BADTIME \\(the server's clock is (599|60\\d) s ${side} ours\\)\n$`))
  }
  t.strictSame(await serials(), before)
})

/** Sends a message as it was recorded, and gives what the server says to it. */
const sendAgain = async (query: Buffer): Promise<string> => {
  const server = { host: '127.0.0.1', port: named.port }
  const { signal } = new AbortController()
  const answer = await exchangeTcp({ server, query, timeoutMs: 5000, accept: () => true, signal })
  return formatRcode(decodeMessage(answer).rcode)
}

/** Runs `register` through a proxy that records the updates it sends. */
const record = async (args: readonly string[]): Promise<readonly Buffer[]> => {
  const sent: Buffer[] = []
  const proxy = await startCuttingProxy(named.port, { onSent: bytes => sent.push(bytes) })
  try {
    t.equal((await register(args, { server: proxy.server })).exitCode, 0)
  } finally {
    await proxy.stop()
  }
  const messages = sent.flatMap(bytes => takeMessages(bytes).messages)
  return messages.filter(message => decodeMessage(message).opcode === OPCODE.update)
}

const isOfForward = (message: Buffer): boolean => decodeMessage(message).questions[0]?.name === ZONES.forward

t.test('a recorded update sent again does not bring an old address back', async t => {
  const updates = [
    ...(await record(['web02', ...addresses('192.0.2.30')])),
    ...(await record(['web02', ...addresses('192.0.2.30')])),
    ...(await record(['web02', ...addresses('192.0.2.31')])),
  ]
  await register(['web02', ...addresses('192.0.2.32')])
  const forward = updates.filter(isOfForward)
  t.equal(forward.length, 3)
  for (const bytes of forward) t.match(await sendAgain(bytes), /^(YXRRSET|NXRRSET)$/)
  t.equal(await dig('web02.example.test', 'A'), '192.0.2.32')
})

t.test(
  'it may bring back a PTR record that named our host; a removal of that address takes it away',
  async t => {
    const [added] = (await record(['web02', ...addresses('192.0.2.33')])).filter(bytes => !isOfForward(bytes))
    await register(['web02', ...addresses('192.0.2.34')])
    t.equal(await pointerOf(33), '')
    if (added === undefined) throw new Error('nothing was recorded')
    // It added 33 and took 32 away, which no PTR record names any more: the prerequisites hold no more.
    t.equal(await sendAgain(added), 'NXRRSET')
    t.equal(await register(['web02', '--remove', ...addresses('192.0.2.33')]).then(run => run.exitCode), 0)
    const [first] = (await record(['web02', ...addresses('192.0.2.35')])).filter(bytes => !isOfForward(bytes))
    await register(['web02', ...addresses('192.0.2.36')])
    if (first === undefined) throw new Error('nothing was recorded')
    t.equal(await sendAgain(first), 'NOERROR')
    t.equal(await pointerOf(35), 'web02.example.test.')
    await register(['web02', '--remove', ...addresses('192.0.2.35')])
    t.equal(await pointerOf(35), '')
    t.equal(await pointerOf(36), '')
  },
)

t.test('five minutes after it was signed it is no update any more', async t => {
  const change = addRecord('late.example.test', 'A', 300, Buffer.from([192, 0, 2, 40]))
  const signedAt = Math.floor(Date.now() / 1000) - FUDGE_SECONDS - 2
  const { bytes } = signMessage(encodeUpdate(7, ZONES.forward, [], [change]), REGISTER_KEY, signedAt)
  t.equal(await sendAgain(bytes), 'NOTAUTH')
  t.equal(await dig('late.example.test', 'A'), '')
})

t.test('removed, and again without harm; nothing of another host is touched', async t => {
  await register(['web02', ...addresses('192.0.2.32')])
  const run = await register(['web01', '--remove'])
  t.equal(run.exitCode, 0)
  t.equal(
    run.stdout.split('\n').at(-2),
    `zone example.test ${at} the registration of web01.example.test is removed`,
  )
  for (const type of ['A', 'AAAA', 'SSHFP', 'DHCID']) t.equal(await dig('web01.example.test', type), '', type)
  t.equal(await pointerOf(12), '')
  t.equal(await dig('-x', '2001:db8::12'), '')
  t.equal(await dig('_fai.web01.example.test', 'TXT'), '"WEB"')
  const before = await serials()
  const again = await register(['web01', '--remove', ...addresses('192.0.2.12')])
  t.equal(again.exitCode, 0)
  t.match(again.stdout, /is not registered; there is nothing to remove/)
  t.strictSame(await serials(), before)
  t.equal(await dig('web02.example.test', 'A'), '192.0.2.32')
})

t.test('a reverse zone that refuses keeps the old address known, until it agrees', async t => {
  await register(['web01', ...addresses('192.0.2.11')])
  const more = `, reverse: [{ zone: ${ZONES.parent}, tsig: { name: powerless-key, algorithm: hmac-sha384, secretFile: powerless-key.key } }]`
  for (const args of [addresses('192.0.2.12'), ['--remove']]) {
    const run = await register(['web01', ...args], { more })
    t.equal(run.exitCode, 1)
    t.match(
      run.stderr,
      /^zone 0\/26\S+ at \S+ refused: REFUSED \(.*\)\nzone example\.test at \S+ not sent, because zone 0\/26\S+ was not updated$/m,
    )
    t.equal(await dig('web01.example.test', 'A'), '192.0.2.11')
    t.equal(await pointerOf(11), 'web01.example.test.')
  }
  t.equal((await register(['web01', ...addresses('192.0.2.12')])).exitCode, 0)
  t.strictSame([await pointerOf(11), await pointerOf(12)], ['', 'web01.example.test.'])
})

t.test('the key may not write TXT', async t => {
  const update = [`server 127.0.0.1 ${named.port}`, `zone ${ZONES.forward}`]
  update.push('update add web01.example.test 60 TXT fai=EVIL', 'send', '')
  const secret = REGISTER_KEY.secret.toString('base64')
  const running = execute('nsupdate', ['-y', `hmac-sha256:${REGISTER_KEY.name}:${secret}`])
  running.child.stdin?.end(update.join('\n'))
  await t.rejects(running, /REFUSED/)
  t.equal(await dig('web01.example.test', 'TXT'), '')
})
