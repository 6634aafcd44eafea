import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { TsigKey } from '../../model/tsig-key.ts'
import { KNOT } from '../../testing/knot.ts'
import { type ListsByHost, listZone } from '../../testing/list-zone.ts'
import { NAMED } from '../../testing/named-secondary.ts'
import { NSD } from '../../testing/nsd.ts'
import { runProgram, runToEnd } from '../../testing/run-program.ts'
import { type SecondaryServer, startSecondary } from '../../testing/secondary-server.ts'
import { listenForTransfers } from '../../testing/transfer-listener.ts'
import { formatTransaction } from '../transaction.ts'
import { openNotifier } from './notify-out.ts'
import { openTransferOut } from './transfer-out.ts'

const ZONE = 'fai.example.test'
const KINDS = [NAMED, NSD, KNOT]
const keyOf = (name: string): TsigKey => ({
  name: `${name}.example.test`,
  algorithm: 'hmac-sha256',
  secret: Buffer.alloc(32, name),
})
const KEYS = KINDS.map(({ name }) => keyOf(name))

/** Lists of different lengths, some larger than a message of 16 KiB. */
const fleet = (className: string): Map<string, readonly string[]> =>
  new Map(
    Array.from({ length: 1500 }, (_, i) => {
      const many = Array.from({ length: i % 100 === 0 ? 200 : i % 7 }, (_, n) => `C${n}`.padEnd(100, 'X'))
      return [`web${i}`, ['DEFAULT FAIBASE', className, ...many, `web${i} LAST`]]
    }),
  )

/** Our server with one zone, three secondaries with a key each and one without. */
const start = async (t: Test) => {
  const listener = await listenForTransfers()
  t.teardown(listener.stop)
  const options = { zone: ZONE, primaryPort: listener.port }
  const secondaries: SecondaryServer[] = []
  for (const kind of KINDS) {
    const secondary = await startSecondary(kind, { ...options, key: keyOf(kind.name) })
    t.teardown(secondary.stop)
    secondaries.push(secondary)
  }
  const plain = await startSecondary(KNOT, options)
  t.teardown(plain.stop)
  let serial = 1_795_000_000
  const zone = listZone(ZONE, fleet('A'), () => serial++)
  const lines: string[] = []
  const told = {
    zone,
    keys: KEYS,
    secondaries: [
      ...secondaries.map(({ name, port }) => ({ server: { host: '127.0.0.1', port }, key: keyOf(name) })),
      { server: { host: '127.0.0.1', port: plain.port } },
    ],
    localAddress: '127.0.0.1',
    report: (transaction: Parameters<typeof formatTransaction>[0]) => {
      lines.push(formatTransaction(transaction))
    },
  }
  const transferOut = openTransferOut(told)
  listener.answer({ transferOut, zone, keys: KEYS })
  const notifier = openNotifier(told)
  t.teardown(async () => {
    await notifier.close()
    await transferOut.close()
  })
  const all = [...secondaries, plain]
  const untilCurrent = (): Promise<unknown> =>
    Promise.all(all.map(({ untilSerial }) => untilSerial(zone.soa().serial)))
  return { zone, lines, secondaries, all, port: listener.port, untilCurrent }
}

/** A zone as a server gives it by AXFR: the strings of every host. */
const transferred = async (port: number, key?: TsigKey): Promise<ListsByHost> => {
  const signed =
    key === undefined ? [] : ['-y', `${key.algorithm}:${key.name}:${key.secret.toString('base64')}`]
  const text = await runProgram('dig', [
    '@127.0.0.1',
    '-p',
    String(port),
    ...signed,
    '+noall',
    '+answer',
    '+onesoa',
    ZONE,
    'AXFR',
  ])
  const records = [...text.matchAll(/^(\S+)\.fai\.example\.test\.\s+\d+\s+IN\s+TXT\s+(.*)$/gm)]
  return new Map(
    records.map(([, host = '', strings = '']) => [
      host,
      [...strings.matchAll(/"([^"]*)"/g)].map(([, one]) => one ?? ''),
    ]),
  )
}

const sorted = (lists: ListsByHost): [string, readonly string[]][] =>
  [...lists].sort(([a], [b]) => (a < b ? -1 : 1))

t.test('named, NSD and Knot carry the zone: AXFR first, then NOTIFY and IXFR', async t => {
  const { zone, lines, secondaries, all, port, untilCurrent } = await start(t)
  await untilCurrent()
  for (const { name } of secondaries) {
    t.ok(
      lines.some(line => line.endsWith(`served serial 1795000000 whole key ${name}.example.test`)),
      name,
    )
  }
  t.ok(lines.includes('dns 127.0.0.1 AXFR served serial 1795000000 whole'), 'by its address')

  const lists = fleet('A')
  lists.delete('web7')
  lists.set('web8', ['DEFAULT', 'CHANGED', 'web8', 'LAST'])
  lists.set('new.berlin', ['DEFAULT', 'new', 'LAST'])
  zone.publish(lists)
  await untilCurrent()
  for (const { name, readStrings } of all) {
    t.strictSame(await readStrings(`web8.${ZONE}`), lists.get('web8'), name)
    t.strictSame(await readStrings(`web7.${ZONE}`), [], name)
  }
  for (const { name } of secondaries) {
    t.ok(
      lines.some(line => line.endsWith(`IXFR served serial 1795000001 changes key ${name}.example.test`)),
      name,
    )
  }
  t.ok(lines.includes('dns 127.0.0.1 IXFR served serial 1795000001 changes'), 'by its address')
  t.strictSame(sorted(await transferred(port, KEYS[0])), sorted(lists))
  for (const { readStrings } of all) {
    for (const [host, strings] of [...lists].filter((_, i) => i % 100 === 0)) {
      t.strictSame(await readStrings(`${host}.${ZONE}`), strings, host)
    }
  }
})

