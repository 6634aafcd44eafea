import t from 'tap'
import { choosePointer, mostSpecific } from './pointer.ts'

const ADDRESS = '192.0.2.11'
const NAME = '11.2.0.192.in-addr.arpa'
const ZONE = '2.0.192.in-addr.arpa'
const PART = '0/26.2.0.192.in-addr.arpa'
const inZone = { owner: NAME, zone: ZONE }
const inPart = { owner: `11.${PART}`, zone: PART }
const nowhere = { owner: NAME, reason: 'nobody knows' }

type Row = {
  given: readonly string[] | undefined
  found: typeof inZone | typeof nowhere
  want: { owner: string; zone: string } | RegExp
}

const rows: Record<string, Row> = {
  'left to the zones: the one found': { given: undefined, found: inZone, want: inZone },
  'left to the zones, behind an alias: the classless one': { given: undefined, found: inPart, want: inPart },
  'left to the zones, none found': { given: undefined, found: nowhere, want: /no PTR record: nobody knows$/ },
  'named and found': { given: [ZONE], found: inZone, want: inZone },
  'named and found behind an alias, below the one named': { given: [ZONE], found: inPart, want: inPart },
  'named and not found: the one named': { given: [ZONE], found: nowhere, want: inZone },
  'the most specific of those named, whatever is found above it': {
    given: ['192.in-addr.arpa', ZONE.toUpperCase()],
    found: { owner: NAME, zone: '192.in-addr.arpa' },
    want: inZone,
  },
  'in none of those named': {
    given: ['100.51.198.in-addr.arpa'],
    found: inZone,
    want: /^192\.0\.2\.11 gets no PTR record: no zone of register\.reverse holds 11\.2\.0\.192\.in-addr\.arpa$/,
  },
  'an alias to none of those named': {
    given: [ZONE],
    found: { owner: 'web01.example.test', zone: 'example.test' },
    want: /holds web01\.example\.test, to which 11\.2\.0\.192\.in-addr\.arpa is an alias$/,
  },
  'none named': { given: [], found: inZone, want: /no zone of register\.reverse holds/ },
}

for (const [title, { given, found, want }] of Object.entries(rows)) {
  t.test(title, async t => {
    const { value, diagnostics } = choosePointer({ address: ADDRESS, found, given })
    if (want instanceof RegExp) {
      t.equal(value, undefined)
      t.match(diagnostics, [{ severity: 'warning', code: 'reverse-zone-missing', message: want }])
    } else {
      t.strictSame(value, { address: ADDRESS, ...want })
      t.strictSame(diagnostics, [])
    }
  })
}

t.test('a zone does not hold a name that only ends alike', async t => {
  t.equal(mostSpecific('1.12.0.192.in-addr.arpa', [ZONE]), undefined)
})
