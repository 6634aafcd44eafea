import fc from 'fast-check'
import t from 'tap'
import { holds } from '../testing/property.ts'
import { parseMembership, type StringKind } from './grammar.ts'

const origin = { kind: 'entry', dn: 'cn=web01' } as const

const good: Record<string, { text: string; kind?: StringKind; want: object }> = {
  'one class': { text: 'WEB', want: { weight: 1000, rest: 'WEB', tokens: [{ name: 'WEB', remove: false }] } },
  'several, with tabs and spaces around': {
    text: ' \tFAIBASE  DEBIAN\t',
    want: { tokens: [{ name: 'FAIBASE' }, { name: 'DEBIAN' }] },
  },
  'a removal': { text: '-WEB', want: { tokens: [{ name: 'WEB', remove: true }] } },
  'a weight': { text: '10 WEB', want: { weight: 10, rest: 'WEB' } },
  'the largest weight': { text: '65535 WEB', want: { weight: 65535 } },
  'a class that begins with a digit is no weight': {
    text: '3PAR',
    want: { weight: 1000, tokens: [{ name: '3PAR' }] },
  },
  'a condition': {
    text: '5 [EFI && !(VM||TEST)] GRUB_EFI',
    want: { weight: 5, conditionText: 'EFI && !(VM||TEST)', tokens: [{ name: 'GRUB_EFI' }] },
  },
  'a condition in requires': { kind: 'requires', text: '[EFI] SHIM', want: { conditionText: 'EFI' } },
}

for (const [name, { text, kind = 'membership', want }] of Object.entries(good)) {
  t.test(`${name} parses`, async t => {
    const { value, diagnostics } = parseMembership(kind, text, origin)
    t.strictSame(diagnostics, [])
    t.match(value, want)
  })
}

const bad: Record<string, { text: string; kind?: StringKind; want: RegExp; code?: string }> = {
  'an empty string': { text: ' ', want: /names no class/ },
  'a weight alone': { text: '10', want: /"10" is not a class name/ },
  'a weight above 65535': { text: '65536 WEB', want: /weight 65536 is above 65535/ },
  'a weight of six digits': { text: '000010 WEB', want: /weight 000010 is above 65535/ },
  'a {n} prefix': { text: '{0}WEB', want: /order is given by a weight/ },
  'a name with a dot': { text: 'WEB a.b', want: /"a\.b" is not a class name/ },
  'a comma between names': { text: 'A,B', want: /"A,B" is not a class name/ },
  'a name of 64 octets': { text: 'A'.repeat(64), want: /is not a class name/ },
  'a removal in requires': { kind: 'requires', text: '-WEB', want: /"-WEB" is not a class name/ },
  'a condition in after': { kind: 'after', text: '[A] B', want: /may not hold a condition/ },
  'a condition without its end': { text: '[A B', want: /no closing bracket/ },
  'a condition without a space behind': { text: '[A]B', want: /a space is missing/ },
  'a condition without a class': { text: '[A] ', want: /names no class/ },
  'an empty condition': { text: '[] A', want: /is not an expression/ },
  'a condition with a single ampersand': { text: '[A & B] C', want: /is not an expression/ },
  'a condition nested 65 deep': {
    text: `[${'('.repeat(65)}A${')'.repeat(65)}] B`,
    want: /nested deeper than 64/,
    code: 'condition-too-deep',
  },
}

for (const [name, { text, kind = 'membership', want, code = 'syntax' }] of Object.entries(bad)) {
  t.test(`${name}: ${code} at its place`, async t => {
    const { value, diagnostics } = parseMembership(kind, text, origin)
    t.equal(value, undefined)
    t.match(diagnostics, [{ severity: 'error', code, message: want, origin }])
  })
}

t.test('every bad word of a string is reported', async t => {
  t.equal(parseMembership('membership', 'a.b GOOD c.d', origin).diagnostics.length, 2)
})

t.test('any text ends in a value or in diagnostics', async t => {
  const alphabet = fc.constantFrom(
    'A',
    'b',
    '1',
    ' ',
    '\t',
    '-',
    '_',
    '[',
    ']',
    '(',
    ')',
    '!',
    '&&',
    '||',
    '{',
    '.',
    'ü',
  )
  holds(
    t,
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(alphabet).map(parts => parts.join('')),
      ),
      text => {
        const { value, diagnostics } = parseMembership('membership', text, origin)
        if ((value === undefined) === (diagnostics.length === 0)) throw new Error('neither or both')
      },
    ),
  )
})
