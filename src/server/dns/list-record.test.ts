import fc from 'fast-check'
import t from 'tap'
import type { ClassName } from '../../model/class-name.ts'
import { holds } from '../../testing/property.ts'
import { decodeLoneRdata } from '../../wire/dns/rdata.ts'
import { encodeList } from './list-record.ts'

const encoded = (classes: readonly string[]): Buffer =>
  Buffer.from(encodeList(classes as readonly ClassName[]), 'latin1')

const stringsOf = (classes: readonly string[]): readonly string[] => {
  const rdata = decodeLoneRdata('TXT', encoded(classes))
  return rdata.kind === 'text' ? rdata.strings.map(String) : []
}

const name = (octets: number): string => 'A'.repeat(octets)

const cases: Record<string, { classes: readonly string[]; lengths: readonly number[] }> = {
  'a short list is one string': { classes: ['DEFAULT', 'WEB', 'web01', 'LAST'], lengths: [22] },
  '254 octets are one string': { classes: [name(63), name(63), name(63), name(62)], lengths: [254] },
  '255 octets are two': { classes: [name(63), name(63), name(63), name(63)], lengths: [191, 63] },
  'a host class of 253 octets has a string of its own': {
    classes: ['DEFAULT', name(253), 'LAST'],
    lengths: [7, 253, 4],
  },
}
for (const [title, { classes, lengths }] of Object.entries(cases)) {
  t.test(title, async t => {
    t.strictSame(
      stringsOf(classes).map(({ length }) => length),
      lengths,
    )
  })
}

t.test('joined by a space the strings are the list, and none has 255 octets', async t => {
  const classes = fc.array(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,62}$/), { minLength: 1, maxLength: 200 })
  holds(
    t,
    fc.property(classes, list => {
      const strings = stringsOf(list)
      return strings.join(' ') === list.join(' ') && strings.every(({ length }) => length <= 254)
    }),
  )
})
