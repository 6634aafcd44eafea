import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../testing/property.ts'
import { orderGroups } from './directory-group-order.ts'

/** Index is the order of DNs; `contains[i]` are the groups that group i holds. */
const cases: Record<string, { contains: number[][]; order: number[]; cycles?: number[][] }> = {
  'no groups': { contains: [], order: [] },
  'groups that have nothing to do with each other: by DN': { contains: [[], [], []], order: [0, 1, 2] },
  'a containing group first': { contains: [[], [0]], order: [1, 0] },
  'a chain against the order of DNs': { contains: [[], [0], [1]], order: [2, 1, 0] },
  'contained in two: after both': { contains: [[], [0], [0]], order: [1, 2, 0] },
  'two that hold each other: by DN': { contains: [[1], [0]], order: [0, 1], cycles: [[0, 1]] },
  'a cycle is not in the way of others': { contains: [[2], [], [0]], order: [0, 1, 2], cycles: [[0, 2]] },
  'contained in a cycle: after all of it': {
    contains: [[], [0, 2], [1]],
    order: [1, 2, 0],
    cycles: [[1, 2]],
  },
  'a cycle contained in a group: after it': { contains: [[1], [0], [0]], order: [2, 0, 1], cycles: [[0, 1]] },
  'a group that holds itself': { contains: [[0], []], order: [0, 1], cycles: [[0]] },
}

for (const [name, { contains, order, cycles = [] }] of Object.entries(cases)) {
  t.test(name, async t => {
    t.strictSame(orderGroups(contains), { order, cycles })
  })
}

const graph = fc
  .integer({ min: 1, max: 12 })
  .chain(size =>
    fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }),
  )

t.test(
  'each group once, containing ones first but for cycles, and cycles as plain reachability says',
  async t => {
    holds(
      t,
      fc.property(graph, contains => {
        const reach = contains.map((_, from) => {
          const seen = new Set(contains[from])
          for (const node of seen) for (const next of contains[node] ?? []) seen.add(next)
          return seen
        })
        const { order, cycles } = orderGroups(contains)
        const inCycle = contains.flatMap((_, node) => (reach[node]?.has(node) ? [node] : []))
        const isOrdered = order.every((node, at) =>
          order.slice(at + 1).every(later => !reach[later]?.has(node) || reach[node]?.has(later) === true),
        )
        return (
          isOrdered &&
          JSON.stringify([...order].sort((a, b) => a - b)) ===
            JSON.stringify(contains.map((_, node) => node)) &&
          JSON.stringify(cycles.flat().sort((a, b) => a - b)) === JSON.stringify(inCycle)
        )
      }),
      { numRuns: 1000 },
    )
  },
)

t.test('a hundred thousand groups in each other are no stack of calls', async t => {
  const contains = Array.from({ length: 100_000 }, (_, index) => (index === 0 ? [] : [index - 1]))
  t.equal(orderGroups(contains).order[0], 99_999)
})
