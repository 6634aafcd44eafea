import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { SourceError } from '../diagnostic/source-error.ts'

/** Of this form of the file; a newer one is refused. */
const VERSION = 1

/** What file(1) and we know the file by: `FAIC`. */
const APPLICATION_ID = 0x46414943

/** Whoever is in the group of the state directory may read it. */
const MODE = 0o640

/** Whoever opens a file first after a writer was killed has it for himself that long; nobody is answered meanwhile. */
const BUSY_MS = 20
const READER_BUSY_MS = 1000

/**
 * Hosts go from list to list by steps, which are shared by all hosts that take the same one.
 *
 *     host   its newest change and its list
 *     change one step of one host; `previous` leads to the change before, unless that was removed
 *     step   from one list to another, 0 for no list; `class_step` finds it by the classes that differ
 *     list   text of list-text.ts
 *     cause  of changes that were recorded together; `uses` counts those that are left
 */
const SCHEMA = `
PRAGMA auto_vacuum = incremental;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA journal_mode = wal;
BEGIN;
CREATE TABLE list (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, classes TEXT NOT NULL) STRICT;
CREATE TABLE step (
  id INTEGER PRIMARY KEY, before INTEGER NOT NULL, after INTEGER NOT NULL, UNIQUE (before, after)
) STRICT;
CREATE INDEX step_after ON step (after);
CREATE TABLE class_step (
  class TEXT NOT NULL, step INTEGER NOT NULL, PRIMARY KEY (class, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE cause (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, serial INTEGER, origins TEXT NOT NULL, at_ms INTEGER NOT NULL,
  uses INTEGER NOT NULL
) STRICT;
CREATE TABLE host (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL, list INTEGER NOT NULL
) STRICT;
CREATE TABLE change (
  id INTEGER PRIMARY KEY AUTOINCREMENT, host INTEGER NOT NULL, cause INTEGER NOT NULL, step INTEGER NOT NULL,
  previous INTEGER
) STRICT;
CREATE INDEX change_step ON change (step);
CREATE INDEX change_after_another ON change (id) WHERE previous IS NOT NULL;
PRAGMA user_version = ${VERSION};
COMMIT;
`

/**
 * Opens the file to write in it, or makes it.
 *
 * `synchronous = NORMAL`: a commit waits for no disk, so a slow one does not hold up answers. What the system had not
 * written when the power went is whole batches at the end, and the comparison at the next start records those lists again,
 * if without their causes. A process that is killed loses nothing.
 */
export const openToWrite = (path: string): DatabaseSync =>
  naming(path, () => {
    closeSync(openSync(path, 'a', MODE))
    const db = new DatabaseSync(path, { timeout: BUSY_MS })
    return prepared(db, () => {
      if (numberOf(db, 'user_version') === 0 && numberOf(db, 'schema_version') === 0) db.exec(SCHEMA)
      checkVersion(db, path)
      db.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = normal; PRAGMA journal_size_limit = 67108864')
    })
  })

/** Opens the file to read in it, also while a server writes. */
export const openToRead = (path: string): DatabaseSync =>
  naming(path, () => {
    const db = new DatabaseSync(path, { readOnly: true, timeout: READER_BUSY_MS })
    return prepared(db, () => checkVersion(db, path))
  })

/** What a function gives; what SQLite or the system says of the file meanwhile is thrown as an error that names it. */
export const naming = <T>(path: string, act: () => T): T => {
  try {
    return act()
  } catch (error) {
    throw historyError(path, error)
  }
}

const prepared = (db: DatabaseSync, prepare: () => void): DatabaseSync => {
  try {
    prepare()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const checkVersion = (db: DatabaseSync, path: string): void => {
  if (numberOf(db, 'application_id') !== APPLICATION_ID)
    throw unreadable(path, 'is no history of fai-classes')
  const version = numberOf(db, 'user_version')
  if (version !== VERSION)
    throw unreadable(path, `has form ${version}, and this fai-classes knows form ${VERSION} only`)
}

/** A number that SQLite keeps of itself. */
export const numberOf = (db: DatabaseSync, pragma: string): number =>
  Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma])

/** An error that says what is wrong with the file. */
export const unreadable = (path: string, message: string, cause?: unknown): SourceError =>
  new SourceError(message, { kind: 'file', path }, { code: 'history-unreadable', cause })

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
const BUSY = 5
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const NO_DATABASE = 26

const historyError = (path: string, error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof SourceError) return error
  const said = 'errstr' in error ? String(error.errstr) : error.message
  switch (resultOf(error)) {
    case CORRUPT:
    case NO_DATABASE:
      return unreadable(
        path,
        `is damaged (${said}): with the server ended, move it away, and a new one is begun`,
        error,
      )
    case CANNOT_OPEN:
      return unreadable(path, 'cannot be opened', error)
    case undefined:
      return 'code' in error ? unreadable(path, said, error) : error
    default:
      return unwritable(path, said, error)
  }
}

const unwritable = (path: string, said: string, cause: unknown): SourceError =>
  new SourceError(`cannot be written: ${said}`, { kind: 'file', path }, { code: 'history-unwritable', cause })

/** Whether it may be better later: the disk is full, or broken, or somebody is in the way. */
export const isPassing = (error: unknown): boolean => {
  const cause = error instanceof SourceError ? error.cause : error
  if (!(cause instanceof Error)) return false
  if ('code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT' || cause.code === 'EIO'))
    return true
  return [BUSY, IO_ERROR, FULL].includes(resultOf(cause) ?? 0)
}

/** The primary code is the lowest octet of an extended one. */
const resultOf = (error: Error): number | undefined =>
  'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
