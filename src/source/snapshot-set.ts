import { type Diagnostic, warningAt } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import type { SnapshotSource } from './snapshot.ts'

/** The last good states behind the sources of a configuration. */
export type SnapshotSet = {
  /**
   * The outcome of `attempt`, which reads what a command needs; it is made again, with the last good state of
   * each source that has failed, until it succeeds or there is none. Rejects with the last `SourceError`. Of several
   * attempts at once, those are made again in which a source began to answer from its last good state.
   */
  readonly answer: <T>(attempt: () => Promise<T>) => Promise<T>
  /**
   * Keeps what was read, after a command that read everything it needed, and gives what is to be said of
   * snapshots. One that cannot be written costs a warning, not the answer.
   */
  readonly keep: () => Promise<readonly Diagnostic[]>
}

/** Nothing is kept, and nothing answers for a source that fails. */
export const NO_SNAPSHOTS: SnapshotSet = { answer: attempt => attempt(), keep: async () => [] }

/** Snapshots below `directory`. With `fresh` they are kept and do not answer. */
export const snapshotSet = (
  snapshots: readonly SnapshotSource[],
  directory: string,
  fresh: boolean,
): SnapshotSet => {
  const anyFallsBack = async (error: SourceError, through: boolean): Promise<boolean> =>
    (await Promise.all(snapshots.map(snapshot => snapshot.fallBack(error, through)))).includes(true)
  // The source that failed answers for itself, if it can, before another does that needed it.
  const fallBack = async (error: SourceError): Promise<boolean> =>
    !fresh && ((await anyFallsBack(error, false)) || (await anyFallsBack(error, true)))
  const fallen = (): number => snapshots.filter(snapshot => snapshot.hasFallenBack()).length
  return {
    answer: async attempt => {
      for (;;) {
        const before = fallen()
        try {
          const value = await attempt()
          if (fallen() === before) return value
        } catch (error) {
          if (!(error instanceof SourceError)) throw error
          if (fallen() === before && !(await fallBack(error))) throw error
        }
      }
    },
    keep: async () => {
      const unwritable: Diagnostic[] = []
      // An alias into a zone that is stale, or a class known there, makes an answer of another source old too.
      const isOneOld = snapshots.some(snapshot => snapshot.hasFallenBack())
      try {
        for (const snapshot of snapshots) await snapshot.keep(isOneOld)
      } catch (cause) {
        unwritable.push(snapshotUnwritable(directory, cause))
      }
      return [...snapshots.flatMap(snapshot => snapshot.findings()), ...unwritable]
    },
  }
}

/** The warning about a directory of snapshots that one could not be written to. */
export const snapshotUnwritable = (directory: string, cause: unknown): Diagnostic => {
  const why = cause instanceof Error ? cause.message : String(cause)
  const message = `the last good state is not kept: ${why}`
  return warningAt('snapshot-unwritable', message, { kind: 'file', path: directory })
}
