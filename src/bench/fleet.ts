import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fleetFiles } from '../testing/fleet-site.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'

/** What `print-fleet.ts` measured. */
type Fleet = Readonly<
  Record<'hosts' | 'classes' | 'wholeSeconds' | 'recordsSeconds' | 'resolveSeconds' | 'peakMiB', number>
>

/**
 * 100,000 hosts and 5,000 classes from a master file (hosts, addresses, half of the classes) and an LDIF (the other
 * half): seconds to read both and to resolve all hosts, and peak memory, in a process of its own. It has no peer.
 */
export const run = async (): Promise<void> => {
  await withFiles(fleetFiles(), async directory => {
    const args = [
      join(ROOT, 'src/testing/print-fleet.ts'),
      join(directory, 'site.zone'),
      join(directory, 'site.ldif'),
    ]
    const { status, stdout } = spawnSync(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`print-fleet ended with ${status}`)
    const fleet: Fleet = JSON.parse(stdout)
    const rows: readonly (readonly [string, string])[] = [
      ['hosts', String(fleet.hosts)],
      ['classes of a list, on average', (fleet.classes / fleet.hosts).toFixed(1)],
      ['read the files', `${fleet.wholeSeconds.toFixed(1)} s`],
      ['look up what they say of each host', `${fleet.recordsSeconds.toFixed(1)} s`],
      ['resolve', `${fleet.resolveSeconds.toFixed(1)} s`],
      ['peak memory', `${fleet.peakMiB.toFixed(0)} MiB`],
    ]
    for (const [what, figure] of rows) process.stdout.write(`${what.padEnd(40)}${figure.padStart(12)}\n`)
    const ratio = fleet.resolveSeconds.toFixed(2)
    process.stdout.write(
      `fleet: ${ratio}x one second to resolve, ${(fleet.peakMiB / 1024).toFixed(2)}x 1 GiB (one run)\n`,
    )
  })
}
