import { type Diagnostic, warningAt } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { formatAge } from '../model/age.ts'
import {
  classQuestion,
  DEFINITIONS_QUESTION,
  findQuestion,
  hostQuestion,
  WHOLE_QUESTION,
} from './snapshot-question.ts'
import type { HeldAnswer, SnapshotOptions, StoredAnswer } from './snapshot-store.ts'
import type { Questions, Source, SourceState } from './source.ts'

/** A source that cannot be read, as it was when it last could be. */
export type HeldSource = Questions & {
  readonly fetch: (signal: AbortSignal) => Promise<void>
  readonly describe: () => SourceState
  /** That old answers were used, and files that were left aside. */
  readonly findings: () => readonly Diagnostic[]
}

/**
 * The last good state of a source that failed for the reason `because`: answers to single questions, and the whole
 * of a server, which it takes from then on for its own. The newer of the two answers. A question that neither holds,
 * or only longer than `maxAgeMs` ago, rejects with a `SourceError`.
 */
export const openHeld = async (
  source: Source,
  because: SourceError,
  { store, maxAgeMs, now }: SnapshotOptions,
): Promise<HeldSource> => {
  const damaged: Damaged[] = []
  let oldest: HeldAnswer | undefined
  const recall = async (question: string): Promise<HeldAnswer | undefined> => {
    const stored = await store.read(question)
    if (stored.kind === 'damaged') damaged.push(stored)
    return stored.kind === 'held' ? stored : undefined
  }
  const isFresh = ({ savedAtMs }: HeldAnswer): boolean => now() - savedAtMs <= maxAgeMs
  const note = (held: HeldAnswer): void => {
    if (oldest === undefined || held.savedAtMs < oldest.savedAtMs) oldest = held
  }
  const use = (held: HeldAnswer | undefined): HeldAnswer => {
    if (held === undefined || !isFresh(held)) throw notHeld(because, held, damaged, now())
    note(held)
    return held
  }
  const whole = source.contents && (await recall(WHOLE_QUESTION))
  // An alias of another zone may be answered from it too.
  if (whole !== undefined && isFresh(whole)) source.contents?.restore(whole.answer, () => note(whole))

  const answer = async <T>(question: string, read: () => Promise<T>): Promise<T> => {
    const held = use(newerOf(await recall(question), whole))
    return held === whole ? read() : (held.answer as T)
  }
  const fetch = async (): Promise<void> => {
    if (source.contents === undefined) throw because
    use(whole)
  }
  return {
    describe: () => stateOf(source.name, oldest, now()),
    findings: () => [
      ...(oldest === undefined ? [] : [stale(because, oldest, now())]),
      ...damaged.map(unreadable),
    ],
    findHosts: (query, signal) => answer(findQuestion(query), () => source.findHosts(query, signal)),
    readHost: (host, signal) => answer(hostQuestion(host), () => source.readHost(host, signal)),
    readClasses: async (names, signal) => {
      const each = names.map(name => answer(classQuestion(name), () => source.readClasses([name], signal)))
      return (await Promise.all(each)).flat()
    },
    hasDefinitions: signal => answer(DEFINITIONS_QUESTION, () => source.hasDefinitions(signal)),
    readWhole: async signal => {
      await fetch()
      return source.readWhole(signal)
    },
    fetch,
  }
}

type Damaged = Extract<StoredAnswer, { kind: 'damaged' }>

const newerOf = (one: HeldAnswer | undefined, other: HeldAnswer | undefined): HeldAnswer | undefined =>
  one === undefined || (other !== undefined && other.savedAtMs > one.savedAtMs) ? other : one

/** How long ago an answer was kept; none is negative, even where the clock was set back. */
export const ageMsOf = ({ savedAtMs }: HeldAnswer, nowMs: number): number => Math.max(0, nowMs - savedAtMs)

const stateOf = (name: string, oldest: HeldAnswer | undefined, nowMs: number): SourceState => {
  if (oldest === undefined) return { name, state: 'unread' }
  const { serial } = oldest
  const ageSeconds = Math.floor(ageMsOf(oldest, nowMs) / 1000)
  return { name, state: 'stale', ...(serial === undefined ? {} : { serial }), ageSeconds }
}

const stale = ({ message, origin }: SourceError, oldest: HeldAnswer, nowMs: number): Diagnostic =>
  warningAt(
    'stale',
    `${message}; the last good state answers, ${formatAge(ageMsOf(oldest, nowMs))} old`,
    origin,
  )

/** The warning about a file of a snapshot that is not what was written. */
export const unreadable = ({ path, reason }: Damaged): Diagnostic =>
  warningAt('snapshot-unreadable', `this file of the last good state is left aside: ${reason}`, {
    kind: 'file',
    path,
  })

const notHeld = (
  because: SourceError,
  held: HeldAnswer | undefined,
  damaged: readonly Damaged[],
  nowMs: number,
): SourceError => {
  const why =
    held === undefined
      ? 'the snapshot does not hold this'
      : `the snapshot is ${formatAge(ageMsOf(held, nowMs))} old`
  const files = damaged.map(({ path, reason }) => `; ${path} is left aside: ${reason}`).join('')
  return new SourceError(`${because.message}; ${why}${files}`, because.origin, { cause: because.cause })
}
