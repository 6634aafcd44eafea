import fc from 'fast-check'
import t from 'tap'
import type { ClassName } from '../model/class-name.ts'
import { holds } from '../testing/property.ts'
import { compareLists, formatChange } from './compare-lists.ts'

const names = (text: string): readonly ClassName[] => text.split(' ').filter(Boolean) as ClassName[]

const rows: readonly (readonly [before: string, after: string, want: string | undefined])[] = [
  ['A B C', 'A B C', undefined],
  ['A B', 'A C B', '+C'],
  ['A B C', 'A C', '-B'],
  ['A B', 'C D', '+C +D -A -B'],
  ['A B C D', 'A C D B', 'B now after D'],
  ['A B C', 'C A B', 'C now first'],
  ['A B C D', 'X D B C', '+X -A, D now after X'],
]

for (const [before, after, want] of rows) {
  t.test(`${before} > ${after}`, async t => {
    const change = compareLists(names(before), names(after))
    t.equal(change && formatChange(change), want)
  })
}

t.test('what did not move has the same order in both, and nothing is forgotten', async t => {
  const list = fc.uniqueArray(fc.constantFrom(...names('A B C D E F G H')))
  holds(
    t,
    fc.property(list, list, (before, after) => {
      const change = compareLists(before, after)
      if (change === undefined) return before.join() === after.join()
      const moved = new Set(change.moved.map(entry => entry.class))
      const stayed = (own: readonly ClassName[], other: readonly ClassName[]) =>
        own.filter(name => other.includes(name) && !moved.has(name)).join()
      return (
        stayed(before, after) === stayed(after, before) &&
        change.added.every(name => !before.includes(name)) &&
        change.removed.every(name => !after.includes(name))
      )
    }),
  )
})
