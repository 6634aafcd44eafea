import fc from 'fast-check'
import t from 'tap'
import { formatDiagnostic } from '../../diagnostic/format.ts'
import { holds } from '../../testing/property.ts'
import { DELTA_ZONE, zoneDelta, zoneRecord, zoneSoa } from '../../testing/zone-delta.ts'
import type { ZoneDelta } from '../../wire/dns/incremental.ts'
import { encodeRdata } from '../../wire/dns/rdata.ts'
import type { TransferredRecord } from '../../wire/dns/transfer-reader.ts'
import { editOfDeltas, editTo } from './edit.ts'
import { editedZone } from './edited-zone.ts'
import type { ReadZone } from './read.ts'
import { buildZone, gatherNodes } from './zone.ts'

const PATH = 'dns example.test'
const start = (records: readonly TransferredRecord[]) =>
  editedZone(DELTA_ZONE, PATH, [zoneSoa(1), ...records])

/** Everything that a zone is, without the order of owners, records and diagnostics. */
const facts = ({ zone, diagnostics }: ReadZone) => ({
  nodes: [...zone.nodes.values()]
    .flatMap(node => [...node.values()].flat())
    .map(
      ({ owner, type, ttlSeconds, rdata }) =>
        `${owner} ${ttlSeconds} ${type} ${encodeRdata(rdata).toString('hex')}`,
    )
    .sort(),
  owners: [...zone.nodes.keys()].sort(),
  serial: zone.serial,
  hasCuts: zone.hasCuts,
  // A CNAME is told beside whichever record comes first, which is a matter of order.
  diagnostics: diagnostics.map(formatDiagnostic).sort(),
})

const TYPES = ['A', 'TXT', 'CNAME', 'NS'] as const
const VALUES = {
  A: ['192.0.2.1', '192.0.2.2'],
  TXT: ['WEB', 'DB'],
  CNAME: ['x.example.test', 'X.example.test'],
  NS: ['ns.example.test'],
}
const record = fc
  .record({
    owner: fc.constantFrom('', 'a', 'A', '_fai.a', 'b', 'sub', 'x.sub'),
    type: fc.constantFrom(...TYPES),
    value: fc.nat(1),
  })
  .map(({ owner, type, value }) => zoneRecord(owner, type, VALUES[type][value] ?? VALUES[type][0] ?? ''))

/** What makes two records the same. */
const keyOf = ({ owner, type, rdata }: TransferredRecord): string =>
  `${owner} ${type} ${encodeRdata(rdata).toString('latin1')}`.toLowerCase()

const distinct = (records: readonly TransferredRecord[]): Map<string, TransferredRecord> =>
  new Map(records.map(each => [keyOf(each), each]))

t.test('random deltas, one by one or at once, make the zone of the records that are left', async t => {
  const agrees = (
    first: readonly TransferredRecord[],
    steps: readonly { drop: readonly number[]; added: readonly TransferredRecord[] }[],
    atOnce: boolean,
  ): void => {
    const held = distinct(first)
    const edited = start([...held.values()])
    const deltas: ZoneDelta[] = []
    for (const [index, { drop, added }] of steps.entries()) {
      const before = [...held.values()]
      const deleted = new Set(drop.flatMap(at => before[at % Math.max(1, before.length)] ?? []))
      for (const each of deleted) held.delete(keyOf(each))
      for (const each of added) held.set(keyOf(each), each)
      deltas.push(zoneDelta(index + 1, [...deleted], added))
    }
    for (const part of atOnce ? [deltas] : deltas.map(delta => [delta])) {
      const result = editOfDeltas(edited.read.zone, part)
      if (!result.ok) throw new Error(result.reason)
      edited.apply(result.edit)
    }
    const wanted = buildZone(DELTA_ZONE, PATH, [zoneSoa(steps.length + 1), ...held.values()])
    t.strictSame(facts(edited.read), facts(wanted))
  }
  const step = fc.record({
    drop: fc.array(fc.nat(20), { maxLength: 4 }),
    added: fc.array(record, { maxLength: 4 }),
  })
  const first = fc.array(record, { maxLength: 12 })
  holds(t, fc.property(first, fc.array(step, { maxLength: 5 }), fc.boolean(), agrees), { numRuns: 300 })
})

t.test('a whole zone takes the place of another, and what is the same is not touched', async t => {
  const agrees = (first: readonly TransferredRecord[], second: readonly TransferredRecord[]): void => {
    const edited = start([...distinct(first).values()])
    const wanted = [zoneSoa(9), ...distinct(second).values()]
    const { nodes } = gatherNodes(DELTA_ZONE, wanted)
    edited.apply(editTo(edited.read.zone, nodes))
    t.strictSame(facts(edited.read), facts(buildZone(DELTA_ZONE, PATH, wanted)))
    t.equal(editTo(edited.read.zone, nodes).size, 0)
  }
  const records = fc.array(record, { maxLength: 12 })
  holds(t, fc.property(records, records, agrees), { numRuns: 100 })
})

const FAULTS: Record<string, { delta: ZoneDelta; want: string }> = {
  'a record that is not there': {
    delta: zoneDelta(1, [zoneRecord('a', 'TXT', 'DB')], []),
    want: 'the change from serial 1 to 2 deletes TXT a.example.test, which is not there',
  },
  'a record that is deleted twice': {
    delta: zoneDelta(1, [zoneRecord('a', 'TXT', 'WEB'), zoneRecord('a', 'TXT', 'WEB')], []),
    want: 'the change from serial 1 to 2 deletes TXT a.example.test, which is not there',
  },
  'another SOA': {
    delta: zoneDelta(7, [], []),
    want: 'the change from serial 7 to 8 deletes SOA example.test, which is not there',
  },
  'a record outside the zone': {
    delta: zoneDelta(1, [], [{ ...zoneRecord('a', 'TXT', 'WEB'), owner: 'a.example.org' }]),
    want: 'the change from serial 1 to 2 has TXT a.example.org, which is outside the zone',
  },
}

for (const [title, { delta, want }] of Object.entries(FAULTS)) {
  t.test(`${title}: no edit, and the zone stays`, async t => {
    const edited = start([zoneRecord('a', 'TXT', 'WEB')])
    const before = facts(edited.read)
    t.strictSame(editOfDeltas(edited.read.zone, [delta]), { ok: false, reason: want })
    t.strictSame(facts(edited.read), before)
  })
}

t.test('warnings about records outside the zone last until the next whole transfer', async t => {
  const stray = { ...zoneRecord('a', 'TXT', 'WEB'), owner: 'a.example.org' }
  const edited = start([stray])
  t.match(edited.read.diagnostics, [{ message: /^a\.example\.org is outside the zone/ }])
  edited.apply(new Map())
  t.equal(edited.read.diagnostics.length, 1)
  edited.apply(new Map(), [])
  t.strictSame(edited.read.diagnostics, [])
})
