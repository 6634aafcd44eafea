import t, { type Test } from 'tap'
import type { FaultChanges, ListChanges } from '../model/class-lists.ts'
import type { ClassName } from '../model/class-name.ts'
import type { LiveSource } from '../source/live-source.ts'
import { textDirectory, textZone } from '../testing/text-sources.ts'
import { type LiveSite, openLiveSite } from './live-site.ts'

const BASE = 'dc=example,dc=test'
const SOA = '@ 300 SOA ns1 hostmaster 1 3600 900 604800 300\n'
const ZONE = `${SOA}web01 A 192.0.2.1\n_fai.web01 TXT "WEB"\ndb01 A 192.0.2.2\n_fai.db01 TXT "DB"\nWEB._class TXT "requires=NGINX"\n`
const LDIF = `dn: ${BASE}\nobjectClass: domain\ndc: example\n`

/** A site that is followed until the test ends, and what it told of lists, and of errors. */
const openSite = (
  t: Test,
  sources: readonly LiveSource[],
  now = () => 1,
): [LiveSite, ListChanges[], FaultChanges[]] => {
  const faults: FaultChanges[] = []
  const site = openLiveSite({
    sources,
    resolution: { hostClass: 'none', unknownClass: 'allow' },
    configSpaceClasses: new Set(),
    now,
    report: ({ message }) => t.fail(message),
    faulted: changes => faults.push(changes),
  })
  const told: ListChanges[] = []
  site.onChanges(changes => told.push(changes))
  t.teardown(site.close)
  return [site, told, faults]
}

const listOf = (site: LiveSite, name: string): string | undefined => site.find(name)?.classes?.join(' ')

t.test('there is no list before every source was read once', async t => {
  const [zone, directory] = [textZone({ zone: 'example.test' }, ZONE), textDirectory(BASE, undefined)]
  const [site, told] = openSite(t, [zone, directory])
  await site.settled()
  t.strictSame([site.isWhole(), site.hostCount(), [...site.all()], told], [false, 0, [], []])
  zone.edit(`${ZONE}new A 192.0.2.3\n`)
  await site.settled()
  t.equal(site.hostCount(), 0)
  directory.edit(LDIF)
  await site.whole
  t.strictSame(
    site.standings().map(({ phase }) => phase),
    ['current', 'current'],
  )
  t.match(told, [{ cause: { source: 'start' }, changes: { length: 3 } }])
  t.equal(listOf(site, 'web01.example.test'), 'DEFAULT NGINX WEB LAST')
})

t.test('a change has its cause, and only lists that differ are told', async t => {
  const zone = textZone({ zone: 'example.test' }, ZONE)
  let nowMs = 1
  const [site, told] = openSite(t, [zone], () => nowMs)
  await site.whole
  nowMs = 2
  zone.edit(ZONE.replace('"DB"', '"DB BACKUP"').replace('hostmaster 1', 'hostmaster 2'))
  await site.settled()
  t.strictSame(told[1], {
    cause: {
      source: 'zonefile example.test.zone',
      origins: [
        {
          kind: 'record',
          zone: 'example.test',
          owner: '_fai.db01.example.test',
          type: 'TXT',
          path: 'example.test.zone',
          line: 5,
        },
      ],
      serial: 2,
      atMs: 2,
    },
    changes: [
      {
        host: { short: 'db01', fqdn: 'db01.example.test' },
        name: 'db01.example.test',
        before: ['DEFAULT', 'DB', 'LAST'],
        after: ['DEFAULT', 'DB', 'BACKUP', 'LAST'],
      },
    ],
  })
  t.equal(site.find('db01.example.test')?.sinceMs, 2)
  t.equal(site.find('web01.example.test')?.sinceMs, 1)
  t.strictSame(site.hostsOf('DB' as ClassName), ['db01.example.test'])
  zone.edit(ZONE.replace('"DB"', '"1 DB BACKUP"'))
  await site.settled()
  t.equal(told.length, 2)
})

