import fc from 'fast-check'
import t from 'tap'
import { holds } from '../testing/property.ts'
import { nearestHint, nearestName } from './nearest.ts'

t.test('the nearest known name, ignoring case', async t => {
  t.equal(nearestName('NGIMX', ['APACHE', 'NGINX', 'NGINX_OLD']), 'NGINX')
  t.equal(nearestName('web', ['DB', 'WEB']), 'WEB')
  t.equal(nearestName('paht', ['zone', 'path']), 'path')
})

t.test('no name where more than a third differs', async t => {
  t.equal(nearestName('NGINX', ['APACHE', 'PHP']), undefined)
})

t.test('a hint for people, or nothing', async t => {
  t.equal(nearestHint('paht', ['zone', 'path'], 'key'), ' (nearest known key: "path")')
  t.equal(nearestHint('NGINX', ['APACHE']), '')
})

t.test(
  'of equally near names the first one, and two neighbours that changed places are one edit',
  async t => {
    t.equal(nearestName('WEB', ['WEC', 'WED']), 'WEC')
    t.equal(nearestName('PHP', ['PPH', 'PHQQ']), 'PPH')
  },
)

t.test('no name where there are more than five edits, however long it is', async t => {
  const long = 'X'.repeat(58)
  t.equal(nearestName(`${long}12345`, [`${long}abcde`]), `${long}abcde`)
  t.equal(nearestName(`${long}123456`, [`${long}abcdef`]), undefined)
})

/** Optimal string alignment over the whole matrix. */
const distance = (a: string, b: string): number => {
  const rows: number[][] = []
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = []
    rows.push(row)
    for (let j = 0; j <= b.length; j++) {
      const substituted = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(i + j === 0 ? 0 : Math.min(substituted, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1))
    }
  }
  return at(a.length, b.length)
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 20 })

t.test('the nearest is the one that the whole matrix of edits says', async t => {
  holds(
    t,
    fc.property(word, fc.array(word, { maxLength: 4 }), (wanted, known) => {
      const limit = Math.min(5, Math.max(1, Math.floor(wanted.length / 3)))
      const distances = known.map(name => distance(wanted, name))
      const least = Math.min(...distances)
      const want = least > limit ? undefined : known[distances.indexOf(least)]
      return nearestName(wanted, known) === want
    }),
    { numRuns: 2000 },
  )
})
