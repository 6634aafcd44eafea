import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { FLEET_APEX, FLEET_KEY, fleetLists, fleetZone } from '../../testing/dns-fleet.ts'
import { type ServedZone, withDnsServer } from '../../testing/dns-server.ts'
import { heldLists, listOf } from '../../testing/held-lists.ts'
import { runProgram, runToEnd } from '../../testing/run-program.ts'
import { withFiles } from '../../testing/site-files.ts'
import { openTransferOut } from './transfer-out.ts'

/** Classes that no datagram has room for. */
const MANY = Array.from({ length: 1000 }, (_, i) => `CLASS_${i}`)
const zone = fleetZone(
  heldLists({
    'web01.example.test': listOf('web01', 'DEBIAN', 'WEB'),
    'a.rack1.example.test': listOf('a', 'DEBIAN'),
    'large.example.test': listOf('large', ...MANY),
  }),
)
const LIST = '"DEFAULT DEBIAN WEB web01 LAST"\n'
const SOA = 'ns.example.test. hostmaster.example.test. 1 900 300 1209600 300\n'

const report = (): void => undefined
const transfers = openTransferOut({ zone, keys: [FLEET_KEY], secondaries: [], report })

const withZone = (use: (served: ServedZone) => Promise<void>): Promise<void> =>
  withDnsServer(zone, use, { transfers, keys: [FLEET_KEY] })

const dig = (port: number, ...words: readonly string[]): Promise<string> =>
  runProgram('dig', ['@127.0.0.1', '-p', String(port), ...words])

const askers: Record<string, (port: number, ...words: readonly string[]) => Promise<string>> = {
  dig: (port, ...words) => dig(port, '+short', ...words),
  kdig: (port, ...words) => runProgram('kdig', ['@127.0.0.1', '-p', String(port), '+short', ...words]),
}
for (const [name, ask] of Object.entries(askers)) {
  t.test(`${name}: list, class, SOA and NS`, async t => {
    await withZone(async ({ port }) => {
      t.equal(await ask(port, `web01.${FLEET_APEX}`, 'TXT'), LIST)
      t.equal(await ask(port, '+tcp', `WEB01.${FLEET_APEX}`, 'TXT'), LIST)
      t.equal(await ask(port, '+noedns', `web01.${FLEET_APEX}`, 'TXT'), LIST)
      t.equal(await ask(port, FLEET_APEX, 'SOA'), SOA)
      t.equal(await ask(port, FLEET_APEX, 'NS'), 'ns.example.test.\n')
      const hosts = await ask(port, `DEBIAN._class.${FLEET_APEX}`, 'PTR')
      t.equal(hosts, `web01.${FLEET_APEX}.\na.rack1.${FLEET_APEX}.\n`)
    })
  })

  t.test(`${name}: what no datagram has room for comes over TCP`, async t => {
    await withZone(async ({ port, counts }) => {
      const text = await ask(port, '+bufsize=1232', `large.${FLEET_APEX}`, 'TXT')
      const classes = text.replaceAll('"', '').trim().split(' ')
      t.strictSame(classes, listOf('large', ...MANY))
      t.match(counts.read(), [{ type: 'TXT', outcome: 'NOERROR', count: 2 }])
    })
  })
}

t.test('drill: list and class', async t => {
  await withZone(async ({ port }) => {
    const drill = (...words: readonly string[]) =>
      runProgram('drill', ['-p', String(port), ...words, '@127.0.0.1'])
    t.match(await drill(`web01.${FLEET_APEX}`, 'TXT'), `web01.${FLEET_APEX}.\t300\tIN\tTXT\t${LIST}`)
    t.match(await drill('-t', `WEB._class.${FLEET_APEX}`, 'PTR'), `\tIN\tPTR\tweb01.${FLEET_APEX}.\n`)
    t.match(await drill(`nohost.${FLEET_APEX}`, 'TXT'), /rcode: NXDOMAIN/)
  })
})

