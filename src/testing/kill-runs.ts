import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { KillCase } from './kill-cases.ts'
import type { Random } from './random.ts'
import { type StorageMachine, withStorageMachine } from './storage-machine.ts'
import { storageState } from './storage-state.ts'
import {
  MOMENTS,
  type Moment,
  type WatchedProgram,
  type WatchedPrograms,
  watchPrograms,
} from './watched-programs.ts'

/** What came of killing runs of one case. */
export type KillResult = {
  /** Points at which a run can be killed: programs times moments. */
  readonly points: number
  readonly killed: number
  /** Where the end was another one, or there was none. */
  readonly failures: readonly string[]
}

/** A resize that was killed is finished, or refused with the command to run, where e2fsck asks somebody to look. */
const HALF_RESIZED = /Please run '(e2fsck -f \/dev\/\S+)' first/

/** Blocks before the marked file are free afterwards, so that a file system that shrinks must move it. */
const mark = (device: string): string => `mount ${device} /mnt
head -c 15000000 /dev/urandom >/mnt/filler
head -c 5000000 /dev/urandom >/mnt/marked
rm /mnt/filler
(cd /mnt && md5sum ./marked)
umount /mnt
`

/**
 * Applies a case once undisturbed, and then again and again from the same start: killed at a program that it runs, then
 * run to its end, which must be the same one. At most `most` of all points are tried, chosen at random.
 */
export const killRuns = async (kill: KillCase, random: Random, most: number): Promise<KillResult> => {
  let result: KillResult = { points: 0, killed: 0, failures: [] }
  await withStorageMachine(kill.sizes, async machine => {
    const watch = await watchPrograms(machine.directory)
    try {
      const runs = await prepareRuns(kill, machine, watch)
      const programs = await watch.taken()
      const points = programs.flatMap(program => MOMENTS.map(moment => ({ program, moment })))
      const failures: string[] = []
      const chosen = most >= points.length ? points : random.sample(points, most)
      for (const { program, moment } of chosen) {
        const fault = await runs.killAt(program, moment, random)
        if (fault !== undefined) failures.push(`${moment} ${program.words}: ${fault}`)
      }
      result = { points: points.length, killed: chosen.length, failures }
    } finally {
      watch.close()
    }
  })
  return result
}

const prepareRuns = async (kill: KillCase, machine: StorageMachine, watch: WatchedPrograms) => {
  const logDirectory = join(machine.directory, 'log')
  const start = async (config: string, options: readonly string[], env: Readonly<Record<string, string>>) => {
    const file = join(machine.directory, 'disk_config')
    await writeFile(file, config)
    const disks = ['-f', file, '--disklist', machine.disks.join(' '), '--log-dir', logDirectory]
    return machine.start(['disks', 'apply', '--yes', ...disks, ...options], env)
  }
  const go = () => start(kill.config, kill.options ?? [], watch.env)
  const finish = async (run = go()): Promise<void> => {
    const { code, stderr } = await (await run).ended
    const check = code === 0 ? undefined : HALF_RESIZED.exec(stderr)?.[1]
    if (check === undefined) return assert.equal(code, 0, stderr)
    await machine.shell(`${check} -y || [ $? = 1 ]`)
    await finish()
  }
  await finish(start(kill.before, ['--initial'], { TEST_UUIDS: 'bbbbbbbb' }))
  const marks: string[] = []
  for (const device of kill.marked) marks.push((await machine.shell(mark(device))).trim())
  await machine.save()
  await rm(logDirectory, { recursive: true })
  await machine.restore()
  await finish()
  const wanted = await storageState(machine, logDirectory)
  for (const each of marks) assert.ok(wanted.includes(each), `the marked file is lost: ${each}`)
  const killAt = async ({ words, milliseconds }: WatchedProgram, moment: Moment, random: Random) => {
    await rm(logDirectory, { recursive: true })
    await machine.restore()
    await watch.stopAt(moment, words)
    const run = await go()
    const early = run.ended.then(({ stderr }) => `ended before it could be killed: ${stderr}`)
    const missed = await Promise.race([watch.reached(), early])
    await delay(moment === 'during' ? random.below(milliseconds + 1) : 0)
    await run.kill()
    await watch.goOn()
    if (missed !== undefined) return missed
    if (random.below(2) === 0) await machine.restart()
    try {
      await finish()
      assert.equal(await storageState(machine, logDirectory), wanted)
      return undefined
    } catch (error) {
      return String(error)
    }
  }
  return { killAt }
}
