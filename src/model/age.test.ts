import t from 'tap'
import { formatAge, parseAge } from './age.ts'

const ages: Record<string, number | undefined> = {
  '7d': 604_800_000,
  '12h': 43_200_000,
  '30min': 1_800_000,
  '30m': 1_800_000,
  '90 s': 90_000,
  '7': undefined,
  '-1d': undefined,
  '1w': undefined,
}

for (const [text, want] of Object.entries(ages)) {
  t.test(`"${text}" is ${want === undefined ? 'no age' : `${want} ms`}`, async t => {
    t.equal(parseAge(text), want)
  })
}

t.test('an age reads in its largest whole unit', async t => {
  t.strictSame([999, 1000, 61_000, 7_300_000, 200_000_000].map(formatAge), [
    '0 s',
    '1 s',
    '1 min',
    '2 h',
    '2 d',
  ])
})
