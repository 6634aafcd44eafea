import type { StorageStep } from '../storage-plan.ts'

/** Steps in order, and the needs of those that cannot be ordered. */
export type StepOrder = {
  readonly steps: readonly StorageStep[]
  /** Steps that wait for each other, or for something that nothing provides. */
  readonly stuck: readonly StorageStep[]
}

/** What is true without a step that makes it so: nothing uses a device, for example. */
const TRUE_BY_ITSELF =
  /^(active|checked|cleared|filesystem|key|pv|random|reduced|removed|saved|shrunk|whole|wiped):/

/**
 * Puts each step behind those that provide what it needs; of several that could come next, the first in the list does,
 * so that the same list gives the same order. A need that no step provides is left out where it is true from the
 * start: by itself, or because `isThere` says so of the device. Pure.
 */
export const orderSteps = (
  steps: readonly StorageStep[],
  isThere: (device: string) => boolean,
): StepOrder => {
  const provided = new Set(steps.flatMap(({ provides }) => provides))
  const isMet = (need: string): boolean =>
    TRUE_BY_ITSELF.test(need) || (need.startsWith('device:') && isThere(need.slice('device:'.length)))
  let waiting = steps.map(step => ({
    ...step,
    needs: [...new Set(step.needs)].filter(need => provided.has(need) || !isMet(need)),
  }))
  const ordered: StorageStep[] = []
  while (waiting.length > 0) {
    const missing = new Set(waiting.flatMap(({ provides }) => provides))
    const next = waiting.find(({ needs }) => needs.every(need => provided.has(need) && !missing.has(need)))
    if (next === undefined) return { steps: ordered, stuck: waiting }
    ordered.push(next)
    waiting = waiting.filter(step => step !== next)
  }
  return { steps: ordered, stuck: [] }
}
