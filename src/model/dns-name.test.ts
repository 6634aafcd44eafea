import fc from 'fast-check'
import t from 'tap'
import {
  dnsLabels,
  formatDnsLabel,
  isAtOrBelow,
  namesDownTo,
  parentName,
  parseDnsLabel,
  parseDnsName,
  toWireName,
} from './dns-name.ts'

const LONGEST = `${`${'a'.repeat(63)}.`.repeat(3)}${'a'.repeat(61)}`

const names: Record<string, { text: string; want: string | undefined }> = {
  'a dot at the end is taken off': { text: 'web01.example.test.', want: 'web01.example.test' },
  'the root is empty': { text: '.', want: '' },
  'a dot inside a label stays escaped': { text: 'a\\.b.example.test', want: 'a\\.b.example.test' },
  'a needless escape goes': { text: '\\w\\101b.test', want: 'web.test' },
  'a space becomes decimal': { text: 'a\\ b.test', want: 'a\\032b.test' },
  'an empty label is none': { text: 'a..b', want: undefined },
  'an empty text is none': { text: '', want: undefined },
  'octet 256 is none': { text: '\\256.test', want: undefined },
  'a backslash at the end is none': { text: 'a\\', want: undefined },
  'a label of 63 octets': { text: 'a'.repeat(63), want: 'a'.repeat(63) },
  'a label of 64 octets is none': { text: 'a'.repeat(64), want: undefined },
  'a name of 255 octets': { text: LONGEST, want: LONGEST },
  'a name of 255 octets and a dot': { text: `${LONGEST}.`, want: LONGEST },
  'a name of one octet more is none': { text: `${LONGEST}a`, want: undefined },
  'an upper case letter and a wildcard stay': { text: '*.Web_1.test', want: '*.Web_1.test' },
  'a name of 256 octets is none': { text: Array(4).fill('a'.repeat(63)).join('.'), want: undefined },
}

for (const [title, { text, want }] of Object.entries(names)) {
  t.test(title, async t => {
    t.equal(parseDnsName(text), want)
  })
}

const below: Record<string, { name: string; ancestor: string; want: boolean }> = {
  'the name itself': { name: 'Example.Test', ancestor: 'example.test', want: true },
  'a name below': { name: 'a.b.example.test', ancestor: 'example.test', want: true },
  'another name that ends alike': { name: 'myexample.test', ancestor: 'example.test', want: false },
  'an escaped dot is no border': { name: 'a\\.example.test', ancestor: 'example.test', want: false },
  'an escaped backslash before a border': {
    name: 'a\\\\.example.test',
    ancestor: 'example.test',
    want: true,
  },
  'everything is below the root': { name: 'a', ancestor: '', want: true },
}

for (const [title, { name, ancestor, want }] of Object.entries(below)) {
  t.test(`below: ${title}`, async t => {
    t.equal(isAtOrBelow(name, ancestor), want)
  })
}

t.test('names from the apex down', async t => {
  t.strictSame(namesDownTo('a.b.example.test', 'example.test'), [
    'example.test',
    'b.example.test',
    'a.b.example.test',
  ])
  t.strictSame(namesDownTo('example.org', 'example.test'), [])
  t.equal(parentName('a\\.b.test'), 'test')
  t.equal(parentName('test'), '')
  t.equal(parentName(''), undefined)
})

t.test('on the wire', async t => {
  t.equal(toWireName('ab.c').toString('hex'), '026162016300')
  t.equal(toWireName('').toString('hex'), '00')
})

t.test('any label survives being written and read', async t => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 63 }), octets => {
      const text = formatDnsLabel(Buffer.from(octets))
      t.ok(parseDnsLabel(text)?.equals(octets))
      t.strictSame(dnsLabels(`${text}.test`), [text, 'test'])
      return parseDnsName(text) === text
    }),
    { numRuns: 200 },
  )
})
