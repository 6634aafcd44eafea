import type { Batch } from './write-changes.ts'

/** Batches that are not written yet. */
export type WaitingBatches = {
  readonly put: (batch: Batch) => void
  /** The one that was taken last could not be written. */
  readonly putBack: () => void
  /** The next one, and the one before is done; that of all lists, if there is one, where some went by. */
  readonly take: () => Batch | undefined
  readonly isEmpty: () => boolean
  /** Changes in them, and in the one that was taken. */
  readonly count: () => number
  /** Some went by, because there was no room. */
  readonly isIncomplete: () => boolean
}

/** Keeps batches with at most so many changes; where there are more, all of them go, and `wholeBatch` makes up for them. */
export const waitingBatches = (most: number, wholeBatch: () => Batch | undefined): WaitingBatches => {
  let batches: Batch[] = []
  let count = 0
  let taken: Batch | undefined
  let isRecovery = false
  let isIncomplete = false
  const drop = (): void => {
    batches = []
    count = 0
  }
  const takeFirst = (): Batch | undefined => {
    const first = batches.shift()
    if (first !== undefined) count -= changesIn(first)
    return first
  }
  return {
    put: batch => {
      batches.push(batch)
      count += changesIn(batch)
      if (count <= most) return
      drop()
      isIncomplete = true
    },
    putBack: () => {
      if (taken === undefined) return
      // Lists that are compared later are newer.
      if (isRecovery) isIncomplete = true
      else {
        batches.unshift(taken)
        count += changesIn(taken)
      }
      taken = undefined
    },
    take: () => {
      const whole = isIncomplete ? wholeBatch() : undefined
      isRecovery = whole !== undefined
      if (isRecovery) {
        drop()
        isIncomplete = false
      }
      taken = whole ?? takeFirst()
      return taken
    },
    isEmpty: () => batches.length === 0,
    count: () => count + (taken === undefined ? 0 : changesIn(taken)),
    isIncomplete: () => isIncomplete,
  }
}

/** A batch of all lists has them from those who answer, and takes no room of its own. */
const changesIn = ({ lists, allHosts }: Batch): number => (allHosts === undefined ? lists.length : 0)