const asked: Record<string, { words: readonly string[]; want: readonly RegExp[] }> = {
  'a truncated answer that is taken as it is': {
    words: ['+ignore', '+bufsize=512', `large.${FLEET_APEX}`, 'TXT'],
    want: [/flags: qr aa tc rd;/, /ANSWER: 0,/],
  },
  'no such host': {
    words: [`nohost.${FLEET_APEX}`, 'TXT'],
    want: [/status: NXDOMAIN/, /flags: qr aa rd;/, /\tSOA\t/],
  },
  'no such type': {
    words: [`web01.${FLEET_APEX}`, 'MX'],
    want: [/status: NOERROR/, /ANSWER: 0,/, /\tSOA\t/],
  },
  'above a host': {
    words: [`rack1.${FLEET_APEX}`, 'TXT'],
    want: [/status: NOERROR/, /ANSWER: 0,/, /\tSOA\t/],
  },
  'another zone': { words: ['example.test', 'SOA'], want: [/status: REFUSED/, /flags: qr rd;/] },
  'version.bind': { words: ['CH', 'version.bind', 'TXT'], want: [/status: REFUSED/] },
  'EDNS of version 1': {
    words: ['+edns=1', '+noednsneg', FLEET_APEX, 'SOA'],
    want: [/status: BADVERS/, /EDNS: version: 0/],
  },
  'an EDNS option that nobody knows': {
    words: ['+ednsopt=65001:ff', FLEET_APEX, 'SOA'],
    want: [/status: NOERROR/],
  },
  'a cookie and DNSSEC': {
    words: ['+cookie', '+dnssec', FLEET_APEX, 'SOA'],
    want: [/status: NOERROR/, /flags: do; udp: 1232/],
  },
  'another opcode': { words: ['+opcode=5', '+noedns', FLEET_APEX, 'SOA'], want: [/status: NOTIMP/] },
  'AXFR without a key': { words: ['AXFR', FLEET_APEX], want: [/Transfer failed/] },
}
for (const [title, { words, want }] of Object.entries(asked)) {
  t.test(`dig, ${title}`, async t => {
    await withZone(async ({ port }) => {
      const { stdout } = await runToEnd('dig', ['@127.0.0.1', '-p', String(port), ...words])
      for (const pattern of want) t.match(stdout, pattern)
      t.notMatch(stdout, /malformed|Messages? has|trailing|WARNING: .*(query|extra)/i)
    })
  })
}

t.test(
  'dig with a key: signed answers, and the whole zone, of which named-checkzone complains about nothing',
  async t => {
    await withZone(async ({ port }) => {
      const key = ['-y', `${FLEET_KEY.algorithm}:${FLEET_KEY.name}:${FLEET_KEY.secret.toString('base64')}`]
      t.equal(await dig(port, ...key, '+short', `web01.${FLEET_APEX}`, 'TXT'), LIST)
      const other = ['-y', `${FLEET_KEY.algorithm}:${FLEET_KEY.name}:${Buffer.alloc(32).toString('base64')}`]
      t.match(
        (await runToEnd('dig', ['@127.0.0.1', '-p', String(port), ...other, FLEET_APEX, 'SOA'])).stdout,
        /BADSIG/,
      )
      const transferred = await dig(port, ...key, '+nocmd', '+nostats', '+nocomments', 'AXFR', FLEET_APEX)
      // The signatures of the messages are shown too.
      const text = transferred.replace(/^.*\tTSIG\t.*\n/gm, '')
      await withFiles({}, async directory => {
        const path = join(directory, 'zone')
        await writeFile(path, text)
        const { code, stdout, stderr } = await runToEnd('named-checkzone', [
          '-k',
          'fail',
          '-i',
          'full',
          FLEET_APEX,
          path,
        ])
        t.strictSame(
          { code, stdout, stderr },
          { code: 0, stdout: `zone ${FLEET_APEX}/IN: loaded serial 1\nOK\n`, stderr: '' },
        )
      })
    })
  },
)

t.test('dig +nssearch: every name server of the zone tells the same SOA record', async t => {
  // Names that any machine finds; with a single one dig says that it reaches none, at named too.
  const local = fleetZone(heldLists({}), { nameServers: ['localhost', '127.0.0.1'] })
  await withDnsServer(local, async ({ port, counts }) => {
    const told = await dig(port, '-4', '+nssearch', FLEET_APEX)
    const line = new RegExp(`^SOA ${SOA.trim()} from server 127\\.0\\.0\\.1 in \\d+ ms\\.$`, 'gm')
    t.equal(told.match(line)?.length, 2)
    t.match(counts.read(), [{ type: 'NS' }, { type: 'SOA', outcome: 'NOERROR' }])
  })
})

t.test('dnsperf: ten thousand questions, no answer lost or wrong', async t => {
  const hosts = 1000
  const fleet = fleetZone(fleetLists(hosts))
  const names = Array.from(
    { length: hosts },
    (_, i) => `host${String(i).padStart(5, '0')}.${FLEET_APEX} TXT\n`,
  )
  await withFiles({ queries: names.join('') }, async directory => {
    await withDnsServer(fleet, async ({ port, counts }) => {
      const words = [
        '-s',
        '127.0.0.1',
        '-p',
        String(port),
        '-d',
        join(directory, 'queries'),
        '-n',
        '10',
        '-c',
        '10',
      ]
      const said = await runProgram('dnsperf', words)
      t.match(said, /Queries completed: +10000 \(100\.00%\)/)
      t.match(said, /Response codes: +NOERROR 10000 \(100\.00%\)/)
      t.strictSame(counts.read(), [{ type: 'TXT', outcome: 'NOERROR', count: 10_000 }])
    })
  })
})
