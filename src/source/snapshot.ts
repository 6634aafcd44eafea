import { type Diagnostic, warningAt } from '../diagnostic/diagnostic.ts'
import type { SourceError } from '../diagnostic/source-error.ts'
import { formatAge } from '../model/age.ts'
import { isOlderSerial } from '../model/serial.ts'
import { ageMsOf, type HeldSource, openHeld } from './snapshot-held.ts'
import { SERIAL_QUESTION, WHOLE_QUESTION } from './snapshot-question.ts'
import { recordAnswers } from './snapshot-recording.ts'
import type { SnapshotOptions, StoredAnswer } from './snapshot-store.ts'
import type { Source } from './source.ts'

/** A source with the last good state behind it (contract, section 3.7). */
export type SnapshotSource = Source & {
  /**
   * After a question ended in `error`, where this source failed: from now on every answer comes from the
   * snapshot, because one command never mixes live answers of a source with old
   * ones. False where it has not failed, or where no older answer may hide how. `through` counts failures of
   * another source that it needs, which can have no answer of its own.
   */
  readonly fallBack: (error: SourceError, through: boolean) => Promise<boolean>
  /** Whether the snapshot answers. */
  readonly hasFallenBack: () => boolean
  /**
   * Keeps what the source answered, called only after a command that read everything it needed: the whole of it
   * where it was read as one, and, unless `wholeOnly`, the answers to single questions.
   */
  readonly keep: (wholeOnly: boolean) => Promise<void>
  /** That the snapshot answers, and how old it is; what is wrong with it; a serial that went back. */
  readonly findings: () => readonly Diagnostic[]
}

/** Puts the last good state behind a source; it answers once `fallBack` was true. */
export const withSnapshot = (source: Source, options: SnapshotOptions): SnapshotSource => {
  const { store, maxAgeMs, now } = options
  const live = recordAnswers(source)
  let held: HeldSource | undefined
  let setBack: readonly Diagnostic[] = []
  return {
    name: source.name,
    describe: () => (held ?? source).describe(),
    findHosts: (query, signal) => (held ?? live).findHosts(query, signal),
    readHost: (host, signal) => (held ?? live).readHost(host, signal),
    readClasses: (names, signal) => (held ?? live).readClasses(names, signal),
    hasDefinitions: signal => (held ?? live).hasDefinitions(signal),
    // A snapshot has all the hosts that it will ever have.
    enumerate: async signal => (held === undefined ? live.enumerate(signal) : undefined),
    readWhole: signal => (held ?? live).readWhole(signal),
    ...(source.contents === undefined
      ? {}
      : { contents: { ...source.contents, fetch: signal => (held ?? live).fetch(signal) } }),
    close: () => source.close(),
    fallBack: async (error, through) => {
      const own = live.failures().filter(({ source: of = source.name }) => through || of === source.name)
      const failures = error.source === source.name ? [...own, error] : own
      const [failure] = failures
      if (held !== undefined || failure === undefined || !failures.every(mayFallBack)) return false
      held = await openHeld(source, failure, options)
      return true
    },
    hasFallenBack: () => held !== undefined,
    keep: async wholeOnly => {
      if (held !== undefined) return
      const { serial } = source.describe()
      const isLiveZone = serial !== undefined && source.contents !== undefined
      if (isLiveZone) setBack = findSetBack(source.name, serial, await store.read(SERIAL_QUESTION), now())
      const kept = [...live.answers()].filter(([question]) => !wholeOnly || question === WHOLE_QUESTION)
      if (kept.length === 0) return
      if (isLiveZone) kept.push([SERIAL_QUESTION, serial])
      const savedAtMs = now()
      await Promise.all(
        kept.map(([question, answer]) => store.write(question, { savedAtMs, serial, answer })),
      )
      await store.sweep(savedAtMs, maxAgeMs)
    },
    findings: () => [...(held?.findings() ?? []), ...setBack],
  }
}

/** Neither refused credentials nor a refused transfer is hidden by an older answer (contract, sections 3.7 and 4). */
const mayFallBack = ({ rejected, code }: SourceError): boolean => !rejected && code !== 'transfer-refused'

/** The serial of a server that was restored from a backup, or that lags behind another. */
const findSetBack = (
  name: string,
  serial: number,
  last: StoredAnswer,
  nowMs: number,
): readonly Diagnostic[] => {
  if (last.kind !== 'held' || last.serial === undefined || !isOlderSerial(serial, last.serial)) return []
  const ago = `${formatAge(ageMsOf(last, nowMs))} ago`
  const message = `the serial went back: ${serial} is older than ${last.serial}, which answered ${ago}`
  return [warningAt('serial-went-back', message, { kind: 'server', server: name })]
}
