import type { StorageStep } from '../../plan/disk/storage-plan.ts'

/**
 * The steps that may start now, in the order of the plan: all that they need is there, and no disk of theirs is being
 * worked on by a running step, or waits for an earlier one. Pure.
 */
export const startableSteps = (
  waiting: readonly StorageStep[],
  running: readonly StorageStep[],
): readonly StorageStep[] => {
  const missing = new Set([...waiting, ...running].flatMap(({ provides }) => provides))
  const busy = new Set(running.flatMap(({ disks }) => disks))
  const startable: StorageStep[] = []
  for (const step of waiting) {
    const isFree = step.disks.every(disk => !busy.has(disk))
    if (isFree && step.needs.every(need => !missing.has(need))) startable.push(step)
    for (const disk of step.disks) busy.add(disk)
  }
  return startable
}

/**
 * Runs all steps, those of independent disks at the same time. The first failure lets the running ones end, starts no
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
