import t from 'tap'
import { type ClassGraph, drawGraph } from '../testing/class-graph.ts'
import { type DepsCase, runDepsLookup, runFaiDeps } from '../testing/fai-deps.ts'
import { isLong, randomFrom, runSeed } from '../testing/random.ts'
import { readReadme } from '../testing/readme.ts'

const seed = runSeed()
const GRAPHS = isLong() ? 400 : 30

/** Pairs of a list that contradict a dependency, which asks for the second class before the first. */
const contradictions = (list: readonly string[], deps: DepsCase['deps']): readonly string[] =>
  [...deps].flatMap(([name, needed]) =>
    needed
      .filter(
        other => list.includes(name) && !(list.indexOf(other) < list.indexOf(name) && list.includes(other)),
      )
      .map(other => `${other} does not stand before ${name}`),
  )

const caseOf = ({ requires, hosts }: ClassGraph): DepsCase => ({
  before: ['DEFAULT', ...([...hosts.values()][0] ?? []), 'host', 'LAST'],
  deps: new Map([...requires].filter(([, needed]) => needed.length > 0)),
})

t.test(
  `${GRAPHS} graphs without cycles: the set of fai-deps, in an order that respects it (seed ${seed})`,
  async t => {
    const random = randomFrom(seed)
    for (let index = 0; index < GRAPHS; index++) {
      const given = caseOf(drawGraph(random, `G${index}`, 1))
      const [theirs, ours] = await Promise.all([runFaiDeps(given), runDepsLookup(given)])
      const at = `graph ${index} of seed ${seed}`
      t.strictSame(ours.toSorted(), theirs.toSorted(), `${at}: the same set`)
      t.strictSame(contradictions(ours, given.deps), [], `${at}: ours`)
      t.strictSame(contradictions(theirs, given.deps), [], `${at}: theirs`)
    }
  },
)

/** The rows of the table in README: list before, dependencies, what fai-deps makes of it, what we make of it. */
const rowsOf = (readme: string): readonly (readonly string[])[] => {
  const table = /<!-- fai-deps -->\n(.*?)<!-- end of fai-deps -->/s.exec(readme)?.[1] ?? ''
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.replaceAll('`', '').trim()),
    )
}

const depsOf = (text: string): DepsCase['deps'] =>
  new Map(
    text.split(';').flatMap(part => {
      const [name, needed] = part.split(':')
      return name === undefined || needed === undefined
        ? []
        : [[name.trim(), needed.trim().split(' ')] as const]
    }),
  )

t.test('where both differ, README says how, and it is so', async t => {
  const rows = rowsOf(await readReadme())
  t.ok(rows.length >= 6, 'the table is there')
  for (const [before = '', deps = '', theirs, ours] of rows) {
    const given = { before: before.split(' '), deps: depsOf(deps) }
    t.equal((await runFaiDeps(given)).join(' '), theirs, `fai-deps: ${before}, ${deps}`)
    t.equal((await runDepsLookup(given)).join(' '), ours, `here: ${before}, ${deps}`)
  }
})
