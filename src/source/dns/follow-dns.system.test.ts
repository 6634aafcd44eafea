import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { HostName } from '../../model/catalog.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { followZone, openNotifyPort } from '../../testing/followed-zone.ts'
import { startNamed } from '../../testing/named.ts'
import { nsupdate } from '../../testing/nsupdate.ts'
import { type Random, randomFrom, runSeed } from '../../testing/random.ts'
import { dnsSource } from './dns-source.ts'
import type { FollowOptions } from './follow-dns.ts'

const { signal } = new AbortController()
const key: TsigKey = { name: 'k.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 'a') }
const ZONE = 'example.test'
const HOSTS = 40
const hosts = Array.from({ length: HOSTS }, (_, i) => `h${i}`)
const zoneText = (serial: number, more: readonly string[] = []): string =>
  [
    `@ 300 SOA ns1 hostmaster ${serial} 3600 900 604800 300`,
    '@ 300 NS ns1',
    'ns1 300 A 127.0.0.1',
    'mail 300 A 127.0.0.1',
    ...hosts.map((host, i) => `${host} 300 A 192.0.2.${i + 1}`),
    ...hosts.map((host, i) => `_fai.${host} 300 TXT "WEB C${i % 3}"`),
    'WEB._class 300 TXT "requires=NGINX PHP"',
    '@ 300 MX 10 mail',
    ...more,
    '',
  ].join('\n')

type Site = Partial<FollowOptions> & {
  readonly permitting?: string
  readonly follows?: Partial<FollowOptions>
}

/** A named that tells our port of every change at once, and a zone that follows it. */
const site = async (t: Test, { tsig, permitting = 'allow-update { 127.0.0.1; };' }: Site = {}) => {
  const port = await openNotifyPort()
  t.teardown(port.stop)
  const [who, signing] = tsig === undefined ? ['any', ''] : [`key ${tsig.name}`, ` key ${tsig.name}`]
  const telling = `notify explicit; notify-delay 0; also-notify port ${port.port} { 127.0.0.1${signing}; };`
  const statements = `${telling} allow-transfer { ${who}; }; ${permitting}`
  const named = await startNamed({
    keys: tsig === undefined ? [] : [tsig],
    // Small messages, so that there are many of them.
    statements: 'transfer-message-size 512;',
    zones: [{ name: ZONE, text: zoneText(1), statements }],
  })
  t.teardown(named.stop)
  const follow = (more: Partial<FollowOptions> = {}) => {
    const followed = followZone({ zone: ZONE, servers: [named.server], tsig, ...more })
    t.teardown(followed.stop)
    port.followed.splice(0, 1, followed)
    return followed
  }
  const update = (...lines: readonly string[]) => nsupdate(named, ZONE, [lines])
  const write = async (text: string): Promise<void> => {
    await writeFile(join(named.dir, `${ZONE}.zone`), text)
    await named.reload()
  }
  /** How the transfers so far were made, once there are so many of them in the log. */
  const transfers = async (count: number): Promise<readonly string[]> => {
    for (;;) {
      const kinds = [...named.log().matchAll(/'example\.test\/IN': (.*) started/g)].map(
        ([, kind = '']) => kind,
      )
      if (kinds.length >= count) return kinds
      await setTimeout(20)
    }
  }
  return { named, followed: follow(), follow, update, write, transfers }
}

const hostOf = (short: string): HostName => ({ short, fqdn: `${short}.${ZONE}` })

for (const tsig of [undefined, key]) {
  t.test(`an edit comes by NOTIFY and IXFR, ${tsig === undefined ? 'un' : ''}signed`, async t => {
    const { followed, update, transfers } = await site(t, { tsig })
    t.equal(followed.standing().phase, 'loading')
    await t.rejects(followed.source.readHost(hostOf('h1'), signal), { name: 'SourceError' })
    await followed.until(({ phase }) => phase === 'current')
    t.match(followed.changes, [{ keys: 'all', serial: 1 }])
    await update('add _fai.new.example.test 300 TXT "WEB"', 'delete _fai.h1.example.test TXT')
    await followed.until(({ serial }) => serial === 2)
    t.strictSame(followed.changes[1], {
      keys: new Set(['_fai.h1.example.test', '_fai.new.example.test']),
      hosts: [hostOf('h1'), hostOf('new')],
      classes: [],
      origins: ['h1', 'new'].map(host => ({
        kind: 'record',
        zone: ZONE,
        owner: `_fai.${host}.example.test`,
        type: 'TXT',
      })),
      serial: 2,
    })
    const { value } = await followed.source.readHost(hostOf('new'), signal)
    t.match(value, { known: true, places: [{ memberships: [{ rest: 'WEB' }] }] })
    t.equal(await followed.lists(hostOf('new'), signal), true)
    t.match(followed.source.describe(), { state: 'live', serial: 2 })
    const many = Array.from({ length: 200 }, (_, i) => `add _fai.n${i}.example.test 300 TXT "WEB"`)
    await update(...many)
    await followed.until(({ serial }) => serial === 3)
    const told = followed.changes[2]?.keys
    t.equal(told === 'all' ? told : told?.size, 200)
    t.equal(followed.changes[2]?.origins.length, 20)
    t.strictSame(await transfers(3), ['AXFR', 'IXFR', 'IXFR'])
  })
}

t.test('a server without a journal gives all of the zone, and only what differs is told', async t => {
  const { followed, write, transfers } = await site(t, { permitting: '' })
  await followed.until(({ phase }) => phase === 'current')
  await write(zoneText(2, ['_fai.new 300 TXT "WEB"']))
  await followed.until(({ serial }) => serial === 2)
  t.strictSame(followed.changes[1]?.keys, new Set(['_fai.new.example.test']))
  t.strictSame(await transfers(2), ['AXFR', 'AXFR-style IXFR'])
})

t.test('a zone file of an older serial: told, and not taken before it is newer, or wanted', async t => {
  const { followed, write } = await site(t, { permitting: '' })
  await followed.until(({ phase }) => phase === 'current')
  await write(zoneText(20, ['_fai.new 300 TXT "WEB"']))
  await followed.until(({ serial }) => serial === 20)
  await write(zoneText(10))
  await followed.until(({ fault }) => fault?.code === 'serial-went-back')
  t.equal(await followed.lists(hostOf('new'), signal), true)
  await write(zoneText(21))
  await followed.until(({ serial, phase }) => serial === 21 && phase === 'current')
  t.equal(await followed.lists(hostOf('new'), signal), false)
  await write(zoneText(3, ['_fai.new 300 TXT "WEB"']))
  await followed.until(({ fault }) => fault?.code === 'serial-went-back')
  followed.retransfer()
  await followed.until(({ serial, phase }) => serial === 3 && phase === 'current')
  t.equal(await followed.lists(hostOf('new'), signal), true)
})

t.test('what was kept goes on by IXFR', async t => {
  const { followed, follow, update, transfers } = await site(t, { tsig: key })
  await followed.until(({ phase }) => phase === 'current')
  const kept: unknown = JSON.parse(JSON.stringify(followed.kept()))
  await followed.stop()
  await update('add _fai.new.example.test 300 TXT "WEB"', 'delete example.test MX 10 mail.example.test')
  const restored = follow({ restored: kept })
  await restored.until(({ serial, phase }) => serial === 2 && phase === 'current')
  t.match(restored.changes, [{ serial: 1 }, { serial: 2 }])
  t.strictSame(restored.changes[1]?.keys, new Set(['_fai.new.example.test']))
  t.strictSame(await transfers(2), ['AXFR', 'IXFR'])
})

const WRONG: Record<string, { tsig: TsigKey; message: RegExp }> = {
  'another secret': {
    tsig: { ...key, secret: Buffer.alloc(32, 'b') },
    message: /BADSIG: the server has another secret for key "k\.example\.test"/,
  },
  'an unknown key': {
    tsig: { ...key, name: 'other' },
    message: /BADKEY: the server does not know key "other"/,
  },
}
for (const [title, { tsig, message }] of Object.entries(WRONG)) {
  t.test(`${title}: rejected, first and later`, async t => {
    const { followed, follow, update } = await site(t, { tsig: key })
    await followed.until(({ phase }) => phase === 'current')
    const kept: unknown = JSON.parse(JSON.stringify(followed.kept()))
    await followed.stop()
    await update('delete _fai.h1.example.test TXT')
    for (const [restored, phase] of [[undefined, 'loading'] as const, [kept, 'behind'] as const]) {
      const wrong = follow({ tsig, restored })
      await wrong.until(({ fault }) => fault !== undefined)
      t.match(wrong.standing(), { phase, fault: { code: 'source-rejected', message } })
      t.equal(wrong.changes.length, restored === undefined ? 0 : 1)
      await wrong.stop()
    }
  })
}

t.test('a server that ends, and another one that goes on', async t => {
  const { named, followed } = await site(t)
  const statements = 'allow-transfer { any; };'
  const zones = [{ name: ZONE, text: zoneText(5), statements }]
  await followed.until(({ phase }) => phase === 'current')
  await followed.stop()
  const other = await startNamed({ zones })
  t.teardown(other.stop)
  const both = followZone({ zone: ZONE, servers: [named.server, other.server] })
  t.teardown(both.stop)
  await both.until(({ serial }) => serial === 1)
  await named.stop()
  both.retransfer()
  await both.until(({ serial }) => serial === 5)
  await other.stop()
  both.retransfer()
  await both.until(({ phase, fault }) => phase === 'behind' && fault?.code === 'source-unreachable')
  t.equal(await both.lists(hostOf('h1'), signal), true)
})

/** One line of nsupdate, about owners that mean something here. */
const randomEdit = (random: Random): string => {
  const host = `${random.pick([...hosts.slice(0, 15), 'x1', 'x2', 'www'])}.${ZONE}`
  const owner = random.pick([
    host,
    `_fai.${host}`,
    `_fai.${host}`,
    `_default._fai.${ZONE}`,
    `C1._class.${ZONE}`,
  ])
  const text = random.pick(['WEB', 'DB C1', '-WEB', '10 PHP', 'fai=WEB', 'requires=PHP', 'after=DB'])
  return random.pick([
    `add ${owner} 300 TXT "${text}"`,
    `add ${host} 300 A 192.0.2.${1 + random.below(200)}`,
    `delete ${owner} TXT`,
    `delete ${host} A`,
    `delete ${host}`,
    `add ${random.pick(['alias1', 'alias2'])}.${ZONE} 300 CNAME ${host}`,
    `add ${random.pick(['lab', 'x1'])}.${ZONE} 300 NS ns1.${ZONE}`,
    `delete ${random.pick(['lab', 'x1', 'alias1'])}.${ZONE}`,
    `add ${ZONE} 300 MX ${random.below(3)} mail.${ZONE}`,
    `delete ${ZONE} MX`,
  ])
}

t.test('after 300 random edits memory says what a fresh transfer says', async t => {
  const random = randomFrom(runSeed())
  const { named, followed } = await site(t, { tsig: key })
  await followed.until(({ phase }) => phase === 'current')
  const names = [...hosts, 'x1', 'x2', 'www', 'alias1', 'alias2', 'lab', 'ns1'].map(hostOf)
  const readAll = async () => {
    const read = new Map<string, { answer: unknown; keys: ReadonlySet<string> }>()
    for (const name of names) {
      const keys = new Set<string>()
      const answer = await followed.noting(
        key => keys.add(key),
        () => followed.source.readHost(name, signal),
      )
      read.set(name.short, { answer, keys })
    }
    return read
  }
  for (let round = 0; round < 10; round++) {
    const before = await readAll()
    const seen = followed.changes.length
    const updates = Array.from({ length: 30 }, () => [randomEdit(random)])
    await nsupdate(named, ZONE, updates)
    const fresh = dnsSource({ zone: ZONE, servers: [named.server], tsig: key })
    const whole = (await fresh.readWhole(signal)).value
    const { serial } = fresh.describe()
    await followed.until(standing => standing.serial === serial)
    const own = (await followed.source.readWhole(signal)).value
    t.strictSame(own?.hosts, whole?.hosts)
    t.strictSame(own?.definitions, whole?.definitions)
    const after = await readAll()
    const touched = followed.changes.slice(seen)
    for (const name of names) {
      const { answer } = after.get(name.short) ?? {}
      t.strictSame(answer, await fresh.readHost(name, signal), name.short)
      const { answer: first, keys = new Set() } = before.get(name.short) ?? {}
      const isTold = touched.some(
        ({ keys: told }) => told === 'all' || [...told].some(each => keys.has(each)),
      )
      if (JSON.stringify(first) !== JSON.stringify(answer))
        t.ok(isTold, `${name.short} was told to have changed`)
    }
  }
  t.ok(followed.changes.length > 10)
  t.ok(followed.changes.some(({ keys }) => keys !== 'all'))
})
