import type { StorageStep, StorageStepKind } from '../../plan/disk/storage-plan.ts'

/** They read or write little, each on a device of its own, and may share a disk with others of their kind. */
const LIGHT: ReadonlySet<StorageStepKind> = new Set(['wipe', 'save-table', 'create-filesystem'])
/** A spinning disk would only move its head between more. */
const MOST_ON_A_DISK = 4

/**
 * The steps that may start now, in the order of the plan: all that they need is there, and no disk of theirs is being
 * worked on by a running step, or waits for an earlier one. Light steps share a disk. Pure.
 */
export const startableSteps = (
  waiting: readonly StorageStep[],
  running: readonly StorageStep[],
): readonly StorageStep[] => {
  const missing = new Set([...waiting, ...running].flatMap(({ provides }) => provides))
  const load = new Map<string, number>()
  const put = ({ kind, disks }: StorageStep): void => {
    for (const disk of disks) load.set(disk, (load.get(disk) ?? 0) + (LIGHT.has(kind) ? 1 : MOST_ON_A_DISK))
  }
  for (const step of running) put(step)
  const startable: StorageStep[] = []
  for (const step of waiting) {
    const most = LIGHT.has(step.kind) ? MOST_ON_A_DISK : 1
    const isFree = step.disks.every(disk => (load.get(disk) ?? 0) < most)
    if (isFree && step.needs.every(need => !missing.has(need))) startable.push(step)
    put(step)
  }
  return startable
}

/**
 * Runs all steps, those of independent disks at the same time, and light ones of one disk. The first failure lets the running ones end, starts no
 * other, and is thrown.
 */
export const runSteps = async (
  steps: readonly StorageStep[],
  perform: (step: StorageStep) => Promise<void>,
): Promise<void> => {
  const waiting = [...steps]
  const running = new Map<StorageStep, Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  const start = (step: StorageStep): void => {
    waiting.splice(waiting.indexOf(step), 1)
    const run = perform(step)
      .catch(error => {
        failure ??= { error }
      })
      .finally(() => running.delete(step))
    running.set(step, run)
  }
  for (;;) {
    if (failure === undefined) for (const step of startableSteps(waiting, [...running.keys()])) start(step)
    if (running.size === 0) break
    await Promise.race(running.values())
  }
  if (failure !== undefined) throw failure.error
  const [stuck] = waiting
  if (stuck !== undefined) throw new Error(`step ${stuck.id} waits for itself`)
}
