import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../testing/property.ts'
import { ancestorOf, type Dn, foldAttribute, isBelow, parseDn } from './dn.ts'
import { escapeDnValue, foldValue } from './dn-value.ts'

const dnOf = (text: string): Dn => {
  const result = parseDn(text)
  if (!result.ok) throw new Error(`no DN: ${text} at ${result.offset}`)
  return result.dn
}

/** Rows of RFC 4514, section 4, and of what servers accept beside it. */
const good: Record<string, { dn: string; text?: string; normal: string }> = {
  'plain names are folded': {
    dn: 'CN=Web01,OU=Hosts,dc=Example',
    text: 'cn=Web01,ou=Hosts,dc=Example',
    normal: 'cn=web01,ou=hosts,dc=example',
  },
  'blanks around separators do not count': {
    dn: ' cn = a b , dc = test ',
    text: 'cn=a b,dc=test',
    normal: 'cn=a b,dc=test',
  },
  'inner blanks are squeezed': { dn: 'cn=a   b,dc=test', text: 'cn=a   b,dc=test', normal: 'cn=a b,dc=test' },
  'parts of one RDN are sorted': {
    dn: 'ou=Sales+CN=J.  Smith,dc=net',
    text: 'ou=Sales+cn=J.  Smith,dc=net',
    normal: 'cn=j. smith+ou=sales,dc=net',
  },
  'special characters stay escaped': {
    dn: 'CN=James \\"Jim\\" Smith\\, III,DC=net',
    text: 'cn=James \\"Jim\\" Smith\\, III,dc=net',
    normal: 'cn=james \\"jim\\" smith\\, iii,dc=net',
  },
  'a hex pair is the character it stands for': {
    dn: 'cn=a\\2cb\\3D',
    text: 'cn=a\\,b=',
    normal: 'cn=a\\,b=',
  },
  'hex pairs are UTF-8': { dn: 'CN=Lu\\C4\\8Di\\C4\\87', text: 'cn=Lučić', normal: 'cn=lučić' },
  'a #hex string value is the string': {
    dn: '1.3.6.1.4.1.1466.0=#04024869',
    text: '1.3.6.1.4.1.1466.0=Hi',
    normal: '1.3.6.1.4.1.1466.0=hi',
  },
  'another #hex value stays as it is': {
    dn: 'x=#3003020101',
    text: 'x=#3003020101',
    normal: 'x=#3003020101',
  },
  'an escaped # is a character': { dn: 'cn=\\#04024869', text: 'cn=\\#04024869', normal: 'cn=\\#04024869' },
  'escaped outer blanks are kept in the text': {
    dn: 'cn=\\ a\\20 ,dc=x',
    text: 'cn=\\ a\\ ,dc=x',
    normal: 'cn=a,dc=x',
  },
  'a value of one escaped blank': { dn: 'cn=\\ ', text: 'cn=\\ ', normal: 'cn=' },
  'an equals sign may stand in a value': { dn: 'cn=a=b', text: 'cn=a=b', normal: 'cn=a=b' },
  'an empty value is a value': { dn: 'cn=,dc=x', text: 'cn=,dc=x', normal: 'cn=,dc=x' },
  'long names and numbers of types': {
    dn: 'commonName=a,2.5.4.11=b,0.9.2342.19200300.100.1.25=c',
    text: 'cn=a,ou=b,dc=c',
    normal: 'cn=a,ou=b,dc=c',
  },
  'the empty DN': { dn: '', text: '', normal: '' },
}

for (const [name, { dn, text, normal }] of Object.entries(good)) {
  t.test(name, async t => {
    t.equal(dnOf(dn).text, text)
    t.equal(dnOf(dn).normal, normal)
  })
}

const bad: Record<string, { dn: string; offset: number }> = {
  'no equals sign': { dn: 'cn=web01,dc', offset: 9 },
  'a comma at the end': { dn: 'cn=web01,', offset: 9 },
  'a type that begins with a hyphen': { dn: '-cn=web01', offset: 0 },
  'an unescaped quote': { dn: 'cn="web01"', offset: 3 },
  'an unescaped semicolon': { dn: 'cn=a;dc=b', offset: 4 },
  'a backslash before an ordinary letter': { dn: 'cn=a\\x', offset: 4 },
  'a backslash at the end': { dn: 'cn=a\\', offset: 4 },
  'hex pairs that are not UTF-8': { dn: 'cn=a\\ff', offset: 4 },
  'an odd number of hex digits': { dn: 'cn=#040,dc=x', offset: 6 },
  'a NUL': { dn: 'cn=a\0', offset: 4 },
}

