import t from 'tap'
import { EnvironmentError } from '../../diagnostic/environment-error.ts'
import { formatDiagnostic } from '../../diagnostic/format.ts'
import { FLEET_APEX } from '../../testing/dns-fleet.ts'
import { type HeldLists, heldLists, listOf } from '../../testing/held-lists.ts'
import type { WireRecord } from '../../wire/dns/message.ts'
import { decodeLoneRdata } from '../../wire/dns/rdata.ts'
import { formatRecordType } from '../../wire/dns/record-type.ts'
import { MOST_SIGNATURE_OCTETS } from '../../wire/dns/tsig-answer.ts'
import { type PublishedZone, type PublishedZoneConfig, publishZone } from './published-zone.ts'
import type { ZoneChange } from './zone-change.ts'

/** Records in the form of a master file. */
const lines = (records: Iterable<WireRecord>): readonly string[] =>
  [...records]
    .map(({ owner, type, rdata }) => {
      const data = decodeLoneRdata(formatRecordType(type), rdata)
      const text = data.kind === 'text' ? data.strings.join('|') : data.kind === 'name' ? data.name : ''
      return `${owner} ${formatRecordType(type)} ${text}`
    })
    .sort()

const publish = (
  lists: HeldLists,
  more: Partial<PublishedZoneConfig> = {},
): { zone: PublishedZone; changes: ZoneChange[] } => {
  let serial = 0
  const zone = publishZone(lists, {
    apex: FLEET_APEX,
    primary: 'ns.example.test',
    mailbox: 'hostmaster.example.test',
    nameServers: ['ns.example.test', 'ns2.example.test'],
    ttlSeconds: 300,
    sourceApexes: ['example.test', 'lab.example.test'],
    takeSerial: () => ++serial,
    ...more,
  })
  const changes: ZoneChange[] = []
  zone.onChange(change => changes.push(change))
  return { zone, changes }
}

const NS = [`${FLEET_APEX} NS ns.example.test`, `${FLEET_APEX} NS ns2.example.test`]

/** The last change as `-` and `+` lines. */
const diffOf = (changes: readonly ZoneChange[]): readonly string[] => {
  const { deleted = [], added = [] } = changes.at(-1) ?? {}
  return [...lines(deleted).map(line => `- ${line}`), ...lines(added).map(line => `+ ${line}`)]
}

t.test('a list is TXT at its host, and PTR at each class but the implicit ones', async t => {
  const { zone } = publish(
    heldLists({
      'web01.example.test': listOf('web01', 'DEBIAN', 'WEB'),
      'a.rack1.example.test': listOf('a', 'DEBIAN'),
      'b.example.test': ['DEFAULT', 'DEBIAN', 'b.example.test', 'LAST'],
    }),
  )
  t.strictSame(
    lines(zone.records()),
    [
      `DEBIAN._class.${FLEET_APEX} PTR a.rack1.${FLEET_APEX}`,
      `DEBIAN._class.${FLEET_APEX} PTR b.${FLEET_APEX}`,
      `DEBIAN._class.${FLEET_APEX} PTR web01.${FLEET_APEX}`,
      `WEB._class.${FLEET_APEX} PTR web01.${FLEET_APEX}`,
      `a.rack1.${FLEET_APEX} TXT DEFAULT DEBIAN a LAST`,
      `b.${FLEET_APEX} TXT DEFAULT DEBIAN b.example.test LAST`,
      ...NS,
      `web01.${FLEET_APEX} TXT DEFAULT DEBIAN WEB web01 LAST`,
    ].sort(),
  )
  t.equal(zone.recordCount(), [...zone.records()].length)
  t.equal(zone.soa().serial, 1)
  t.strictSame(zone.findings(), [])
})

