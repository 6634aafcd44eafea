import fc from 'fast-check'
import t from 'tap'
import { canonicalIpAddress, formatIpAddress, parseIpAddress } from './ip-address.ts'

const cases: Record<string, { text: string; want: string | undefined }> = {
  dotted: { text: '192.0.2.1', want: '192.0.2.1' },
  'octet above 255': { text: '192.0.2.256', want: undefined },
  'a leading zero': { text: '192.0.2.01', want: undefined },
  'three octets': { text: '192.0.2', want: undefined },
  'lower case and shortest': { text: '2001:DB8:0:0:0:0:0:1', want: '2001:db8::1' },
  'the longest run of zeros': { text: '2001:0:0:1:0:0:0:1', want: '2001:0:0:1::1' },
  'one zero group is written': { text: '2001:db8:0:1:1:1:1:1', want: '2001:db8:0:1:1:1:1:1' },
  'all zeros': { text: '::', want: '::' },
  'zeros at the end': { text: '2001:db8::', want: '2001:db8::' },
  'dotted tail': { text: '64:ff9b::192.0.2.1', want: '64:ff9b::c000:201' },
  'two gaps': { text: '1::2::3', want: undefined },
  'seven groups': { text: '1:2:3:4:5:6:7', want: undefined },
  'nine groups': { text: '1:2:3:4:5:6:7:8:9', want: undefined },
  'a gap for nothing': { text: '1:2:3:4::5:6:7:8', want: undefined },
  'a colon in front': { text: ':1:2:3:4:5:6:7', want: undefined },
  'a zone index': { text: 'fe80::1%eth0', want: undefined },
}

for (const [title, { text, want }] of Object.entries(cases)) {
  t.test(title, async t => {
    t.equal(canonicalIpAddress(text), want)
  })
}

t.test('any 16 octets survive being written and read', async t => {
  const zeros = fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 })
  const survives = (octets: number[]): boolean =>
    parseIpAddress(formatIpAddress(Buffer.from(octets)))?.equals(Buffer.from(octets)) === true
  t.doesNotThrow(() => fc.assert(fc.property(zeros, survives)))
})
