import type { DatabaseSync } from 'node:sqlite'
import { numberOf } from './database.ts'
import { changedClasses } from './list-text.ts'

/** How much is kept. */
export type Bounds = {
  /** An entry goes when it has not been in force for so long. */
  readonly maxAgeMs: number
  /** The entries that have not been in force for longest go when the file is larger. */
  readonly maxBytes: number
}

/** Entries that go in one piece, and pages that the file gets smaller by: some milliseconds of work. */
const PIECE = 200
const PAGES = 256

/** Removes a piece of what the bounds leave no room for, in one transaction; whether there may be more to do. */
export type Prune = (nowMs: number) => boolean

/**
 * What removes entries from an open file; `removed` is called where something was. An entry was in force until the next one of its host; so the change that has one before it is what ages, and the last
 * entry of a host that is there stays whatever its age.
 */
export const openPruner = (db: DatabaseSync, { maxAgeMs, maxBytes }: Bounds, removed: () => void): Prune => {
  const oldest = db.prepare(`SELECT change.id, change.previous, change.host, step.after, cause.at_ms AS atMs
    FROM change JOIN step ON step.id = change.step JOIN cause ON cause.id = change.cause
    WHERE change.previous IS NOT NULL ORDER BY change.id LIMIT ${PIECE}`)
  const cut = db.prepare('UPDATE change SET previous = NULL WHERE id = ?')
  const dropHost = db.prepare('DELETE FROM host WHERE id = ? AND last = ?')
  const drop = entryRemover(db)
  const isTooLarge = (): boolean =>
    (numberOf(db, 'page_count') - numberOf(db, 'freelist_count')) * numberOf(db, 'page_size') > maxBytes
  const removeOld = (nowMs: number): number => {
    const rows = oldest.all() as unknown as readonly Aged[]
    const old = isTooLarge() ? rows : rows.filter(({ atMs }) => atMs <= nowMs - maxAgeMs)
    for (const { id, previous, host, after } of old) {
      drop(previous)
      cut.run(id)
      if (after !== 0) continue
      drop(id)
      dropHost.run(host, id)
    }
    return old.length
  }
  return nowMs => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const count = removeOld(nowMs)
      db.exec('COMMIT')
      if (count > 0) removed()
      const free = numberOf(db, 'freelist_count')
      db.exec(`PRAGMA incremental_vacuum(${PAGES})`)
      return count > 0 || numberOf(db, 'freelist_count') < free
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
}

type Aged = {
  readonly id: number
  readonly previous: number
  readonly host: number
  readonly after: number
  readonly atMs: number
}

/** Removes an entry, and its cause, step and lists where nothing else has them. */
const entryRemover = (db: DatabaseSync): ((id: number) => void) => {
  const dropChange = db.prepare('DELETE FROM change WHERE id = ? RETURNING cause, step')
  const useLess = db.prepare('UPDATE cause SET uses = uses - 1 WHERE id = ? RETURNING uses')
  const dropCause = db.prepare('DELETE FROM cause WHERE id = ?')
  const dropStep = db.prepare(
    'DELETE FROM step WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM change WHERE step = ?1) RETURNING before, after',
  )
  const textOf = db.prepare('SELECT classes FROM list WHERE id = ?')
  const dropClass = db.prepare('DELETE FROM class_step WHERE class = ? AND step = ?')
  const dropList = db.prepare(`DELETE FROM list WHERE id = ?1
    AND NOT EXISTS (SELECT 1 FROM step WHERE before = ?1) AND NOT EXISTS (SELECT 1 FROM step WHERE after = ?1)`)
  const listText = (id: number): string => String(textOf.get(id)?.['classes'] ?? '')
  return id => {
    const change = dropChange.get(id) as { cause: number; step: number } | undefined
    if (change === undefined) return
    if (useLess.get(change.cause)?.['uses'] === 0) dropCause.run(change.cause)
    const step = dropStep.get(change.step) as { before: number; after: number } | undefined
    if (step === undefined) return
    for (const name of changedClasses(listText(step.before), listText(step.after)))
      dropClass.run(name, change.step)
    dropList.run(step.before)
    dropList.run(step.after)
  }
}