for (const [name, { dn, offset }] of Object.entries(bad)) {
  t.test(`${name}: no DN from offset ${offset}`, async t => {
    t.strictSame(parseDn(dn), { ok: false, offset })
  })
}

t.test('a DN of 256 RDNs is one, and of 257 is none', async t => {
  const deep = (count: number) => parseDn(Array.from({ length: count }, () => 'dc=a').join(','))
  t.match(deep(256), { ok: true })
  t.match(deep(257), { ok: false })
})

t.test('an entry is below its base and below itself, not below a namesake of it', async t => {
  const base = dnOf('dc=example,dc=test')
  t.equal(isBelow(dnOf('cn=a,DC=Example, dc=test'), base), true)
  t.equal(isBelow(base, base), true)
  t.equal(isBelow(dnOf('dc=test'), base), false)
  t.equal(isBelow(dnOf('cn=a,dc=anexample,dc=test'), base), false)
})

t.test('ancestors are the last RDNs', async t => {
  const host = dnOf('cn=a,ou=b,dc=c')
  t.equal(ancestorOf(host, 2).text, 'ou=b,dc=c')
  t.equal(ancestorOf(host, 9).text, 'cn=a,ou=b,dc=c')
})

t.test('attribute options do not count', async t => {
  t.equal(foldAttribute('faiMembership;lang-en'), 'faimembership')
  t.equal(foldAttribute('CommonName'), 'cn')
})

const unicode = fc.string({ unit: 'binary', maxLength: 20 })
const rdn = fc.tuple(fc.constantFrom('cn', 'OU', 'dc', '2.5.4.3'), unicode)

t.test('any value comes back from its escaped form', async t => {
  holds(
    t,
    fc.property(fc.array(rdn, { minLength: 1, maxLength: 4 }), rdns => {
      const written = rdns.map(([type, value]) => `${type}=${escapeDnValue(value)}`).join(',')
      const values = dnOf(written).rdns.map(({ parts }) => parts[0]?.value)
      return JSON.stringify(values) === JSON.stringify(rdns.map(([, value]) => value))
    }),
  )
})

t.test('normalizing twice is normalizing once, and the text has the same normal form', async t => {
  holds(
    t,
    fc.property(fc.array(rdn, { minLength: 1, maxLength: 4 }), rdns => {
      const dn = dnOf(rdns.map(([type, value]) => `${type}=${escapeDnValue(value)}`).join(','))
      return dnOf(dn.normal).normal === dn.normal && dnOf(dn.text).normal === dn.normal
    }),
    { numRuns: 1000 },
  )
})

t.test('every value can be written in hex pairs', async t => {
  holds(
    t,
    fc.property(unicode, value => {
      const pairs = [...Buffer.from(value)].map(byte => `\\${byte.toString(16).padStart(2, '0')}`).join('')
      return dnOf(`cn=${pairs}`).normal === `cn=${escapeDnValue(foldValue(value))}`
    }),
  )
})

t.test('parents that are known already change nothing', async t => {
  const known = new Map<string, Dn>()
  const words = fc.array(fc.constantFrom('cn=a', 'dc=x', 'OU = B', ',', '+', ' ', ''), { maxLength: 9 })
  holds(
    t,
    fc.property(words, pieces => {
      const text = pieces.join('')
      return JSON.stringify(parseDn(text, known)) === JSON.stringify(parseDn(text))
    }),
    { numRuns: 2000 },
  )
})

t.test('any text is a DN or a fault within it, never a throw', async t => {
  const pieces = fc.constantFrom('cn', '=', ',', '+', '\\', '#', ' ', 'a', '"', ';', '41', '\0', 'é')
  holds(
    t,
    fc.property(fc.array(pieces, { maxLength: 20 }), words => {
      const text = words.join('')
      const result = parseDn(text)
      return result.ok || (result.offset >= 0 && result.offset <= text.length)
    }),
    { numRuns: 2000 },
  )
})
