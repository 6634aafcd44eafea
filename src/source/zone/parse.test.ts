import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../testing/property.ts'
import { lookUpInZone } from './lookup.ts'
import { parseZoneFile } from './parse.ts'
import { parseTtl } from './word.ts'
import { buildZone } from './zone.ts'

const start = { path: 'example.test.zone', origin: 'example.test' }

t.test('any text parses, or gives errors that stand inside it', async t => {
  const piece = fc.oneof(
    fc.constantFrom(
      'a',
      '@',
      ' ',
      '\t',
      '\n',
      ';',
      '"',
      '(',
      ')',
      '\\',
      '\\1',
      '.',
      '$TTL',
      '$ORIGIN',
      '\r\n',
    ),
    fc.constantFrom(
      ' IN ',
      ' A ',
      ' TXT ',
      ' SOA ',
      ' MX ',
      ' 192.0.2.1',
      ' 300 ',
      ' TYPE65280 ',
      ' \\# 1 ff',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  const text = fc
    .array(piece, { maxLength: 40 })
    .map(pieces => Buffer.from(pieces.join('')).toString('latin1'))
  const isSane = (zone: string): boolean => {
    const { records, diagnostics } = parseZoneFile(zone, start)
    const lines = zone.split('\n')
    return (
      records.every(({ line = 0 }) => line >= 1 && line <= lines.length) &&
      diagnostics.every(({ origin }) => {
        if (origin.kind !== 'file' || origin.line === undefined || origin.column === undefined) return false
        return origin.column >= 1 && origin.column <= (lines[origin.line - 1]?.length ?? -1)
      })
    )
  }
  holds(t, fc.property(text, isSane), { numRuns: 1000 })
})

t.test('a text written with escapes is read back octet by octet', async t => {
  const survives = (octets: Uint8Array): boolean => {
    const escaped = [...octets].map(octet => `\\${String(octet).padStart(3, '0')}`).join('')
    const [record] = parseZoneFile(`a 300 TXT "${escaped}"`, start).records
    return record?.rdata.kind === 'text' && record.rdata.strings[0]?.equals(octets) === true
  }
  holds(t, fc.property(fc.uint8Array({ maxLength: 255 }), survives))
})

t.test('a quote that is never closed is one error, however long it is', async t => {
  for (const inside of ['x', '\\\\', '\\"', '"x']) {
    const { diagnostics } = parseZoneFile(`a TXT "${inside.repeat(1_000_000)}`, start)
    t.equal(diagnostics.length, 1)
  }
})

t.test('200,000 faults are 200,000 errors', async t => {
  t.equal(parseZoneFile('a TXT "x\n'.repeat(200_000), start).diagnostics.length, 200_000)
})

const times: Record<string, number | undefined> = {
  '0': 0,
  '300': 300,
  '1h30m': 5400,
  '1W1D': 691_200,
  '2147483647': 2_147_483_647,
  '2147483648': undefined,
  '1x': undefined,
  h: undefined,
  '': undefined,
  '-1': undefined,
}

for (const [text, want] of Object.entries(times)) {
  t.test(`"${text}" as a time`, async t => {
    t.equal(parseTtl(text), want)
  })
}

t.test('16 MiB of units are no time', async t => {
  t.equal(parseTtl('0s'.repeat(2 ** 23)), undefined)
})

t.test('data of a record is at most 65,535 octets long', async t => {
  const data = (strings: number, last: number): string =>
    `a TXT ${'a'.repeat(255)}`.concat(` ${'a'.repeat(255)}`.repeat(strings - 2), ` ${'a'.repeat(last)}`)
  t.strictSame(parseZoneFile(data(256, 254), start).diagnostics, [])
  t.match(parseZoneFile(data(256, 255), start).diagnostics, [
    { code: 'zone-syntax', message: 'data of TXT is longer than 65535 octets', origin: { line: 1 } },
  ])
})

const zone = buildZone(
  'example.test',
  'example.test.zone',
  parseZoneFile(
    `@ 300 SOA ns1 hostmaster 1 3600 900 604800 300
@ 300 NS ns1
*.wild 300 A 192.0.2.1
deep.empty 300 A 192.0.2.2
* 300 A 192.0.2.3
cut 300 NS ns.cut
ns.cut 300 A 192.0.2.4
old 300 DNAME new
host.new 300 A 192.0.2.5
Case 300 A 192.0.2.6
`,
    start,
  ).records,
).zone

const lookups: Record<string, { owner: string; type?: string; want: object }> = {
  'a name in another case': { owner: 'cASE.example.test', want: { kind: 'records', records: [{}] } },
  'a name without this type': { owner: 'case.example.test', type: 'AAAA', want: { kind: 'none' } },
  'a wildcard would answer': { owner: 'x.wild.example.test', want: { kind: 'none' } },
  'an empty non-terminal': { owner: 'empty.example.test', want: { kind: 'none' } },
  'the zone cut itself': { owner: 'cut.example.test', want: { kind: 'delegated', cut: 'cut.example.test' } },
  'below the zone cut': {
    owner: 'ns.cut.example.test',
    want: { kind: 'delegated', cut: 'cut.example.test' },
  },
  'NS at the apex is no cut': { owner: 'example.test', type: 'NS', want: { kind: 'records' } },
  'below a DNAME': {
    owner: 'host.old.example.test',
    want: { kind: 'alias', target: 'host.new.example.test' },
  },
  'the owner of a DNAME': { owner: 'old.example.test', want: { kind: 'none' } },
}

for (const [title, { owner, type = 'A', want }] of Object.entries(lookups)) {
  t.test(`look up ${title}`, async t => {
    t.match(lookUpInZone(zone, owner, type), want)
  })
}