t.test('a secondary that was down while the zone changed catches up', async t => {
  const { zone, lines, all, untilCurrent } = await start(t)
  await untilCurrent()
  for (const { down } of all) await down()
  zone.publish(fleet('B'))
  zone.publish(new Map([...fleet('B')].slice(1)))
  lines.length = 0
  for (const { up } of all) await up()
  await untilCurrent()
  for (const { name, readStrings } of all) {
    t.strictSame(
      await readStrings(`web1.${ZONE}`),
      ['DEFAULT FAIBASE', 'B', 'C0'.padEnd(100, 'X'), 'web1 LAST'],
      name,
    )
  }
  t.notOk(
    lines.some(line => / failed | refused /.test(line)),
    lines.join('\n'),
  )
})

t.test('a zone that changes all the time is never mixed of two states', async t => {
  const { zone, all, untilCurrent, port } = await start(t)
  await untilCurrent()
  let isOver = false
  let changes = 0
  const change = (): void => {
    if (isOver) return
    zone.publish(fleet(`S${++changes}`))
    setTimeout(change, 20)
  }
  change()
  for (let times = 0; times < 5; times++) {
    const lists = await transferred(port, KEYS[0])
    const states = new Set([...lists.values()].map(strings => strings[1]))
    t.equal(lists.size, 1500)
    t.equal(states.size, 1, [...states].join(' '))
  }
  isOver = true
  t.ok(changes > 5)
  await untilCurrent()
  for (const { name, readStrings } of all) {
    t.equal((await readStrings(`web1.${ZONE}`))[1], `S${changes}`, name)
  }
})

t.test('strangers get nothing: another key, another secret, another address', async t => {
  const { port, lines, untilCurrent } = await start(t)
  await untilCurrent()
  const ask = async (...words: string[]): Promise<string> =>
    (await runToEnd('dig', ['@127.0.0.1', '-p', String(port), ...words, ZONE, 'AXFR'])).stdout
  const secret = Buffer.alloc(32, 'x').toString('base64')
  t.match(await ask('-y', `hmac-sha256:stranger.test:${secret}`), /BADKEY|NOTAUTH/)
  t.match(await ask('-y', `hmac-sha256:nsd.example.test:${secret}`), /BADSIG|NOTAUTH/)
  t.match(await ask('-b', '127.0.0.2'), /Transfer failed/)
  t.match(
    lines.filter(line => line.includes(' refused ')),
    [
      'dns 127.0.0.1 AXFR refused BADKEY with key "stranger.test", hmac-sha256',
      'dns 127.0.0.1 AXFR refused BADSIG with key "nsd.example.test", hmac-sha256',
      /^dns 127\.0\.0\.2 AXFR refused REFUSED: neither/,
    ],
  )
})

t.test('kdig and drill transfer it, named-checkzone and named-compilezone have no complaint', async t => {
  const { port, untilCurrent } = await start(t)
  await untilCurrent()
  const { algorithm, name, secret } = KEYS[0] as TsigKey
  const key = `${algorithm}:${name}:${secret.toString('base64')}`
  const zoneText = await runProgram('dig', [
    '@127.0.0.1',
    '-p',
    String(port),
    '-y',
    key,
    '+noall',
    '+answer',
    '+onesoa',
    ZONE,
    'AXFR',
  ])
  const kdig = await runProgram('kdig', ['@127.0.0.1', '-p', String(port), '-y', key, ZONE, 'AXFR'])
  const drill = await runProgram('drill', [
    '-p',
    String(port),
    '-y',
    `${name}:${secret.toString('base64')}:${algorithm}`,
    `@127.0.0.1`,
    ZONE,
    'AXFR',
  ])
  for (const text of [kdig, drill]) t.equal([...text.matchAll(/\sTXT\s/g)].length, 1500)
  const dir = t.testdir()
  await writeFile(join(dir, 'zone'), zoneText)
  const checked = await runToEnd('named-checkzone', [ZONE, join(dir, 'zone')])
  t.strictSame([checked.code, checked.stdout], [0, `zone ${ZONE}/IN: loaded serial 1795000000\nOK\n`])
  const compiled = await runToEnd('named-compilezone', ['-o', join(dir, 'out'), ZONE, join(dir, 'zone')])
  t.equal(compiled.code, 0, compiled.stdout)
})
