import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import t from 'tap'
import { formatDiagnostic } from '../../diagnostic/format.ts'
import { matchGolden } from '../../testing/golden.ts'
import { holds } from '../../testing/property.ts'
import { ROOT } from '../../testing/test-files.ts'
import { type Entry, textsOf } from './entry.ts'
import { parseLdif } from './ldif.ts'

const parse = (text: string): ReturnType<typeof parseLdif> => parseLdif(Buffer.from(text), 'a.ldif')
const attributesOf = (entry: Entry | undefined): Record<string, readonly string[]> =>
  Object.fromEntries(
    [...(entry?.attributes ?? [])].map(([name, values]) => [name, values.map(({ text }) => text)]),
  )

/** Each is one entry `cn=a` with these attributes. */
const forms: Record<string, { text: string; want: Record<string, readonly string[]> }> = {
  'one attribute with two values': { text: 'dn: cn=a\ncn: a\ncn: b\n', want: { cn: ['a', 'b'] } },
  'lines that end in CR LF': { text: 'dn: cn=a\r\ncn: a\r\n\r\n', want: { cn: ['a'] } },
  'no newline at the end': { text: 'dn: cn=a\ncn: a', want: { cn: ['a'] } },
  'a version line': { text: 'version: 1\ndn: cn=a\ncn: a\n', want: { cn: ['a'] } },
  'a version line of its own block': { text: 'version: 1\n\n\ndn: cn=a\ncn: a\n', want: { cn: ['a'] } },
  'a folded value loses one blank': { text: 'dn: cn=a\ncn: on\n  e\n', want: { cn: ['on e'] } },
  'a folded name': { text: 'dn: cn=a\ndescrip\n tion: x\n', want: { description: ['x'] } },
  'comments, folded too': { text: '# one\n dn: cn=b\ndn: cn=a\n#x\ncn: a\n# y\n z\n', want: { cn: ['a'] } },
  'no blank after the colon': { text: 'dn:cn=a\ncn:a\n', want: { cn: ['a'] } },
  'many blanks after the colon': { text: 'dn:   cn=a\ncn:    a\n', want: { cn: ['a'] } },
  'an empty value': { text: 'dn: cn=a\ndescription:\n', want: { description: [''] } },
  'base64 of UTF-8': { text: 'dn:: Y249YQ==\ncn:: R3LDvMOfZQ==\n', want: { cn: ['Grüße'] } },
  'UTF-8 written as it is': { text: 'dn: cn=a\ncn: Grüße\n', want: { cn: ['Grüße'] } },
  'options and long names of attributes': {
    text: 'dn: cn=a\ncommonName;lang-en: x\nfaiMembership: y\n',
    want: { cn: ['x'], faimembership: ['y'] },
  },
  'a byte order mark': { text: '\ufeffdn: cn=a\ncn: a\n', want: { cn: ['a'] } },
}

for (const [name, { text, want }] of Object.entries(forms)) {
  t.test(name, async t => {
    const { value, diagnostics } = parse(text)
    t.strictSame(diagnostics, [])
    t.equal(value?.length, 1)
    t.equal(value?.[0]?.dn.normal, 'cn=a')
    t.strictSame(attributesOf(value?.[0]), want)
  })
}

t.test('entries and values know their lines', async t => {
  const { value } = parse('version: 1\n\n# c\ndn: cn=a\ncn: a\ndescription: lo\n ng\ncn: b\n')
  t.strictSame(value?.[0]?.origin, { kind: 'entry', dn: 'cn=a', path: 'a.ldif', line: 4 })
  t.strictSame(value?.[0]?.attributes.get('cn'), [
    { text: 'a', line: 5 },
    { text: 'b', line: 8 },
  ])
})

t.test('a value that is no UTF-8 is marked and hurts nobody', async t => {
  const { value, diagnostics } = parse('dn: cn=a\ncn: a\njpegPhoto:: /9j/4A==\n')
  t.strictSame(diagnostics, [])
  t.match(value?.[0]?.attributes.get('jpegphoto'), [{ binary: true, line: 3 }])
})