t.test(
  'a change is told record by record, with one serial; the state before is still read to its end',
  async t => {
    const lists = heldLists({ 'web01.example.test': listOf('web01', 'DEBIAN', 'WEB') })
    const { zone, changes } = publish(lists)
    const before = zone.records()
    lists.swap({
      'web01.example.test': listOf('web01', 'DEBIAN', 'DB'),
      'web02.example.test': listOf('web02', 'DB'),
    })
    t.strictSame(diffOf(changes), [
      `- WEB._class.${FLEET_APEX} PTR web01.${FLEET_APEX}`,
      `- web01.${FLEET_APEX} TXT DEFAULT DEBIAN WEB web01 LAST`,
      `+ DB._class.${FLEET_APEX} PTR web01.${FLEET_APEX}`,
      `+ DB._class.${FLEET_APEX} PTR web02.${FLEET_APEX}`,
      `+ web01.${FLEET_APEX} TXT DEFAULT DEBIAN DB web01 LAST`,
      `+ web02.${FLEET_APEX} TXT DEFAULT DB web02 LAST`,
    ])
    t.match(changes, [{ before: { serial: 1 }, after: { serial: 2 } }])
    t.equal(lines(before).length, 5)
    t.equal(zone.recordCount(), [...zone.records()].length)
    lists.swap({ 'web01.example.test': undefined, 'web02.example.test': undefined })
    t.strictSame(lines(zone.records()), NS)
    t.equal(zone.recordCount(), 2)
  },
)

t.test('what changes no record takes no serial, and nobody is told', async t => {
  const lists = heldLists({ 'web01.example.test': listOf('web01', 'WEB') })
  const { zone, changes } = publish(lists)
  lists.swap({ 'web01.example.test': listOf('web01', 'WEB'), 'web09.example.test': undefined })
  t.strictSame([zone.soa().serial, changes.length], [1, 0])
  zone.close()
  lists.swap({ 'web01.example.test': undefined })
  t.equal(changes.length, 0)
})

t.test(
  'while there can be no serial the state before stays; what changed comes with the next one',
  async t => {
    const lists = heldLists({
      'web01.example.test': listOf('web01', 'A'),
      'web02.example.test': listOf('web02', 'A'),
    })
    let serial = 0
    let isFull = false
    const told: string[] = []
    const { zone, changes } = publish(lists, {
      takeSerial: () => {
        if (isFull) throw new EnvironmentError('the disk is full')
        return ++serial
      },
      onStalled: ({ message }) => told.push(message),
    })
    const before = lines(zone.records())
    isFull = true
    lists.swap({ 'web01.example.test': listOf('web01', 'B') })
    lists.swap({ 'web01.example.test': listOf('web01', 'C') })
    t.strictSame([lines(zone.records()), zone.soa().serial, changes.length], [before, 1, 0])
    t.strictSame(told, ['the disk is full', 'the disk is full'])
    isFull = false
    lists.swap({ 'web02.example.test': undefined })
    t.strictSame(
      lines(zone.records()).filter(line => line.includes(' TXT ')),
      [`web01.${FLEET_APEX} TXT DEFAULT C web01 LAST`],
    )
    t.match(changes, [{ before: { serial: 1 }, after: { serial: 2 } }])
  },
)

t.test('two hosts of one name are both left out until one of them goes', async t => {
  const lists = heldLists({ 'web01.example.test': listOf('web01', 'WEB') })
  const { zone, changes } = publish(lists)
  lists.swap({ 'web01.lab.example.test': listOf('web01', 'LAB') })
  t.strictSame(lines(zone.records()), NS)
  t.strictSame(zone.findings().map(formatDiagnostic), [
    `error host-ambiguous: zone ${FLEET_APEX}: TXT web01.${FLEET_APEX}: "web01.example.test", "web01.lab.example.test" would all be "web01.${FLEET_APEX}": none of them is published`,
  ])
  lists.swap({ 'web01.example.test': undefined })
  t.strictSame(diffOf(changes), [
    `+ LAB._class.${FLEET_APEX} PTR web01.${FLEET_APEX}`,
    `+ web01.${FLEET_APEX} TXT DEFAULT LAB web01 LAST`,
  ])
  t.strictSame(zone.findings(), [])
})

t.test('one host takes the name of another in one swap', async t => {
  const lists = heldLists({ 'web01.example.test': listOf('web01', 'WEB') })
  const { zone, changes } = publish(lists)
  lists.swap({ 'web01.example.test': undefined, 'web01.lab.example.test': listOf('web01', 'LAB') })
  t.strictSame(diffOf(changes).length, 4)
  t.strictSame(
    lines(zone.records()).filter(line => !NS.includes(line)),
    [`LAB._class.${FLEET_APEX} PTR web01.${FLEET_APEX}`, `web01.${FLEET_APEX} TXT DEFAULT LAB web01 LAST`],
  )
})

