import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { graphReclass, graphZone, layeredGraph } from '../testing/class-graph.ts'
import { median } from '../testing/fuzz.ts'
import { randomFrom } from '../testing/random.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'

const SEED = 1
const ROUNDS = 5
const SIZE = { layers: 5, width: 20, hosts: 1000, listed: 71 } as const

/**
 * The lists of 1,000 hosts of 71 classes each, out of 100 classes in 5 layers with 3 requirements each, beside
 * `reclass --inventory` on the same graph: whole processes of ours from the master file to JSON, once as users run it,
 * and the resolver alone, without start and reading, which reclass keeps no two apart. All give the same lists, or it
 * fails. The last line holds the resolver alone against the whole of reclass.
 */
export const run = async (): Promise<void> => {
  const built = spawnSync(process.execPath, [join(ROOT, 'src/testing/build.ts')], { stdio: 'inherit' })
  if (built.status !== 0) throw new Error('the build failed')
  const graph = layeredGraph(randomFrom(SEED), SIZE)
  const files = {
    ...graphReclass(graph),
    'site.zone': graphZone('example.test', graph),
    'site.yaml': 'sources:\n  - { kind: zonefile, zone: example.test, path: site.zone }\n',
    hosts: [...graph.hosts.keys()].join('\n'),
  }
  await withFiles(files, async directory => {
    const at = (name: string): string => join(directory, name)
    const rounds: Round[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      const reclass = timeCpu(['reclass', '--inventory', '-b', directory, '-o', 'json'])
      const program = [
        join(ROOT, 'bin/fai-classes'),
        'hosts',
        '--format',
        'json',
        '--config',
        at('site.yaml'),
      ]
      const bundled = timeCpu(program)
      const lister = [join(ROOT, 'src/testing/print-lists.ts'), at('site.zone'), at('hosts')]
      const sources = timeCpu([process.execPath, ...lister])
      const { lists, resolveCpuMs }: Lists = JSON.parse(sources.stdout)
      if (round === 1) {
        const { nodes }: Inventory = JSON.parse(reclass.stdout)
        compare(lists, nodes)
        compare(listsOf(JSON.parse(bundled.stdout)), nodes)
      }
      const alone = { seconds: resolveCpuMs / 1000 }
      rounds.push({ reclass, bundled, sources, alone })
      const figures = [reclass, bundled, sources, alone].map(({ seconds }) => seconds.toFixed(3))
      process.stdout.write(
        `round ${round}, CPU seconds: reclass ${figures[0]}, ours bundled ${figures[1]}, from the sources ${figures[2]}, resolving ${figures[3]}\n`,
      )
    }
    const ratio = (of: keyof Round): string => {
      const [theirs, own] = (['reclass', of] as const).map(key =>
        median(rounds.map(round => round[key].seconds)),
      )
      return ((theirs ?? Number.NaN) / (own ?? Number.NaN)).toFixed(0)
    }
    process.stdout.write(`ours as a whole, from the sources: ${ratio('sources')}x reclass\n`)
    process.stdout.write(`ours as a whole, bundled: ${ratio('bundled')}x reclass\n`)
    process.stdout.write(`resolve: ${ratio('alone')}x reclass (CPU time, median of ${ROUNDS})\n`)
  })
}

type Round = Readonly<Record<'reclass' | 'bundled' | 'sources' | 'alone', { readonly seconds: number }>>

/** User and system time of a program and its children, as bash counts it. */
const timeCpu = (argv: readonly string[]): { readonly seconds: number; readonly stdout: string } => {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%3U %3S"; time "$@"', 'bash', ...argv],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    },
  )
  if (status !== 0) throw new Error(`${argv[0]} failed: ${stderr}`)
  const [user, system] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return { seconds: Number(((user ?? Number.NaN) + (system ?? Number.NaN)).toFixed(3)), stdout }
}

type Lists = { readonly resolveCpuMs: number; readonly lists: Readonly<Record<string, readonly string[]>> }

type Nodes = Readonly<Record<string, { readonly parameters: { readonly order: readonly string[] } }>>
type Inventory = { readonly nodes: Nodes }
type Hosts = { readonly hosts: readonly { readonly host: string; readonly classes: readonly string[] }[] }

/** Without the implicit classes, as the others print them. */
const listsOf = ({ hosts }: Hosts): Lists['lists'] =>
  Object.fromEntries(hosts.map(({ host, classes }) => [host, classes.slice(1, -2)]))

const compare = (ours: Lists['lists'], nodes: Nodes): void => {
  for (const [host, { parameters }] of Object.entries(nodes)) {
    const same = ours[host]?.join() === parameters.order.join()
    if (!same || parameters.order.length !== SIZE.listed)
      throw new Error(`the lists of ${host} differ, or are not ${SIZE.listed} long`)
  }
}
