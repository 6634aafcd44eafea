import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { TsigKey } from '../../model/tsig-key.ts'
import { type HeldLists, heldLists, listOf } from '../../testing/held-lists.ts'
import { KNOT } from '../../testing/knot.ts'
import { NAMED } from '../../testing/named-secondary.ts'
import { NSD } from '../../testing/nsd.ts'
import { FIRST_SERIAL, startPrimary } from '../../testing/published-primary.ts'
import { readBack, readBackEach } from '../../testing/read-back.ts'
import { runProgram, runToEnd } from '../../testing/run-program.ts'
import { type SecondaryServer, startSecondary } from '../../testing/secondary-server.ts'

const ZONE = 'fai.example.test'
const KINDS = [NAMED, NSD, KNOT]
const keyOf = (name: string): TsigKey => ({
  name: `${name}.example.test`,
  algorithm: 'hmac-sha256',
  secret: Buffer.alloc(32, name),
})
const KEYS = KINDS.map(({ name }) => keyOf(name))
const KEY = keyOf('nsd')
const DIG_KEY = `${KEY.algorithm}:${KEY.name}:${KEY.secret.toString('base64')}`
const HOSTS = 600

type Lists = Record<string, readonly string[] | undefined>

/** Lists of different lengths, some larger than a message of 16 KiB. */
const fleet = (className: string): Record<string, readonly string[]> =>
  Object.fromEntries(
    Array.from({ length: HOSTS }, (_, i) => {
      const more = i % 100 === 0 ? 400 : i % 7
      const many = Array.from({ length: more }, (_, n) => `CLASS_${n}_`.padEnd(60, 'X'))
      return [`web${i}.example.test`, listOf(`web${i}`, 'FAIBASE', className, ...many)]
    }),
  )

/** What each host has to ask for when it is read back, by its name in the published zone. */
const wanted = (lists: HeldLists): [string, readonly string[]][] =>
  sorted(
    [...lists.all()].map(({ name, classes = [] }) => [
      name.replace(/example\.test$/, ZONE),
      classes.slice(1, -2),
    ]),
  )

const sorted = (lists: Iterable<[string, readonly string[]]>): [string, readonly string[]][] =>
  [...lists].sort(([a], [b]) => (a < b ? -1 : 1))

/** What a secondary gives. NSD before 4.7 gives no zone with a record of more than 16 KiB, but answers with it (NLnetLabs/nsd#273). */
const given = async (
  { name, port }: SecondaryServer,
  lists: HeldLists,
): Promise<[string, readonly string[]][]> =>
  sorted(
    name === 'nsd'
      ? await readBackEach(
          ZONE,
          port,
          wanted(lists).map(([host]) => host),
        )
      : await readBack(ZONE, port),
  )

/** Our server, three secondaries with a key each, and one without; all of them have the zone. */
const start = async (t: Test) => {
  const lists = heldLists(fleet('A'))
  const primary = await startPrimary(ZONE, lists, KEYS)
  t.teardown(primary.stop)
  const options = { zone: ZONE, primaryPort: primary.port }
  const signed: SecondaryServer[] = []
  for (const kind of KINDS) {
    const secondary = await startSecondary(kind, { ...options, key: keyOf(kind.name) })
    t.teardown(secondary.stop)
    signed.push(secondary)
  }
  const unsigned = await startSecondary(KNOT, options)
  t.teardown(unsigned.stop)
  const secondaries = [...signed, unsigned]
  const serverOf = ({ port }: SecondaryServer) => ({ server: { host: '127.0.0.1', port } })
  primary.tell([
    ...signed.map(secondary => ({ ...serverOf(secondary), key: keyOf(secondary.name) })),
    serverOf(unsigned),
  ])
  const untilCurrent = async (): Promise<void> => {
    const { serial } = primary.zone.soa()
    await Promise.all(secondaries.map(({ untilSerial }) => untilSerial(serial)))
  }
  await untilCurrent()
  const change = async (changed: Lists): Promise<void> => {
    lists.swap(changed)
    await untilCurrent()
  }
  return { ...primary, lists, secondaries, untilCurrent, change }
}

/** The lines of transfers to each of the secondaries. */
const served = (type: string, serial: number, form: string): string[] =>
  ['', ...KEYS.map(({ name }) => ` key ${name}`)].map(
    key => `dns 127.0.0.1 ${type} served serial ${serial} ${form}${key}`,
  )

