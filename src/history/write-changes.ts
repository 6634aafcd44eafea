import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { ListCause } from '../model/class-lists.ts'
import type { ClassName } from '../model/class-name.ts'
import { changedClasses, encodeList } from './list-text.ts'

/** Lists as they are after a cause. */
export type Batch = {
  readonly cause: ListCause
  readonly lists: readonly NewList[]
  /** Names of all hosts that there are, where that is known: the others are gone. */
  readonly allHosts?: ReadonlySet<string>
}

/** The list of a host, undefined where the host is gone. */
export type NewList = { readonly name: string; readonly classes: readonly ClassName[] | undefined }

/** Writes batches, one after the other, each in one transaction. */
export type Writer = {
  /**
   * Takes a piece of the work at each step, so that whoever carries it out can do something else between. A list that the
   * history has already is no change. Throws what SQLite says; then nothing of the batch is in the file.
   */
  readonly write: (batch: Batch) => Generator<undefined, void>
  /** Steps and lists were removed from the file. */
  readonly forget: () => void
}

/** Changes in a piece: a few milliseconds. */
const PIECE = 200

/** Names of lists and steps that are kept in memory. */
const MOST_KEPT = 20_000
const DIGEST_OCTETS = 16
const NO_LIST = 0

/** What writes in an open file. */
export const openWriter = (db: DatabaseSync): Writer => {
  const hosts = hostTable(db)
  const lists = listTable(db)
  const steps = stepTable(db)
  const causes = causeTable(db)
  const insert = db.prepare('INSERT INTO change (host, cause, step, previous) VALUES (?, ?, ?, ?)')
  /** Records that a host has this list from now on; whether that is a change. */
  const change = ({ name, classes }: NewList, cause: () => number): boolean => {
    const host = hosts.find(name)
    const [before, after] = [host?.list ?? NO_LIST, classes ? lists.idOf(encodeList(classes, name)) : NO_LIST]
    if (after === before) return false
    const hostId = host?.id ?? hosts.add(name)
    const last = insert.run(hostId, cause(), steps.idOf(before, after), host?.last ?? null).lastInsertRowid
    hosts.set(hostId, last, after)
    return true
  }
  const forget = (): void => {
    lists.forget()
    steps.forget()
  }
  return {
    forget,
    *write({ cause, lists, allHosts }) {
      db.exec('BEGIN IMMEDIATE')
      try {
        let causeId: number | undefined
        const causeOnce = (): number => (causeId ??= causes.add(cause))
        let changed = 0
        const all = allHosts === undefined ? lists : [...lists, ...hosts.goneBut(allHosts)]
        for (const [index, list] of all.entries()) {
          if (change(list, causeOnce)) changed++
          if (index % PIECE === PIECE - 1) yield
        }
        if (causeId !== undefined) causes.setUses(causeId, changed)
        db.exec('COMMIT')
      } catch (error) {
        forget()
        // SQLite does that itself for some errors.
        if (db.isTransaction) db.exec('ROLLBACK')
        throw error
      }
    },
  }
}

type HostRow = { readonly id: number; readonly last: number; readonly list: number }

const hostTable = (db: DatabaseSync) => {
  const find = db.prepare('SELECT id, last, list FROM host WHERE name = ?')
  const add = db.prepare(`INSERT INTO host (name, last, list) VALUES (?, 0, ${NO_LIST})`)
  const set = db.prepare('UPDATE host SET last = ?, list = ? WHERE id = ?')
  const living = db.prepare(`SELECT name FROM host WHERE list <> ${NO_LIST}`)
  return {
    find: (name: string) => find.get(name) as HostRow | undefined,
    add: (name: string): number => Number(add.run(name).lastInsertRowid),
    set: (id: number, last: number | bigint, list: number): void => void set.run(last, list, id),
    /** Hosts that have a list here, and are none of these. */
    goneBut: (names: ReadonlySet<string>): readonly NewList[] =>
      living
        .all()
        .map(({ name }) => ({ name: String(name), classes: undefined }))
        .filter(({ name }) => !names.has(name)),
  }
}

const listTable = (db: DatabaseSync) => {
  const find = db.prepare('SELECT id FROM list WHERE digest = ?')
  const add = db.prepare('INSERT INTO list (digest, classes) VALUES (?, ?)')
  return keptIds(
    (text: string) => text,
    text => {
      const digest = hash('sha256', text, 'buffer').subarray(0, DIGEST_OCTETS)
      return Number(find.get(digest)?.['id'] ?? add.run(digest, text).lastInsertRowid)
    },
  )
}

const stepTable = (db: DatabaseSync) => {
  const find = db.prepare('SELECT id FROM step WHERE before = ? AND after = ?')
  const add = db.prepare('INSERT INTO step (before, after) VALUES (?, ?)')
  const addClass = db.prepare('INSERT INTO class_step (class, step) VALUES (?, ?)')
  const text = db.prepare('SELECT classes FROM list WHERE id = ?')
  const textOf = (list: number): string => String(text.get(list)?.['classes'] ?? '')
  return keptIds(
    (before: number, after: number) => `${before} ${after}`,
    (before, after) => {
      const known = find.get(before, after)?.['id']
      if (known !== undefined) return Number(known)
      const step = Number(add.run(before, after).lastInsertRowid)
      for (const name of changedClasses(textOf(before), textOf(after))) addClass.run(name, step)
      return step
    },
  )
}

const causeTable = (db: DatabaseSync) => {
  const add = db.prepare('INSERT INTO cause (source, serial, origins, at_ms, uses) VALUES (?, ?, ?, ?, 0)')
  const setUses = db.prepare('UPDATE cause SET uses = ? WHERE id = ?')
  return {
    add: ({ source, serial, origins, atMs }: ListCause): number =>
      Number(add.run(source, serial ?? null, JSON.stringify(origins), Math.trunc(atMs)).lastInsertRowid),
    setUses: (id: number, uses: number) => setUses.run(uses, id),
  }
}

/** Ids that are looked up, or made, once for as long as they are kept. */
const keptIds = <K extends readonly unknown[]>(keyOf: (...of: K) => string, make: (...of: K) => number) => {
  const kept = new Map<string, number>()
  return {
    idOf: (...of: K): number => {
      const key = keyOf(...of)
      const known = kept.get(key)
      if (known !== undefined) return known
      const id = make(...of)
      if (kept.size >= MOST_KEPT) kept.clear()
      kept.set(key, id)
      return id
    },
    forget: (): void => kept.clear(),
  }
}
