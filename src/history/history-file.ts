import { naming, openToWrite } from './database.ts'
import { type Bounds, openPruner } from './prune.ts'
import { type Batch, openWriter } from './write-changes.ts'

/** A file that changes are written to. What it throws is a `SourceError` that names it; then it is of no more use. */
export type HistoryFile = {
  /** Writes a batch in whole or not at all, a piece at each step. */
  readonly write: (batch: Batch) => Generator<undefined, void>
  /** Removes a piece of what the bounds leave no room for; whether there may be more. */
  readonly prune: (nowMs: number) => boolean
  readonly close: () => void
}

/** Opens the file to write in it, or makes it; throws a `SourceError` that names it. */
export const openHistoryFile = (path: string, bounds: Bounds): HistoryFile => {
  const db = openToWrite(path)
  const writer = naming(path, () => openWriter(db))
  const prune = naming(path, () => openPruner(db, bounds, writer.forget))
  return {
    *write(batch) {
      const pieces = writer.write(batch)
      while (naming(path, () => pieces.next().done) !== true) yield
    },
    prune: nowMs => naming(path, () => prune(nowMs)),
    close: () => db.close(),
  }
}
