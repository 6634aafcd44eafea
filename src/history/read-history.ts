import type { DatabaseSync } from 'node:sqlite'
import type { Origin } from '../diagnostic/diagnostic.ts'
import { START } from '../model/class-lists.ts'
import type { ClassName } from '../model/class-name.ts'
import type { HistoryEntry, ListAt, ListHistory } from '../model/list-history.ts'
import { naming, openToRead, unreadable } from './database.ts'
import { changedClasses, decodeList } from './list-text.ts'

type Row = {
  readonly id: number
  readonly previous: number | null
  readonly name: string
  readonly beforeText: string | null
  readonly afterText: string | null
  readonly source: string
  readonly serial: number | null
  readonly origins: string
  readonly atMs: number
}

const ENTRY = `
SELECT change.id, change.previous, host.name, had.classes AS beforeText, has.classes AS afterText,
  cause.source, cause.serial, cause.origins, cause.at_ms AS atMs
FROM change JOIN host ON host.id = change.host JOIN cause ON cause.id = change.cause
  JOIN step ON step.id = change.step
  LEFT JOIN list AS had ON had.id = step.before LEFT JOIN list AS has ON has.id = step.after
WHERE change.id = ?`

/** Names with a dot are kept in the order of their octets, so that those of one first part stand together. */
const NAMED = `SELECT name FROM host WHERE name = ?1 OR (name > ?1 || '.' AND name < ?1 || '/') ORDER BY name`

const OF_CLASS = `
SELECT change.id FROM class_step JOIN change ON change.step = class_step.step
WHERE class_step.class = ? AND change.id < ? ORDER BY change.id DESC LIMIT ?`

/** The history in a file, for as long as it is open. */
export type OpenHistory = ListHistory & { readonly close: () => void }

/** Opens the history in a file to read it, also while a server writes in it. Throws a `SourceError` that names the file. */
export const readHistory = (path: string): OpenHistory => {
  const db = openToRead(path)
  const asked = <T>(ask: () => T): T => naming(path, ask)
  const { hostsNamed, of, ofClass, listAt } = asked(() => questionsTo(db, path))
  return {
    hostsNamed: text => asked(() => hostsNamed(text)),
    of: (host, page) => asked(() => of(host, page)),
    ofClass: (className, page) => asked(() => ofClass(className, page)),
    listAt: (host, atMs) => asked(() => listAt(host, atMs)),
    close: () => db.close(),
  }
}

const questionsTo = (db: DatabaseSync, path: string): ListHistory => {
  const last = db.prepare('SELECT last AS id FROM host WHERE name = ?')
  const named = db.prepare(NAMED)
  const entry = db.prepare(ENTRY)
  const ofClass = db.prepare(OF_CLASS)
  const rowOf = (id: unknown): Row | undefined =>
    (id === null ? undefined : entry.get(Number(id))) as Row | undefined
  /** Changes of a host, the newest first. */
  function* chainOf(host: string): Generator<Row, undefined> {
    for (let row = rowOf(last.get(host)?.['id'] ?? null); row !== undefined; row = rowOf(row.previous))
      yield row
  }
  return {
    hostsNamed: text => {
      const names = named.all(text).map(({ name }) => String(name))
      return names.includes(text) ? [text] : names
    },
    of: (host, { limit, beforeId = Number.MAX_SAFE_INTEGER, className }) => {
      const entries: HistoryEntry[] = []
      for (const row of chainOf(host)) {
        if (entries.length === limit) break
        if (row.id < beforeId && (className === undefined || concerns(row, className)))
          entries.push(toEntry(row, path))
      }
      return entries
    },
    ofClass: (className, { limit, beforeId = Number.MAX_SAFE_INTEGER }) =>
      ofClass.all(className, beforeId, limit).flatMap(({ id }) => {
        const row = rowOf(id)
        return row === undefined ? [] : [toEntry(row, path)]
      }),
    listAt: (host, atMs) => {
      let oldest: Row | undefined
      for (const row of chainOf(host)) {
        if (row.atMs <= atMs)
          return row.afterText === null ? { kind: 'absent' } : { kind: 'list', entry: toEntry(row, path) }
        oldest = row
      }
      return oldest && toBeginning(oldest)
    },
  }
}

/** What was found at a start may have been there before. */
const toBeginning = ({ beforeText, source, atMs }: Row): ListAt =>
  beforeText === null && source !== START ? { kind: 'absent' } : { kind: 'forgotten', beginsAtMs: atMs }

const concerns = ({ beforeText, afterText }: Row, className: ClassName): boolean =>
  changedClasses(beforeText ?? '', afterText ?? '').includes(className)

const toEntry = (row: Row, path: string): HistoryEntry => ({
  id: row.id,
  host: row.name,
  before: toList(row.beforeText, row.name, path),
  after: toList(row.afterText, row.name, path),
  cause: {
    source: row.source,
    ...(row.serial === null ? {} : { serial: row.serial }),
    origins: JSON.parse(row.origins) as readonly Origin[],
    atMs: row.atMs,
  },
})

const toList = (text: string | null, host: string, path: string): readonly ClassName[] | undefined => {
  if (text === null) return undefined
  const list = decodeList(text, host)
  if (list === undefined) throw unreadable(path, `is damaged: a list of ${host} is none`)
  return list
}