/** A list of so many octets as data of a record: character-strings of 254, and the rest. */
const longList = (octets: number): readonly string[] => {
  const names: string[] = []
  const add = (length: number): void => {
    names.push(`A${String(names.length).padStart(length - 1, '0')}`.slice(0, length))
  }
  let left = octets
  for (; left > 255; left -= 255) for (const length of [63, 63, 63, 62]) add(length)
  for (left -= 1; left > 0; ) {
    const length = left === 64 ? 62 : Math.min(63, left)
    add(length)
    left -= length + 1
  }
  return names
}
// 65,535 without header (12), question (6 of the host, 18 of the apex, 4), head of the record (12), EDNS (11) and a signature.
const MOST_LIST_OCTETS = 65_535 - 12 - (6 + 18 + 4) - 12 - 11 - MOST_SIGNATURE_OCTETS

t.test('a list that fits no message is an error, and the last one stays', async t => {
  const lists = heldLists({
    'web01.example.test': listOf('web01', 'WEB'),
    'web02.example.test': longList(MOST_LIST_OCTETS),
  })
  const { zone, changes } = publish(lists)
  lists.swap({
    'web01.example.test': longList(MOST_LIST_OCTETS + 1),
    'web03.example.test': longList(MOST_LIST_OCTETS + 1),
  })
  t.equal(changes.length, 0)
  t.strictSame(
    lines(zone.records()).flatMap(line => /^(web\d+)\S+ TXT \S+ (\S+) /.exec(line)?.slice(1).join(' ') ?? []),
    ['web01 WEB', `web02 A${'0'.repeat(61)}1`],
  )
  const text = `has ${MOST_LIST_OCTETS + 1} octets as a TXT record, more than a message holds`
  t.strictSame(
    zone.findings().map(({ code, message }) => [code, message]),
    [
      ['list-too-long', `the list of "web01.example.test" ${text}: its last list stays published`],
      ['list-too-long', `the list of "web03.example.test" ${text}: it is not published`],
    ],
  )
  lists.swap({ 'web01.example.test': listOf('web01', 'WEB'), 'web03.example.test': undefined })
  t.strictSame(zone.findings(), [])
})

t.test('a host whose name cannot be ours is an error, and gone with it', async t => {
  const lists = heldLists({ '*.example.test': listOf('x', 'WEB') })
  const { zone } = publish(lists)
  t.match(zone.findings(), [
    { severity: 'error', code: 'name-invalid', message: /^"\*\.example\.test" cannot be/ },
  ])
  lists.swap({ '*.example.test': undefined })
  t.strictSame(zone.findings(), [])
})

t.test('a class whose hosts fit no message has no records until they do', async t => {
  const host = (i: number): string => `host${String(i).padStart(5, '0')}`
  // Each record has 12 octets and a name of 10 and 18; the question has 18 more for "WEB._class".
  const most = Math.floor((65_535 - 12 - 11 - 18 - 11 - 4 - MOST_SIGNATURE_OCTETS) / (12 + 10 + 18))
  const fleet = Object.fromEntries(
    Array.from({ length: most }, (_, i) => [`${host(i)}.example.test`, listOf(host(i), 'WEB')]),
  )
  const lists = heldLists(fleet)
  const { zone, changes } = publish(lists)
  const pointers = (): number => lines(zone.records()).filter(line => line.includes(' PTR ')).length
  t.equal(pointers(), most)
  lists.swap({ 'another.more.example.test': listOf('another', 'web') })
  t.equal(pointers(), 0)
  t.equal(changes.at(-1)?.deleted.length, most)
  t.match(zone.findings(), [
    { severity: 'warning', code: 'class-too-large', message: new RegExp(`the ${most + 1} hosts at`) },
  ])
  lists.swap({ 'another.more.example.test': undefined })
  t.equal(pointers(), most)
  t.equal(changes.at(-1)?.added.length, most)
  t.strictSame(zone.findings(), [])
})