t.test('an error keeps the last whole list, with what stands against a newer one', async t => {
  const zone = textZone({ zone: 'example.test' }, ZONE)
  const [site, told] = openSite(t, [zone])
  await site.whole
  zone.edit(`${ZONE}NGINX._class TXT "requires=WEB"\nnew A 192.0.2.3\n_fai.new TXT "WEB"\n`)
  await site.settled()
  t.match(site.find('web01.example.test'), {
    classes: ['DEFAULT', 'NGINX', 'WEB', 'LAST'],
    faults: [{ severity: 'error', code: 'class-cycle' }],
  })
  t.match(site.find('new.example.test'), { classes: undefined, faults: [{ code: 'class-cycle' }] })
  t.equal(told.length, 1)
  const explained = await site.explain('web01.example.test')
  t.match(explained?.resolved, { value: undefined, diagnostics: [{ code: 'class-cycle' }] })
  t.equal(await site.explain('nosuch.example.test'), undefined)
  zone.edit(ZONE)
  await site.settled()
  t.strictSame(site.find('web01.example.test')?.faults, [])
  t.equal(site.find('new.example.test'), undefined)
})

t.test('errors of lists are told once each, and when there are none any more', async t => {
  const zone = textZone({ zone: 'example.test' }, ZONE)
  const [site, , faults] = openSite(t, [zone])
  await site.whole
  t.strictSame([faults, site.faultyCount()], [[], 0])
  const broken = `${ZONE}NGINX._class TXT "requires=WEB"\nnew A 192.0.2.3\n_fai.new TXT "WEB"\n`
  zone.edit(broken)
  await site.settled()
  const cycle = { severity: 'error', code: 'class-cycle', origin: { path: 'example.test.zone', line: 6 } }
  t.match(faults, [
    {
      cause: { source: 'zonefile example.test.zone' },
      changes: [
        { name: 'new.example.test', fault: cycle },
        { name: 'web01.example.test', fault: cycle },
      ],
    },
  ])
  t.equal(site.faultyCount(), 2)
  zone.edit(`; places move\n${broken}DB._class TXT "requires=DISK"\n`)
  await site.settled()
  t.match([listOf(site, 'db01.example.test'), faults.length], ['DEFAULT DISK DB LAST', 1])
  zone.edit(ZONE)
  await site.settled()
  t.strictSame(
    faults[1]?.changes,
    [{ name: 'web01.example.test', fault: undefined }],
    'who is gone is not told',
  )
  t.strictSame([faults.length, site.faultyCount()], [2, 0])
})

t.test('a host that is gone has no list', async t => {
  const zone = textZone({ zone: 'example.test' }, ZONE)
  const [site, told] = openSite(t, [zone])
  await site.whole
  zone.edit(ZONE.replace(/.*db01.*\n/g, ''))
  await site.settled()
  t.match(told[1]?.changes, [
    { name: 'db01.example.test', before: ['DEFAULT', 'DB', 'LAST'], after: undefined },
  ])
  t.strictSame([site.hostCount(), site.hostsOf('DB' as ClassName)], [1, []])
})

t.test('a source that is behind changes nothing', async t => {
  const zone = textZone({ zone: 'example.test' }, ZONE)
  const [site, told] = openSite(t, [zone])
  await site.whole
  zone.setBehind(true)
  await site.settled()
  t.strictSame(
    [site.standings(), site.hostCount(), told.length],
    [[{ name: 'zonefile example.test.zone', phase: 'behind' }], 2, 1],
  )
})

t.test('nothing changes in memory while somebody reads', async t => {
  const zone = textZone({ zone: 'example.test' }, ZONE)
  const [site] = openSite(t, [zone])
  await site.whole
  const end = Promise.withResolvers<void>()
  const signal = new AbortController().signal
  const read = site.read(async ({ sources }) => {
    await end.promise
    return sources[0]?.readHost({ short: 'db01', fqdn: 'db01.example.test' }, signal)
  })
  zone.edit(ZONE.replace('"DB"', '"BACKUP"'))
  end.resolve()
  t.match((await read)?.value?.places, [{ memberships: [{ rest: 'DB' }] }])
  await site.settled()
  t.equal(listOf(site, 'db01.example.test'), 'DEFAULT BACKUP LAST')
})

t.test('edits are told one by one; of very many those of one source are told as one', async t => {
  const zone = textZone({ zone: 'example.test' }, ZONE)
  const [site, told] = openSite(t, [zone])
  await site.whole
  const editTo = (count: number): void => zone.edit(ZONE.replace('"DB"', `"DB N${count}"`))
  for (let count = 0; count < 4; count++) editTo(count)
  await site.settled()
  t.equal(told.length, 5)
  for (let count = 4; count < 40; count++) editTo(count)
  await site.settled()
  t.ok(told.length < 10, `${told.length} causes`)
  t.equal(listOf(site, 'db01.example.test'), 'DEFAULT DB N39 LAST')
  t.match(told.at(-1)?.cause, { source: 'zonefile example.test.zone', origins: { length: 20 } })
})
