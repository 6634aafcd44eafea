import { setImmediate as nextTurn } from 'node:timers/promises'
import { warningAt } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import type { HistoryStanding } from '../model/list-history.ts'
import type { HistoryFile } from './history-file.ts'
import type { WaitingBatches } from './waiting.ts'
import type { Batch } from './write-changes.ts'

/** Writes what waits, in turns of its own. */
export type Recorder = {
  /** There is something to do. */
  readonly wake: () => void
  readonly standing: () => HistoryStanding
  /** Waits until nothing is left to do, or it cannot be done now. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

/** What a recorder works with. */
export type RecorderOptions = {
  readonly open: () => HistoryFile
  readonly waiting: WaitingBatches
  readonly now: () => number
  readonly onStanding: (standing: HistoryStanding) => void
  /** The first pause after a fault; it doubles up to a minute. */
  readonly retryMs: number
}

const LONGEST_RETRY_MS = 60_000
/** How often is looked for what the bounds leave no room for. */
const PRUNE_MS = 60_000

/**
 * Between two pieces others have their turn, so that nobody waits long for an answer. After a fault the file is opened
 * anew, and the batch is written again in whole; until then nothing else wakes it.
 */
export const openRecorder = ({ open, waiting, now, onStanding, retryMs }: RecorderOptions): Recorder => {
  let file: HistoryFile | undefined
  const { standing, stand, isBehind } = keptStanding(waiting, onStanding)
  let working: Promise<void> | undefined
  let isPruneDue = true
  let isClosed = false

  const letGo = (): void => {
    file?.close()
    file = undefined
  }
  const work = async (): Promise<void> => {
    try {
      file ??= open()
      await workOff(file, waiting.take, () => isPruneDue && !isClosed, now)
      isPruneDue = false
      retry.forget()
      stand(undefined)
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      waiting.putBack()
      letGo()
      stand(error)
      if (!isClosed) retry.later()
    } finally {
      working = undefined
      // Something may have come while this ended.
      if (!isBehind() && !waiting.isEmpty()) wake()
    }
  }
  const wake = (): void => {
    working ??= nextTurn().then(work)
  }
  const settled = async (): Promise<void> => {
    while (working !== undefined) await working
  }
  const retry = growingPauses(retryMs, wake)
  const wakeUnlessBehind = (): void => (isBehind() ? undefined : wake())
  const pruning = setInterval(() => {
    isPruneDue = true
    wakeUnlessBehind()
  }, PRUNE_MS).unref()
  return {
    wake: wakeUnlessBehind,
    standing,
    settled,
    close: async () => {
      isClosed = true
      clearInterval(pruning)
      wake()
      await settled()
      retry.forget()
      letGo()
    },
  }
}

/** The last fault, and who is told when there is one, and when there is none any more. */
const keptStanding = (waiting: WaitingBatches, onStanding: RecorderOptions['onStanding']) => {
  let fault: SourceError | undefined
  const isBehind = (): boolean => fault !== undefined
  const standing = (): HistoryStanding => ({
    phase: isBehind() ? 'behind' : 'current',
    waiting: waiting.count(),
    isIncomplete: waiting.isIncomplete(),
    ...(fault === undefined ? {} : { fault: warningAt(fault.code, fault.message, fault.origin) }),
  })
  const stand = (next: SourceError | undefined): void => {
    const was = isBehind()
    fault = next
    if (was !== isBehind()) onStanding(standing())
  }
  return { isBehind, standing, stand }
}

/** Until there is nothing to take, and then nothing to prune. */
const workOff = async (
  file: HistoryFile,
  take: () => Batch | undefined,
  mayPrune: () => boolean,
  now: () => number,
): Promise<void> => {
  for (;;) {
    const batch = take()
    // At once: what is put after a turn would be seen by nobody.
    if (batch === undefined && !(mayPrune() && file.prune(now()))) return
    for (const _ of batch === undefined ? [] : file.write(batch)) await nextTurn()
    await nextTurn()
  }
}

/** Calls back after pauses that double, until it is forgotten what was wrong. */
const growingPauses = (firstMs: number, again: () => void) => {
  let pauseMs = firstMs
  let timer: NodeJS.Timeout | undefined
  return {
    later: (): void => {
      timer = setTimeout(again, pauseMs).unref()
      pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)
    },
    forget: (): void => {
      clearTimeout(timer)
      pauseMs = firstMs
    },
  }
}
