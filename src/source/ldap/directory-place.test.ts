import t from 'tap'
import { entryOf } from '../../testing/entries.ts'
import { definitionOf } from './directory-class.ts'
import { placeOf, saysAnything } from './directory-place.ts'

t.test(
  'values in any order are read by weight, then by bytes, with one warning for equal weights',
  async t => {
    const texts = ['20 B', '10 X', 'A', '20 A', '20 A ']
    for (const order of [texts, texts.toReversed()]) {
      const place = placeOf(
        'host',
        entryOf('cn=a', 'faiMember', ...order.map(text => `faiMembership: ${text}`)),
      )
      t.strictSame(
        place.value.memberships.map(({ weight, rest }) => `${weight} ${rest}`.trim()),
        ['10 X', '20 A', '20 A', '20 B', '1000 A'],
      )
      t.match(place.diagnostics, [
        { code: 'order-ambiguous', origin: { dn: 'cn=a,dc=x', attribute: 'faiMembership' } },
      ])
    }
  },
)

/** One value each; the code of its error. */
const faults: Record<string, { line: string; code: string; message: RegExp }> = {
  'a {n} prefix': { line: 'faiMembership: {0}WEB', code: 'syntax', message: /use|weight/ },
  'a value that is no UTF-8': { line: 'faiMembership:: V0VC/w==', code: 'syntax', message: /class name/ },
  'a variable that is no UTF-8': {
    line: 'faiVariableSetting:: QT3/',
    code: 'bad-variable',
    message: /UTF-8/,
  },
  'a variable with a NUL': { line: 'faiVariableSetting:: QT0A', code: 'bad-variable', message: /NUL/ },
  'a variable that FAI sets': {
    line: 'faiVariableSetting: target=/',
    code: 'bad-variable',
    message: /target/,
  },
  'more than 64 KiB at one place': {
    line: `faiVariableSetting: A=${'x'.repeat(65_535)}`,
    code: 'place-too-large',
    message: /65536/,
  },
}

for (const [name, { line, code, message }] of Object.entries(faults)) {
  t.test(`${name}: ${code}`, async t => {
    const place = placeOf('host', entryOf('cn=a', 'faiMember', line))
    t.match(place.diagnostics, [
      { severity: 'error', code, message, origin: { kind: 'entry', dn: 'cn=a,dc=x', path: 'test.ldif' } },
    ])
    t.equal(place.diagnostics.length, 1)
    t.equal(saysAnything(place), true)
  })
}

t.test('64 KiB at one place are allowed, and an entry without values says nothing', async t => {
  const line = `faiVariableSetting: A=${'x'.repeat(65_534)}`
  t.strictSame(placeOf('host', entryOf('cn=a', 'faiMember', line)).diagnostics, [])
  t.equal(saysAnything(placeOf('path', entryOf('ou=a', 'organizationalUnit', 'ou: a'))), false)
})

t.test('a class entry is a definition; each attribute is a place of its own', async t => {
  const lines = [
    'cn: WEB',
    'faiRequires: B',
    'faiRequires: 10 [EFI] A',
    'faiAfter: C',
    'faiConflicts: D',
    'faiVariableSetting: P=1',
  ]
  const definition = definitionOf(entryOf('cn=WEB', 'faiClassEntry', ...lines, 'description: serves'), 'WEB')
  t.strictSame(definition.diagnostics, [])
  t.match(definition, {
    name: 'WEB',
    requires: [{ weight: 10, conditionText: 'EFI' }, { rest: 'B' }],
    after: [{ rest: 'C' }],
    conflicts: [{ rest: 'D' }],
    variables: [{ name: 'P', value: '1' }],
    description: 'serves',
    origin: { dn: 'cn=WEB,dc=x', line: 1 },
  })
})

t.test('a class entry with two names, or a condition where none may stand, carries its errors', async t => {
  const entry = entryOf('cn=A', 'faiClassEntry', 'cn: A', 'cn: B', 'faiAfter: [X] C', 'faiConflicts: -D')
  t.strictSame(
    definitionOf(entry, 'A').diagnostics.map(({ code }) => code),
    ['syntax', 'syntax', 'syntax'],
  )
})
