import t from 'tap'
import { type Membership, parseMembership } from './grammar.ts'
import { orderMemberships } from './place.ts'

const origin = {
  kind: 'record',
  zone: 'example.test',
  owner: '_fai.web01.example.test',
  type: 'TXT',
} as const

const membershipsOf = (texts: readonly string[]): Membership[] =>
  texts.flatMap(text => parseMembership('membership', text, origin).value ?? [])

const cases: Record<string, { texts: string[]; want: string[]; warnings: number }> = {
  'lower weight first, 1000 where none is written': {
    texts: ['LATE', '10 EARLY', '2000 LAST2'],
    want: ['EARLY', 'LATE', 'LAST2'],
    warnings: 0,
  },
  'equal weights by the bytes of the rest, with a warning': {
    texts: ['B', 'A'],
    want: ['A', 'B'],
    warnings: 1,
  },
  'bytes, not the alphabet': { texts: ['a', 'B'], want: ['B', 'a'], warnings: 1 },
  'identical strings count once and are not ambiguous': { texts: ['A B', 'A B'], want: ['A B'], warnings: 0 },
  'one weight gives one warning': { texts: ['C', 'B', 'A'], want: ['A', 'B', 'C'], warnings: 1 },
  'each ambiguous weight gives its own': {
    texts: ['1 A', '1 B', '2 C', '2 D'],
    want: ['A', 'B', 'C', 'D'],
    warnings: 2,
  },
  'a condition is part of the string': { texts: ['[X] A', 'A'], want: ['A', '[X] A'], warnings: 1 },
  nothing: { texts: [], want: [], warnings: 0 },
}

for (const [name, { texts, want, warnings }] of Object.entries(cases)) {
  t.test(name, async t => {
    const { value, diagnostics } = orderMemberships(membershipsOf(texts))
    t.strictSame(
      value?.map(({ rest }) => rest),
      want,
    )
    t.strictSame(
      diagnostics.map(({ severity, code }) => `${severity} ${code}`),
      Array(warnings).fill('warning order-ambiguous'),
    )
  })
}

t.test('the order of the input does not matter', async t => {
  const forward = orderMemberships(membershipsOf(['B', '1 C', 'A']))
  const backward = orderMemberships(membershipsOf(['A', '1 C', 'B']))
  t.strictSame(forward, backward)
})
