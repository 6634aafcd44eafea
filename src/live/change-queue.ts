import type { SourceChange } from '../source/live-source.ts'

/** A change that a source has and that is not made in memory yet. */
export type WaitingChange = {
  /** Its number. */
  readonly source: number
  readonly apply: () => SourceChange
  /** When we heard of it. */
  readonly atMs: number
}

/** What is to be done with changes that were made in memory; nothing else changes there meanwhile. */
export type AfterChange = (source: number, change: SourceChange, atMs: number) => Promise<void>

/** Changes, made one after the other. */
export type ChangeQueue = {
  readonly push: (change: WaitingChange) => void
  /** Resolves when none waits any more. */
  readonly settled: () => Promise<void>
}

/** A queue in which nothing waits. A change is made when nobody reads, and none is any more once the signal is aborted. */
export const changeQueue = (
  { isReading, released }: Pick<Readers, 'isReading' | 'released'>,
  after: AfterChange,
  signal: AbortSignal,
): ChangeQueue => {
  let waiting: readonly WaitingChange[] = []
  let working: Promise<void> | undefined
  const work = async (): Promise<void> => {
    try {
      for (;;) {
        while (isReading()) await released()
        const [next, rest] = takeNext(waiting)
        const [first] = next
        if (first === undefined || signal.aborted) return
        waiting = rest
        await after(first.source, mergeChanges(next.map(({ apply }) => apply())), first.atMs)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      // At once, so that a change that comes now begins anew.
      working = undefined
    }
  }
  return {
    push: change => {
      waiting = [...waiting, change]
      working ??= work()
    },
    settled: async () => {
      await working
    },
  }
}

/** So many are made one after the other, each a cause of its own. */
const MANY = 8

/** The changes to be made next, all of one source so that they have one cause, and those after them. Pure. */
const takeNext = (
  waiting: readonly WaitingChange[],
): readonly [next: readonly WaitingChange[], rest: readonly WaitingChange[]] => {
  if (waiting.length <= MANY) return [waiting.slice(0, 1), waiting.slice(1)]
  const isNext = ({ source }: WaitingChange): boolean => source === waiting[0]?.source
  return [waiting.filter(isNext), waiting.filter(change => !isNext(change))]
}

const MAX_ORIGINS = 20

/** What several changes of one source are together, the last one last. Pure. */
const mergeChanges = (changes: readonly SourceChange[]): SourceChange => {
  const { serial } = changes.findLast(change => change.serial !== undefined) ?? {}
  const keys = changes.map(change => change.keys)
  return {
    keys: keys.includes('all') ? 'all' : new Set(keys.flatMap(each => [...each])),
    hosts: changes.flatMap(({ hosts }) => hosts),
    classes: changes.flatMap(({ classes }) => classes),
    origins: changes.flatMap(({ origins }) => origins).slice(0, MAX_ORIGINS),
    ...(serial === undefined ? {} : { serial }),
  }
}

/** Who reads memory at the moment: nothing may change there meanwhile. */
export type Readers = {
  readonly read: <T>(run: () => Promise<T>) => Promise<T>
  readonly isReading: () => boolean
  /** Resolves when some reading is over. */
  readonly released: () => Promise<void>
}

/** Nobody reads yet. */
export const readers = (): Readers => {
  const reading = new Set<Promise<unknown>>()
  return {
    read: async run => {
      const running = run()
      reading.add(running)
      try {
        return await running
      } finally {
        reading.delete(running)
      }
    },
    isReading: () => reading.size > 0,
    released: async () => {
      await Promise.race([...reading].map(running => running.catch(() => {})))
    },
  }
}
