import { join } from 'node:path'
import t from 'tap'
import { type ClassGraph, drawGraph, graphReclass, graphZone } from '../testing/class-graph.ts'
import { runInProcess } from '../testing/command-run.ts'
import { isLong, randomFrom, runSeed } from '../testing/random.ts'
import { runProgram } from '../testing/run-program.ts'
import { withFiles } from '../testing/site-files.ts'

const seed = runSeed()
const GRAPHS = isLong() ? 1000 : 80

/** What `reclass --inventory` says of one node. */
type Node = {
  readonly classes: readonly string[]
  readonly parameters: { readonly order: readonly string[] }
}

const random = randomFrom(seed)
const graphs = Array.from({ length: GRAPHS }, (_, index) => drawGraph(random, `G${index}`))

/** All graphs in one inventory, so that reclass starts once. */
const nodesOf = (all: readonly ClassGraph[]): Promise<ReadonlyMap<string, Node>> =>
  withFiles(Object.assign({}, ...all.map(graphReclass)), async directory => {
    const inventory = await runProgram('reclass', ['--inventory', '-b', directory, '-o', 'json'])
    return new Map(Object.entries(JSON.parse(inventory).nodes as Record<string, Node>))
  })

t.test(`requires alone, ${GRAPHS} graphs without cycles: the order of reclass (seed ${seed})`, async t => {
  const nodes = await nodesOf(graphs)
  for (const [index, graph] of graphs.entries()) {
    const files = {
      'site.zone': graphZone('example.test', graph),
      'site.yaml': 'sources: [{ kind: zonefile, zone: example.test, path: site.zone }]\n',
    }
    await withFiles(files, async directory => {
      for (const host of graph.hosts.keys()) {
        const config = join(directory, 'site.yaml')
        const run = await runInProcess([
          'lookup',
          host,
          '--no-implicit',
          '--format',
          'words',
          '--config',
          config,
        ])
        const node = nodes.get(host)
        const ours = run.stdout.trim().split(' ')
        t.strictSame(ours, node?.parameters.order, `graph ${index} of seed ${seed}, ${host}: ${run.stderr}`)
        t.strictSame(ours.toSorted(), node?.classes.toSorted(), `${host}: the classes that reclass names`)
      }
    })
  }
})
