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
 * The lists of 1,000 hosts of 71 classes each, out of 100 classes in 5 layers with 3 requirements each: a whole process
 * of ours, from the master file to JSON, beside `reclass --inventory` on the same graph. Both give the same lists, or it
 * fails. The last line holds the resolver alone, without start and reading, against the whole of reclass, which keeps no two apart.
 */
export const run = async (): Promise<void> => {
  const graph = layeredGraph(randomFrom(SEED), SIZE)
  const files = {
    ...graphReclass(graph),
    'site.zone': graphZone('example.test', graph),
    hosts: [...graph.hosts.keys()].join('\n'),
  }
  await withFiles(files, async directory => {
    const ours = [process.execPath, join(ROOT, 'src/testing/print-lists.ts'), join(directory, 'site.zone')]
    const reclass = ['reclass', '--inventory', '-b', directory, '-o', 'json']
    const times = { reclass: [] as number[], whole: [] as number[], alone: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      const theirs = timeCpu(reclass)
      const own = timeCpu([...ours, join(directory, 'hosts')])
      const { lists, resolveCpuMs }: Lists = JSON.parse(own.stdout)
      if (round === 0) compare(lists, JSON.parse(theirs.stdout).nodes)
      times.reclass.push(theirs.seconds)
      times.whole.push(own.seconds)
      times.alone.push(resolveCpuMs / 1000)
      const figures = [theirs.seconds, own.seconds, resolveCpuMs / 1000].map(seconds => seconds.toFixed(3))
      process.stdout.write(
        `round ${round + 1}, CPU seconds: reclass ${figures[0]}, ours as a whole ${figures[1]}, resolving ${figures[2]}\n`,
      )
    }
    const [whole, alone] = [times.whole, times.alone].map(own =>
      (median(times.reclass) / median(own)).toFixed(0),
    )
    process.stdout.write(`ours as a whole, from the sources: ${whole}x reclass\n`)
    process.stdout.write(`resolve: ${alone}x reclass (CPU time, median of ${ROUNDS})\n`)
  })
}

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

const compare = (ours: Readonly<Record<string, readonly string[]>>, nodes: Nodes): void => {
  for (const [host, list] of Object.entries(ours)) {
    const same = list.join() === nodes[host]?.parameters.order.join()
    if (!same || list.length !== SIZE.listed)
      throw new Error(`the lists of ${host} differ, or are not ${SIZE.listed} long`)
  }
}
