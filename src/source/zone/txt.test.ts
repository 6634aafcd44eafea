import t from 'tap'
import type { ClassName } from '../../model/class-name.ts'
import type { AnswerRecord } from '../dns/answer.ts'
import { joinStrings, MAX_PLACE_OCTETS, readTexts, splitKey, type Text, variableText } from './txt.ts'
import { parseClassTexts } from './txt-class.ts'
import { membershipTexts, parsePlace, type TxtStyle } from './txt-place.ts'

const origin = { kind: 'record', zone: 'example.test', owner: 'web01.example.test', type: 'TXT' } as const
const record = (...strings: readonly (string | Buffer)[]): AnswerRecord => ({
  rdata: { kind: 'text', strings: strings.map(string => Buffer.from(string)) },
  origin,
})
const textOf = (text: string): Text => ({ text, octets: Buffer.byteLength(text), origin })

const full = 'x'.repeat(255)
const joins: Record<string, { strings: string[]; want: string }> = {
  'one string': { strings: ['A B'], want: 'A B' },
  'two strings by a space': { strings: ['A', 'B'], want: 'A B' },
  'a string of 255 octets without one': { strings: [full, 'B'], want: `${full}B` },
  'a string of 254 octets by a space': { strings: [full.slice(1), 'B'], want: `${full.slice(1)} B` },
  'the last string of 255 octets': { strings: ['A', full], want: `A ${full}` },
  'an empty string in between': { strings: ['A', '', 'B'], want: 'A  B' },
  none: { strings: [], want: '' },
}

for (const [title, { strings, want }] of Object.entries(joins)) {
  t.test(`joined: ${title}`, async t => {
    t.equal(joinStrings(strings.map(string => Buffer.from(string))).toString(), want)
  })
}

t.test('255 is counted in octets, not in characters', async t => {
  const string = Buffer.from(`${'x'.repeat(253)}ä`)
  t.equal(joinStrings([string, Buffer.from('B')]).toString(), `${string.toString()}B`)
})

t.test('a record set has no order: texts go by their bytes, identical ones once', async t => {
  const texts = readTexts([record('b'), record('a'), record('B'), record('a'), record('a', 'b')])
  t.strictSame(
    texts.map(({ text }) => text),
    ['B', 'a', 'a b', 'b'],
  )
})

t.test('keys ignore case, and allow no space before the =', async t => {
  t.strictSame(splitKey('FAI=A=B'), { key: 'fai', value: 'A=B' })
  t.strictSame(splitKey('fai =A'), { key: 'fai ', value: 'A' })
  t.equal(splitKey('A B'), undefined)
  t.equal(variableText('VAR.Name=a=b'), 'Name=a=b')
  t.equal(variableText('variable=1'), undefined)
})

const styles: Record<string, { styles: TxtStyle[]; texts: string[]; want: string[] }> = {
  'prefix takes the text behind fai=': {
    styles: ['prefix'],
    texts: ['fai=A', 'Fai=B', 'v=spf1'],
    want: ['A', 'B'],
  },
  'prefix leaves a bare text alone': { styles: ['prefix'], texts: ['KNOWN'], want: [] },
  'prefix keeps a faulty text, which is then an error': {
    styles: ['prefix'],
    texts: ['fai=A,B'],
    want: ['A,B'],
  },
  'bare takes a text of known classes': {
    styles: ['bare'],
    texts: ['10 KNOWN -KNOWN'],
    want: ['10 KNOWN -KNOWN'],
  },
  'bare leaves a text with an unknown class alone': { styles: ['bare'], texts: ['KNOWN OTHER'], want: [] },
  'bare leaves what does not parse alone': { styles: ['bare'], texts: ['KNOWN, OTHER', ''], want: [] },
  'bare does not read fai=': { styles: ['bare'], texts: ['fai=KNOWN'], want: [] },
  'list takes any text but the one behind fai=': {
    styles: ['list'],
    texts: ['DEFAULT KNOWN LAST', 'v=spf1', 'fai=A'],
    want: ['DEFAULT KNOWN LAST', 'v=spf1'],
  },
  'underscore reads nothing at the name itself': {
    styles: ['underscore'],
    texts: ['fai=A', 'KNOWN'],
    want: [],
  },
}

for (const [title, { styles: configured, texts, want }] of Object.entries(styles)) {
  t.test(`style ${title}`, async t => {
    const found = membershipTexts(texts.map(textOf), configured, name => name === ('KNOWN' as ClassName))
    t.strictSame(
      found.map(({ text }) => text),
      want,
    )
  })
}

