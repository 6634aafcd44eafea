import { type Diagnostic, warningAt } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { formatAge } from '../model/age.ts'
import type { ClassDefinition } from '../model/catalog.ts'
import { foldClassName } from '../model/class-name.ts'
import type { SnapshotStore, StoredAnswer } from './snapshot-store.ts'
import type { Source } from './source.ts'

/** A source with the last good state behind it (contract, section 3.7). */
export type SnapshotSource = Source & {
  /**
   * Where this source has just failed: from now on every answer comes from the
   * snapshot, because one lookup never mixes live answers of a source with old
   * ones. False where it has not failed, or has refused our credentials.
   */
  readonly fallBack: () => boolean
  /** Keeps what the source answered; called only after a lookup that read everything it needed. */
  readonly keep: () => Promise<void>
  /** The warning `stale` with the age of the oldest answer used; undefined for live answers. */
  readonly staleness: () => Diagnostic | undefined
}

/** Where the last good state is kept, and how old it may be. */
export type SnapshotOptions = {
  readonly store: SnapshotStore
  readonly maxAgeMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Puts the last good state behind a source. Questions that it does not hold stay "cannot be read". */
export const withSnapshot = (source: Source, { store, maxAgeMs, now }: SnapshotOptions): SnapshotSource => {
  const kept = new Map<string, unknown>()
  let lastError: SourceError | undefined
  let failure: SourceError | undefined
  let oldestMs = Number.POSITIVE_INFINITY

  const live = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read()
    } catch (error) {
      if (error instanceof SourceError) lastError = error
      throw error
    }
  }
  const stored = async <T>(question: string, because: SourceError): Promise<T> => {
    const held = await store.read(question)
    if (held === undefined || now() - held.savedAtMs > maxAgeMs) throw notHeld(because, held, now())
    oldestMs = Math.min(oldestMs, held.savedAtMs)
    return held.answer as T
  }
  const ask = async <T>(question: string, read: () => Promise<T>): Promise<T> => {
    if (failure !== undefined) return stored<T>(question, failure)
    const answer = await live(read)
    kept.set(question, answer)
    return answer
  }
  return {
    name: source.name,
    describe: () => (failure === undefined ? source.describe() : { name: source.name, state: 'stale' }),
    findHosts: (query, signal) => ask(JSON.stringify(['find', query]), () => source.findHosts(query, signal)),
    readHost: (host, signal) => ask(JSON.stringify(['host', host]), () => source.readHost(host, signal)),
    // Each class is an answer of its own, so that another host's lookup can use it.
    readClasses: async (names, signal) => {
      const because = failure
      if (because !== undefined) {
        const held = names.map(name => stored<readonly ClassDefinition[]>(classQuestion(name), because))
        return (await Promise.all(held)).flat()
      }
      const definitions = await live(() => source.readClasses(names, signal))
      const byName = Map.groupBy(definitions, ({ name }) => foldClassName(name))
      for (const name of names) kept.set(classQuestion(name), byName.get(foldClassName(name)) ?? [])
      return definitions
    },
    hasDefinitions: signal =>
      ask(JSON.stringify(['definitions']), async () => (await source.hasDefinitions(signal)) ?? false),
    readWhole: signal =>
      failure === undefined ? live(() => source.readWhole(signal)) : Promise.reject(failure),
    close: () => source.close(),
    fallBack: () => {
      if (failure !== undefined || lastError === undefined || lastError.rejected) return false
      failure = lastError
      return true
    },
    keep: async () => {
      if (failure === undefined)
        for (const [question, answer] of kept) await store.write(question, answer, now())
    },
    staleness: () => (failure === undefined ? undefined : stale(failure, now() - oldestMs)),
  }
}

const classQuestion = (name: string): string => JSON.stringify(['class', foldClassName(name)])

const stale = (failure: SourceError, ageMs: number): Diagnostic =>
  warningAt(
    'stale',
    `${failure.message}; the last good state answers, ${formatAge(ageMs)} old`,
    failure.origin,
  )

const notHeld = (failure: SourceError, stored: StoredAnswer | undefined, now: number): SourceError => {
  const why =
    stored === undefined
      ? 'the snapshot does not hold this'
      : `the snapshot is ${formatAge(now - stored.savedAtMs)} old`
  return new SourceError(`${failure.message}; ${why}`, failure.origin, { cause: failure.cause })
}
