import { devnoOf, readBlockDevice } from '../../inspect/storage/block-device.ts'
import { readUses } from '../../inspect/storage/read-storage.ts'
import {
  readRunningArrays,
  readVirtualName,
  readVirtualNames,
} from '../../inspect/storage/virtual-devices.ts'
import { type FoundArray, partitionDevice } from '../../model/storage.ts'
import type { StoragePlan } from '../../plan/disk/storage-plan.ts'
import { RefusedError } from '../apply-error.ts'
import type { Looking } from './expectation.ts'
import type { Journal } from './journal.ts'
import { deviceEnvironment } from './kernel.ts'
import { readerOf, type StepContext } from './perform-step.ts'

/** An array that runs now, and the volume groups that are active on it. */
export type RunningArray = FoundArray & { readonly groups: readonly string[] }

type Progress = Pick<Journal, 'begun' | 'done'>
type Parts = Pick<FoundArray, 'members' | 'spares'>

/**
 * What brings arrays to where a run that was killed has left them: a start of the machine, or udev, stops them all, or starts one
 * under any name. Pure.
 *
 *     an array that                        is then
 *     a step has made or started           under another name stopped: its step brings it back
 *     is old and was not stopped yet       under another name stopped; started where it does not run under its own
 *     is old and was stopped, or never ran stopped
 *     has a member that the plan has not   left alone
 */
export const settlingCommands = (
  plan: StoragePlan,
  progress: Progress,
  running: readonly RunningArray[],
): readonly (readonly string[])[] => {
  const { machine, layout } = plan
  // One that was stopped may keep its number, without members.
  const there = running.filter(array => partsOf(array).length > 0)
  const made = layout.arrays.filter(({ device }) =>
    ['create-array', 'assemble-array'].some(kind => progress.begun.has(`${kind}:${device}`)),
  )
  const old = machine.arrays.filter(
    array =>
      array.isRunning &&
      !progress.done.has(`stop-array:${array.device}`) &&
      !made.some(other => overlap(array, other)),
  )
  const known = [...machine.arrays, ...layout.arrays].flatMap(partsOf)
  const astray = there.filter(
    array =>
      partsOf(array).every(part => known.includes(part)) &&
      ![...made, ...old].some(({ device, ...parts }) => device === array.device && overlap(parts, array)),
  )
  const isThere = ({ device }: FoundArray) =>
    there.some(array => array.device === device && !astray.includes(array))
  return [
    ...astray.flatMap(({ device, groups }) => [
      ...groups.map(group => ['vgchange', '--activate', 'n', group]),
      ['mdadm', '--stop', device],
    ]),
    ...old
      .filter(array => !isThere(array))
      .map(array => ['mdadm', '--assemble', '--run', array.device, ...partsOf(array)]),
  ]
}

const partsOf = ({ members, spares }: Parts): readonly string[] => [...members, ...spares]

const overlap = (one: Parts, other: Parts): boolean =>
  partsOf(one).some(part => partsOf(other).includes(part))

const LIMIT_SECONDS = 120

/** Does what `settlingCommands` says; one that fails is a refusal, for the steps that are left count on it. */
export const settleArrays = async (
  plan: StoragePlan,
  progress: Progress,
  { run, signal }: Pick<StepContext, 'run' | 'signal'>,
): Promise<void> => {
  const running = await readRunning(plan, { read: readerOf({ run }), signal })
  for (const argv of settlingCommands(plan, progress, running)) {
    const command = { argv, env: await deviceEnvironment(), timeoutSeconds: LIMIT_SECONDS }
    const { exitCode, timedOut, tail } = await run(command, signal)
    if (exitCode === 0 && !timedOut) continue
    throw new RefusedError(
      `arrays are not as the run before left them, and "${argv.join(' ')}" failed: ${tail.join('; ')}`,
    )
  }
}

const readRunning = async ({ machine }: StoragePlan, looking: Looking): Promise<readonly RunningArray[]> => {
  const names = new Map(await readVirtualNames())
  for (const { device } of machine.disks) {
    const { devno, partitions } = await readBlockDevice(await devnoOf(device))
    names.set(devno, device)
    for (const [number, partition] of partitions) names.set(partition.devno, partitionDevice(device, number))
  }
  const reading = { ...looking, uses: await readUses(), links: new Map() }
  const arrays = await readRunningArrays(names, reading)
  return Promise.all(
    arrays.map(async array => {
      const above = await Promise.all(array.holders.map(readVirtualName))
      const groups = above.flatMap(device => /^\/dev\/(?!mapper\/)([^/]+)\/[^/]+$/.exec(device)?.[1] ?? [])
      return { ...array, groups: [...new Set(groups)] }
    }),
  )
}
