import t from 'tap'
import { type Condition, parseCondition } from '../model/condition.ts'
import type { Membership } from '../model/grammar.ts'
import { assignmentOf } from '../testing/site.ts'
import { collectSeeds } from './seeds.ts'

/** The string with a condition that counts how often it is looked at. */
const counted = (string: Membership, text: string, count: () => void): Membership => {
  const parsed = parseCondition(text)
  if (!parsed.ok) throw new Error(text)
  const condition = new Proxy<Condition>(parsed.condition, {
    get: (target, key) => {
      if (key === 'kind') count()
      return Reflect.get(target, key)
    },
  })
  return { ...string, condition, conditionText: text }
}

t.test('the condition of a string is evaluated once, whether it holds or not', async t => {
  const assignment = assignmentOf({ places: [['10 YES', '20 A B', '30 C D C']] })
  const [first] = assignment.records
  const [place] = first?.record.places ?? []
  const [yes, one, other] = place?.memberships ?? []
  if (!first || !place || !yes || !one || !other) throw new Error('the site is not what it was')
  let looks = 0
  const count = (): void => {
    looks++
  }
  const memberships = [yes, counted(one, 'YES', count), counted(other, 'NO', count)]
  const records = [{ ...first, record: { ...first.record, places: [{ ...place, memberships }] } }]
  const { seeds, refusals } = collectSeeds({ ...assignment, records })
  t.strictSame(
    seeds.map(({ name }) => name),
    ['YES', 'A', 'B'],
  )
  t.strictSame(
    refusals.map(refusal => [refusal.class, refusal.reason]),
    [
      ['C', 'condition'],
      ['D', 'condition'],
    ],
  )
  t.equal(looks, 2)
})
