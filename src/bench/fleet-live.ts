import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fleetFiles } from '../testing/fleet-site.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'

type Time = { readonly ms: number; readonly waitMs: number; readonly changed?: number }

type Step = 'host' | 'few' | 'all' | 'domain' | 'keep'

/** What `print-fleet-live.ts` measured. */
type Figures = {
  readonly hosts: number
  readonly firstMiB: number
  readonly peakMiB: number
} & Readonly<Record<'first' | Step, Time>>

const ROWS: Readonly<Record<string, Step>> = {
  'edit of one host': 'host',
  'edit of a class that few hosts have': 'few',
  'edit of a class that all hosts have': 'all',
  'edit of their domain: all read anew': 'domain',
  'write the snapshot of the zone': 'keep',
}

/**
 * The lists of 100,000 hosts with 5,000 classes, kept current: from a named by transfer to the first lists, edits at the named
 * from their acknowledgement until the lists say them, the longest time in which nobody else had a turn, and memory; then a
 * start from the snapshot of the zone. Two processes of their own; it has no peer.
 */
export const run = async (): Promise<void> => {
  await withFiles(fleetFiles(), async directory => {
    const transferred = measure(directory, 'transferred')
    const restored = measure(directory, 'restored')
    print('hosts', String(transferred.hosts))
    print('', 'time', 'longest wait', 'lists changed')
    printTime('first lists from a transfer', transferred.first)
    for (const [what, key] of Object.entries(ROWS)) printTime(what, transferred[key])
    printTime('first lists from the snapshot', restored.first)
    print('memory with the first lists', inMiB(transferred.firstMiB))
    print('peak memory, with edits', inMiB(transferred.peakMiB))
    print('peak memory from the snapshot', inMiB(restored.peakMiB))
    const peak = Math.max(transferred.peakMiB, restored.peakMiB) / 1024
    process.stdout.write(
      `fleet-live: ${(transferred.host.ms / 100).toFixed(2)}x 100 ms for one host, ${peak.toFixed(2)}x 1 GiB (one run)\n`,
    )
  })
}

const inMiB = (mib: number): string => `${mib.toFixed(0)} MiB`

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
