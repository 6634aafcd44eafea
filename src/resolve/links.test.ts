import t from 'tap'
import type { ClassName } from '../model/class-name.ts'
import { catalogOf, type SiteClass } from '../testing/site.ts'
import { linksOf } from './links.ts'

const A = 'A' as ClassName

/** The links of the class A, and how often a condition asked for a class. */
const read = (definition: SiteClass) => {
  const asked: ClassName[] = []
  const sees = (name: ClassName): boolean => {
    asked.push(name)
    return name === 'YES'
  }
  const catalog = catalogOf({ places: [], classes: { A: definition } })
  return { links: linksOf(A, catalog, { isImplicit: () => false, sees }), asked }
}

const numbered = (count: number): string => Array.from({ length: count }, (_, index) => `S${index}`).join(' ')

t.test('the condition of a string is evaluated once, however many classes it stands before', async t => {
  const { links, asked } = read({ requires: [`[YES] ${numbered(1000)}`, '[NO] B', '[NO] C D'] })
  t.equal(links.requires.length, 1000)
  t.strictSame(
    links.unheld.map(({ to }) => to),
    ['B', 'C', 'D'],
  )
  t.equal(asked.length, 3)
})

t.test('a string that names a class many times is one link; each string is one of its own', async t => {
  const often = Array.from({ length: 1000 }, () => 'B A').join(' ')
  const { links } = read({ requires: [often, '2000 B'], after: [often], conflicts: [often] })
  t.strictSame(
    links.requires.map(({ to }) => to),
    ['B', 'A', 'B'],
  )
  t.equal(links.after.length, 2)
  t.equal(links.conflicts.length, 2)
})