const lists: Record<string, { text: string; host?: string; want: string[] }> = {
  'short name as the host class': { text: 'DEFAULT FAIBASE WEB web01 LAST', want: ['FAIBASE', 'WEB'] },
  'full name, in another domain': { text: 'DEFAULT WEB web01.example.test LAST', want: ['WEB'] },
  'no host class': { text: 'DEFAULT WEB LAST', want: ['WEB'] },
  'a class that is spelled like the host': {
    text: 'DEFAULT MAIL WEB mail LAST',
    host: 'mail.example.test',
    want: ['MAIL', 'WEB'],
  },
  'a host name of several labels': {
    text: 'DEFAULT WEB web01 LAST',
    host: 'web01.berlin.example.test',
    want: ['WEB'],
  },
  'nothing but what every host has': { text: 'DEFAULT web01 LAST', want: [] },
}

for (const [title, { text, host = 'web01.example.test', want }] of Object.entries(lists)) {
  t.test(`a whole list: ${title}`, async t => {
    const { value, diagnostics, hasMembership } = parsePlace('host', host, [
      { ...textOf(text), isList: true },
    ])
    t.strictSame(
      value?.memberships.map(({ weight, tokens }) => ({ weight, names: tokens.map(({ name }) => name) })),
      [{ weight: 1000, names: want }],
    )
    t.strictSame([diagnostics, hasMembership, value?.variables], [[], true, []])
  })
}

for (const word of ['10', '-WEB', '[WEB]', 'other.example.test', 'var.A=1', 'a,b']) {
  t.test(`no class in a whole list: ${word}`, async t => {
    const text = { ...textOf(`${word} WEB web01 LAST`), isList: true } as const
    const { value, diagnostics } = parsePlace('host', 'web01.example.test', [text])
    t.strictSame(value?.memberships, [])
    t.match(diagnostics, [{ code: 'syntax', message: `list "${text.text}": "${word}" is not a class name` }])
  })
}

const faults: Record<string, { texts: string[]; codes: string[] }> = {
  'a {n} prefix': { texts: ['{0}WEB'], codes: ['syntax'] },
  'fai= below _fai': { texts: ['fai=WEB'], codes: ['syntax'] },
  'requires= at a host': { texts: ['requires=WEB'], codes: ['syntax'] },
  'an empty text': { texts: [''], codes: ['syntax'] },
  'a weight of 65536': { texts: ['65536 WEB'], codes: ['syntax'] },
  'a variable that is refused': { texts: ['var.PATH=/tmp'], codes: ['bad-variable'] },
  'a variable that is not UTF-8': { texts: ['var.A=\uFFFD'], codes: ['bad-variable'] },
  'two texts of one weight': { texts: ['A', 'B'], codes: ['order-ambiguous'] },
  'all of them are reported': { texts: ['A,', 'B,'], codes: ['syntax', 'syntax'] },
}

for (const [title, { texts, codes }] of Object.entries(faults)) {
  t.test(`fault at a host: ${title}`, async t => {
    const { diagnostics } = parsePlace('host', 'web01.example.test', texts.map(textOf))
    t.strictSame(
      diagnostics.map(({ code }) => code),
      codes,
    )
  })
}

t.test('64 KiB of text at one place, and one octet more', async t => {
  const text = (octets: number): Text => ({ text: 'WEB', octets, origin })
  const codes = (octets: number) =>
    parsePlace('host', 'web01', [text(octets)]).diagnostics.map(({ code, message }) => `${code}: ${message}`)
  t.strictSame(codes(MAX_PLACE_OCTETS), [])
  t.strictSame(codes(MAX_PLACE_OCTETS + 1), [
    'place-too-large: web01 holds 65537 octets of text, more than 65536',
  ])
})

t.test('a variable alone is no membership', async t => {
  t.equal(parsePlace('host', 'web01', [textOf('var.A=1')]).hasMembership, false)
  t.equal(parsePlace('host', 'web01', [textOf('A,')]).hasMembership, true)
})

const keys: Record<string, { text: string; codes: string[] }> = {
  'an unknown key': { text: 'needs=WEB', codes: ['unknown-key'] },
  'no key': { text: 'WEB', codes: ['unknown-key'] },
  'a space before the =': { text: 'requires =WEB', codes: ['unknown-key'] },
  'a condition in after=': { text: 'after=[A] B', codes: ['syntax'] },
  'a condition in requires=': { text: 'requires=[A] B', codes: [] },
  '-X in requires=': { text: 'requires=-B', codes: ['syntax'] },
  'an empty description': { text: 'description=', codes: [] },
  'a variable': { text: 'var.A=', codes: [] },
}

for (const [title, { text, codes }] of Object.entries(keys)) {
  t.test(`definition: ${title}`, async t => {
    const { diagnostics } = parseClassTexts('WEB', origin, [textOf(text)])
    t.strictSame(
      diagnostics.map(({ code }) => code),
      codes,
    )
  })
}
