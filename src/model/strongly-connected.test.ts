import fc from 'fast-check'
import t from 'tap'
import { holds } from '../testing/property.ts'
import { reach } from './reach.ts'
import { stronglyConnected } from './strongly-connected.ts'

const cases: Record<string, { edges: Record<string, string>; want: string[] }> = {
  'no nodes': { edges: {}, want: [] },
  'a chain: the last one first': { edges: { a: 'b', b: 'c', c: '' }, want: ['c', 'b', 'a'] },
  'a node that leads to itself': { edges: { a: 'a' }, want: ['a'] },
  'a circle: in the order found': { edges: { b: 'c', a: 'b', c: 'a' }, want: ['bca'] },
  'a circle on the way to another': { edges: { a: 'b', b: 'ac', c: 'd', d: 'c' }, want: ['cd', 'ab'] },
  'two circles with a node in common': { edges: { a: 'bc', b: 'a', c: 'a' }, want: ['abc'] },
  'a node that only an edge names': { edges: { a: 'x' }, want: ['x', 'a'] },
}

for (const [name, { edges, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const components = stronglyConnected(Object.keys(edges), node => [...(edges[node] ?? '')])
    t.strictSame(
      components.map(members => members.join('')),
      want,
    )
  })
}

const graph = fc
  .integer({ min: 1, max: 12 })
  .chain(size => fc.array(fc.array(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size }))

t.test('two nodes are in one component where each leads to the other, and edges are asked once', async t => {
  holds(
    t,
    fc.property(graph, edges => {
      const asked: number[] = []
      const components = stronglyConnected(edges.keys(), node => {
        asked.push(node)
        return edges[node] ?? []
      })
      const from = edges.map((_, node) => reach([node], at => edges[at] ?? []))
      const isRight = components.every(([first = -1, ...others]) =>
        edges.every(
          (_, node) =>
            (node === first || others.includes(node)) ===
            (from[first]?.has(node) === true && from[node]?.has(first) === true),
        ),
      )
      return isRight && components.flat().length === edges.length && asked.length === edges.length
    }),
    { numRuns: 1000 },
  )
})

t.test('a chain of a hundred thousand is no stack of calls', async t => {
  const components = stronglyConnected([0], node => (node < 99_999 ? [node + 1] : []))
  t.strictSame(components[0], [99_999])
})
