import fc from 'fast-check'
import t from 'tap'
import { holds } from '../testing/property.ts'
import { shareColumns } from './disk-bars.ts'

t.test('pieces share the width in proportion', async t => {
  t.strictSame(shareColumns([1]), [72])
  t.strictSame(shareColumns([1, 1]), [36, 35])
  t.strictSame(shareColumns([1, 1_000_000, 1]), [3, 64, 3])
  t.strictSame(shareColumns([]), [])
})

t.test('no piece is too narrow to be seen, and the bar is as wide as all others', async t => {
  const sizes = fc.array(fc.integer({ min: 1, max: 2 ** 45 }), { minLength: 1, maxLength: 18 })
  const property = fc.property(sizes, sizes => {
    const columns = shareColumns(sizes)
    const isSeen = columns.every(count => count >= 3)
    return isSeen && columns.reduce((sum, count) => sum + count, sizes.length - 1) === 72
  })
  holds(t, property)
})