t.test('a fold inside of a UTF-8 sequence', async t => {
  const bytes = Buffer.concat([
    Buffer.from('dn: cn=a\ncn: \u00e9'.slice(0, -1)),
    Buffer.from([0xc3, 10, 32, 0xa9, 10]),
  ])
  const { value } = parseLdif(bytes, 'a.ldif')
  t.strictSame(
    value?.map(entry => textsOf(entry, 'cn')),
    [['é']],
  )
})

t.test('every fault is reported at its line, and then there are no entries', async t => {
  const path = 'fixtures/ldif/faults/directory.ldif'
  const { value, diagnostics } = parseLdif(await readFile(`${ROOT}${path}`), path)
  t.equal(value, undefined)
  await matchGolden(
    t,
    'fixtures/ldif/faults/expected.txt',
    `${diagnostics.map(formatDiagnostic).join('\n')}\n`,
  )
})

t.test('an empty file has no entries', async t => {
  t.strictSame(parse(''), { value: [], diagnostics: [] })
})

const name = fc.constantFrom('cn', 'description', 'faiMembership', 'o')
const records = fc.array(
  fc.array(fc.tuple(name, fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 5 }),
  {
    maxLength: 5,
  },
)

t.test('what is written in base64 and folded anywhere is read back', async t => {
  holds(
    t,
    fc.property(records, fc.integer({ min: 1, max: 80 }), (wanted, width) => {
      const fold = (line: string): string => line.replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n ')
      const text = wanted
        .map((values, index) =>
          [
            `dn: cn=${index}`,
            ...values.map(([name, value]) => `${name}:: ${Buffer.from(value).toString('base64')}`),
          ]
            .map(fold)
            .join('\n'),
        )
        .join('\n\n')
      const read = parse(text).value?.map(entry =>
        [...entry.attributes.values()]
          .flat()
          .map(({ text }) => text)
          .sort(),
      )
      // A byte order mark at the front of a value is dropped when it is decoded.
      const bare = wanted.map(values => values.map(([, value]) => value.replace(/^\ufeff/, '')).sort())
      return JSON.stringify(read) === JSON.stringify(bare)
    }),
  )
})

t.test('any text gives entries or faults within its lines, never a throw', async t => {
  const pieces = fc.constantFrom(
    'dn: cn=a',
    'cn: b',
    '\n',
    '\n\n',
    '\r\n',
    ' ',
    '#',
    ':',
    '::',
    '<',
    'é',
    '-',
    '=',
  )
  holds(
    t,
    fc.property(fc.array(pieces, { maxLength: 20 }), words => {
      const text = words.join('')
      const { value, diagnostics } = parse(text)
      const lines = text.split('\n').length
      const isWithin = diagnostics.every(
        ({ origin }) => origin.kind === 'file' && (origin.line ?? 0) >= 1 && (origin.line ?? 0) <= lines,
      )
      return isWithin && (value === undefined) === diagnostics.length > 0
    }),
    { numRuns: 2000 },
  )
})

/** Steps of the parser for each octet. */
const stepsPerOctet = (text: string): number => {
  let steps = 0
  parseLdif(Buffer.from(text), 'a.ldif', count => {
    steps += count
  })
  return steps / text.length
}

t.test('long folded values and many entries take as many steps an octet as short and few ones', async t => {
  const folded = (lines: number): string => `dn: cn=a\ndescription: ${'x\n '.repeat(lines)}\n`
  const entries = (count: number): string =>
    Array.from({ length: count }, (_, index) => `dn: cn=${index},dc=x\ncn: ${index}\n`).join('\n')
  t.equal(parse(folded(300_000)).value?.length, 1)
  t.equal(parse(entries(20_000)).value?.length, 20_000)
  for (const text of [folded, entries]) {
    const [few, many] = [stepsPerOctet(text(100)), stepsPerOctet(text(20_000))]
    t.ok(many > 0 && many < 1.2 * few, `${many} beside ${few}`)
  }
})
