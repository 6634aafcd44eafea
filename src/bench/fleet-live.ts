import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fleetFiles } from '../testing/fleet-site.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'

type Time = { readonly ms: number; readonly waitMs: number; readonly changed?: number }

/** What `print-fleet-live.ts` measured. */
type Figures = {
  readonly hosts: number
  readonly firstMiB: number
  readonly peakMiB: number
} & Readonly<Record<'first' | 'host' | 'few' | 'all' | 'domain' | 'keep', Time>>

const ROWS: Readonly<Record<string, 'host' | 'few' | 'all' | 'domain' | 'keep'>> = {
  'edit of one host': 'host',
  'edit of a class that few hosts have': 'few',
  'edit of a class that all hosts have': 'all',
  'edit of the domain of all hosts': 'domain',
  'write the snapshot of the zone': 'keep',
}

/**
 * The lists of 100,000 hosts with 5,000 classes, kept current: from the sources in memory to the first lists, edits until the
 * lists say them, the longest time in which nobody else had a turn, and memory; then a start from the snapshot of the
 * zone. Two processes of their own; it has no peer.
 */
export const run = async (): Promise<void> => {
  await withFiles(fleetFiles(), async directory => {
    const read = measure(directory, 'read')
    const restored = measure(directory, 'restored')
    print('hosts', String(read.hosts))
    print('', 'time', 'longest wait', 'lists changed')
    printTime('first lists', read.first)
    for (const [what, key] of Object.entries(ROWS)) printTime(what, read[key])
    printTime('first lists from the snapshot', restored.first)
    print('memory with the first lists', `${read.firstMiB.toFixed(0)} MiB`)
    print('peak memory, with edits', `${read.peakMiB.toFixed(0)} MiB`)
    print('peak memory from the snapshot', `${restored.peakMiB.toFixed(0)} MiB`)
    const peak = Math.max(read.peakMiB, restored.peakMiB) / 1024
    process.stdout.write(
      `fleet-live: ${(read.host.ms / 100).toFixed(2)}x 100 ms for one host, ${peak.toFixed(2)}x 1 GiB (one run)\n`,
    )
  })
}

const measure = (directory: string, mode: string): Figures => {
  const files = ['site.zone', 'site.ldif', 'snapshots'].map(name => join(directory, name))
  const program = join(ROOT, 'src/testing/print-fleet-live.ts')
  const { status, stdout } = spawnSync(process.execPath, [program, ...files, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`print-fleet-live ended with ${status}`)
  return JSON.parse(stdout)
}

const printTime = (what: string, { ms, waitMs, changed }: Time): void =>
  print(what, inUnits(ms), inUnits(waitMs), changed === undefined ? '' : String(changed))

const inUnits = (ms: number): string => (ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`)

const print = (what: string, ...figures: readonly string[]): void => {
  process.stdout.write(`${what.padEnd(40)}${figures.map(figure => figure.padStart(14)).join('')}\n`)
}
