import t from 'tap'
import { catalogOf, type SiteClass } from '../testing/site.ts'
import { checkDefinitions, withoutShown } from './check-definitions.ts'
import { definitionLinks } from './definition-links.ts'

const check = (classes: Record<string, SiteClass>): readonly string[] =>
  checkDefinitions(definitionLinks(catalogOf({ places: [], classes }))).map(
    ({ severity, code, message }) => `${severity} ${code}: ${message}`,
  )

const cases: Record<string, { classes: Record<string, SiteClass>; want: readonly string[] }> = {
  'nothing wrong': {
    classes: { A: { requires: ['B'], after: ['C'], conflicts: ['D'] }, B: { requires: ['C'] } },
    want: [],
  },
  'a cycle of requires': {
    classes: { TOP: { requires: ['A'] }, A: { requires: ['B'] }, B: { requires: ['A'] } },
    want: ['error class-cycle: class cycle: A requires B requires A'],
  },
  'a class that requires itself': {
    classes: { A: { requires: ['A'] } },
    want: ['error class-cycle: class cycle: A requires A'],
  },
  'after against requires': {
    classes: { A: { requires: ['B'] }, B: { after: ['A'] } },
    want: ['error class-cycle: class cycle: A requires B after A'],
  },
  'classes after each other that a third one brings together': {
    classes: { A: { after: ['B'] }, B: { after: ['A'] }, TOP: { requires: ['A B'] } },
    want: ['error class-cycle: class cycle: A after B after A'],
  },
  'classes after each other that nothing brings together': {
    classes: { A: { after: ['B'] }, B: { after: ['A'] } },
    want: ['warning class-cycle: where conditions hold or classes meet: class cycle: A after B after A'],
  },
  'a cycle under a condition': {
    classes: { A: { requires: ['[TEST] B'] }, B: { requires: ['A'] } },
    want: [
      'warning class-cycle: where conditions hold or classes meet: class cycle: A requires B requires A',
    ],
  },
  'a negated condition holds where nothing is asked for, and is one all the same': {
    classes: { A: { requires: ['[!TEST] A'] } },
    want: ['warning class-cycle: where conditions hold or classes meet: class cycle: A requires A'],
  },
  'a class that needs two that exclude each other': {
    classes: {
      TOP: { requires: ['SHOP'] },
      SHOP: { requires: ['WEB DB'] },
      WEB: {},
      DB: { conflicts: ['WEB'] },
    },
    want: ['error class-conflict: DB (SHOP requires DB) conflicts with WEB (SHOP requires WEB)'],
  },
  'spellings differ': {
    classes: { web: { requires: ['B'] }, B: { requires: ['WEB'] } },
    want: ['error class-cycle: class cycle: B requires WEB requires B'],
  },
  'implicit classes have no links': {
    classes: { A: { requires: ['LAST'] }, LAST: { requires: ['A'] } },
    want: [],
  },
}

for (const [name, { classes, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    t.strictSame(check(classes), want)
  })
}

t.test('what hosts show already is not told again', async t => {
  const classes = {
    A: { requires: ['B'] },
    B: { requires: ['A'] },
    C: { requires: ['D E'] },
    D: { conflicts: ['E'] },
  }
  const found = checkDefinitions(definitionLinks(catalogOf({ places: [], classes })))
  t.equal(found.length, 2)
  t.strictSame(withoutShown(found, found), [])
  t.strictSame(withoutShown(found, []), found)
})
