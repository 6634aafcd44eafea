import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import type { LiveSource } from '../source/live-source.ts'
import { ageMsOf, unreadable } from '../source/snapshot-held.ts'
import { FOLLOWED_QUESTION } from '../source/snapshot-question.ts'
import { snapshotUnwritable } from '../source/snapshot-set.ts'
import { type SnapshotOptions, type SnapshotStore, snapshotStore } from '../source/snapshot-store.ts'

/** Where the state of one followed source is kept. */
export type StateStore = { readonly directory: string; readonly store: SnapshotStore }

/** The place for the state of a source below `directory`; another configuration of it has another state. */
export const stateStore = (directory: string, configuration: unknown): StateStore => ({
  directory,
  store: snapshotStore(directory, configuration),
})

/**
 * What a source kept, to be followed on from; undefined where there is nothing, or only what is older than `maxAgeMs`.
 * A file that is not what was written is reported and left aside.
 */
export const restoreState = async (
  { store, maxAgeMs, now }: SnapshotOptions,
  report: (diagnostic: Diagnostic) => void,
): Promise<unknown> => {
  const stored = await store.read(FOLLOWED_QUESTION)
  if (stored.kind === 'damaged') report(unreadable(stored))
  return stored.kind === 'held' && ageMsOf(stored, now()) <= maxAgeMs ? stored.answer : undefined
}

/** Keeps the states of followed sources. */
export type StateKeeper = {
  /** A source, by its number, has another state; it is written at once, or a minute after it was last. */
  readonly changed: (source: number) => void
  /** Writes the states of all sources, which may know their servers better than at their last change. */
  readonly close: () => Promise<void>
}

/** What is kept, and where; a source without a store is not kept. */
export type KeepOptions = {
  readonly sources: readonly LiveSource[]
  readonly stores: readonly (StateStore | undefined)[]
  readonly maxAgeMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly report: (diagnostic: Diagnostic) => void
  /** Between two writings; a minute where it is left out. */
  readonly pauseMs?: number
}

/** Keeps nothing yet. */
export const stateKeeper = (options: KeepOptions): StateKeeper => {
  const { sources, now, pauseMs = 60_000 } = options
  const changed = new Set<number>()
  let writing: Promise<void> = Promise.resolve()
  let notBeforeMs = 0
  let timer: NodeJS.Timeout | undefined
  const writeChanged = (): Promise<void> => {
    const numbers = [...changed]
    changed.clear()
    notBeforeMs = now() + pauseMs
    writing = writing.then(async () => {
      for (const number of numbers) await keepState(options, number)
    })
    return writing
  }
  return {
    changed: source => {
      changed.add(source)
      // The clock may have been set back.
      const delayMs = Math.min(pauseMs, Math.max(0, notBeforeMs - now()))
      timer ??= setTimeout(() => {
        timer = undefined
        void writeChanged()
      }, delayMs)
    },
    close: async () => {
      clearTimeout(timer)
      for (const number of sources.keys()) changed.add(number)
      await writeChanged()
    },
  }
}

const keepState = async (
  { sources, stores, maxAgeMs, now, report }: KeepOptions,
  number: number,
): Promise<void> => {
  const [source, place] = [sources[number], stores[number]]
  const answer = place && source?.kept()
  if (answer === undefined || source === undefined || place === undefined) return
  const savedAtMs = now()
  try {
    await place.store.write(FOLLOWED_QUESTION, { savedAtMs, serial: source.standing().serial, answer })
    await place.store.sweep(savedAtMs, maxAgeMs)
  } catch (cause) {
    report(snapshotUnwritable(place.directory, cause))
  }
}