t.test('named, NSD and Knot carry the zone: AXFR at first, then NOTIFY and IXFR', async t => {
  const { lines, lists, secondaries, port, change } = await start(t)
  const whole = lines.filter(line => line.includes(` served serial ${FIRST_SERIAL} whole`))
  for (const line of served('AXFR', FIRST_SERIAL, 'whole')) {
    t.ok(
      [line, line.replace('AXFR', 'IXFR')].some(either => whole.includes(either)),
      line,
    )
  }
  await change({
    'web7.example.test': undefined,
    'web8.example.test': listOf('web8', 'CHANGED'),
    'new.berlin.example.test': listOf('new', 'FAIBASE'),
  })
  for (const line of served('IXFR', FIRST_SERIAL + 1, 'changes')) t.ok(lines.includes(line), line)
  t.strictSame(sorted(await readBack(ZONE, port, KEY)), wanted(lists))
  for (const secondary of secondaries) {
    const { name, readAnswer } = secondary
    t.strictSame(await given(secondary, lists), wanted(lists), name)
    t.equal(await readAnswer(`web8.${ZONE}`, 'TXT'), '"DEFAULT CHANGED web8 LAST"', name)
    t.equal(await readAnswer(`web7.${ZONE}`, 'TXT'), '', name)
    t.equal(await readAnswer(`CHANGED._class.${ZONE}`, 'PTR'), `web8.${ZONE}.`, name)
    t.equal((await readAnswer(`FAIBASE._class.${ZONE}`, 'PTR')).split('\n').length, HOSTS - 1, name)
  }
})

t.test('a secondary that was down while the zone changed catches up', async t => {
  const { lists, secondaries, untilCurrent } = await start(t)
  for (const { down } of secondaries) await down()
  lists.swap(fleet('B'))
  lists.swap({ 'web0.example.test': undefined })
  for (const { up } of secondaries) await up()
  await untilCurrent()
  for (const secondary of secondaries) {
    t.strictSame(await given(secondary, lists), wanted(lists), secondary.name)
  }
})

t.test('a zone that changes all the time is never mixed of two states', async t => {
  const { lists, secondaries, untilCurrent, port } = await start(t)
  let timer: NodeJS.Timeout | undefined
  let changes = 0
  const change = (): void => {
    lists.swap(fleet(`STATE${++changes}`))
    timer = setTimeout(change, 100)
  }
  change()
  t.teardown(() => clearTimeout(timer))
  for (let times = 0; times < 5; times++) {
    const read = [...(await readBack(ZONE, port, KEY)).values()]
    const states = new Set(read.map(([, state]) => state))
    t.strictSame([read.length, states.size], [HOSTS, 1], [...states].join(' '))
  }
  clearTimeout(timer)
  t.ok(changes > 5)
  await untilCurrent()
  for (const secondary of secondaries) {
    t.strictSame(await given(secondary, lists), wanted(lists), secondary.name)
  }
})

t.test('strangers get nothing: another key, another secret, another address', async t => {
  const { port, lines } = await start(t)
  const ask = async (...words: string[]): Promise<string> =>
    (await runToEnd('dig', ['@127.0.0.1', '-p', String(port), ...words, ZONE, 'AXFR'])).stdout
  const secret = Buffer.alloc(32, 'x').toString('base64')
  t.match(await ask('-y', `hmac-sha256:stranger.test:${secret}`), /BADKEY/)
  t.match(await ask('-y', `hmac-sha256:${KEY.name}:${secret}`), /BADSIG|NOTAUTH/)
  t.match(await ask('-b', '127.0.0.2'), /Transfer failed/)
  t.match(
    lines.filter(line => line.includes(' refused ')),
    [
      'dns 127.0.0.1 AXFR refused BADKEY with key "stranger.test", hmac-sha256',
      `dns 127.0.0.1 AXFR refused BADSIG with key "${KEY.name}", hmac-sha256`,
      /^dns 127\.0\.0\.2 AXFR refused REFUSED: neither/,
    ],
  )
})

t.test(
  'dig, kdig and drill transfer it; named-checkzone and named-compilezone have no complaint',
  async t => {
    const { port, zone } = await start(t)
    const at = ['@127.0.0.1', '-p', String(port)]
    const dig = await runProgram('dig', [...at, '-y', DIG_KEY, '+noall', '+answer', '+onesoa', ZONE, 'AXFR'])
    const kdig = await runProgram('kdig', [...at, '-y', DIG_KEY, ZONE, 'AXFR'])
    const drillKey = `${KEY.name}:${KEY.secret.toString('base64')}:${KEY.algorithm}`
    const drill = await runProgram('drill', ['-p', String(port), '-y', drillKey, '@127.0.0.1', ZONE, 'AXFR'])
    for (const text of [dig, kdig, drill]) {
      t.equal([...text.matchAll(/\s(?:TXT|PTR|NS)\s/g)].length, zone.recordCount())
    }
    const path = join(t.testdir(), 'zone')
    await writeFile(path, dig)
    t.strictSame(await runToEnd('named-checkzone', [ZONE, path]), {
      code: 0,
      stdout: `zone ${ZONE}/IN: loaded serial ${FIRST_SERIAL}\nOK\n`,
      stderr: '',
    })
    const compiled = await runToEnd('named-compilezone', ['-o', `${path}.compiled`, ZONE, path])
    t.match(
      compiled.stdout,
      new RegExp(`^zone ${ZONE}/IN: loaded serial \\d+\ndump zone to \\S+\\.\\.\\.done\nOK\n$`),
    )
  },
)
