import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { SourceError } from '../diagnostic/source-error.ts'
import type { ClassListOf } from '../model/class-lists.ts'
import type { HistoryStanding } from '../model/list-history.ts'
import { changesAt, toClasses, withHistory } from '../testing/history.ts'

const WEB01 = 'web01.example.test'

/** Standings as they were told; `until` waits for the next one. */
const standings = () => {
  const events = new EventTarget()
  const told: HistoryStanding[] = []
  return {
    told,
    onStanding: (standing: HistoryStanding) => {
      told.push(standing)
      events.dispatchEvent(new Event(standing.phase))
    },
    until: async (phase: HistoryStanding['phase']) => {
      if (told.at(-1)?.phase !== phase) await once(events, phase)
    },
  }
}

/** Somebody else has the file for writing, so that nobody can: what a full disk is, too. */
const hold = (path: string): { readonly letGo: () => void } => {
  const db = new DatabaseSync(path)
  db.exec('BEGIN IMMEDIATE')
  return {
    letGo: () => {
      db.exec('ROLLBACK')
      db.close()
    },
  }
}

t.test('what cannot be written now is written later, in its order', async t => {
  const { told, until, onStanding } = standings()
  await withHistory(
    async (history, path) => {
      await history.settled()
      const held = hold(path)
      history.record(changesAt(1, { [WEB01]: 'A' }))
      history.record(changesAt(2, { [WEB01]: 'A B' }))
      await until('behind')
      t.match(history.standing(), {
        phase: 'behind',
        waiting: 2,
        isIncomplete: false,
        fault: {
          severity: 'warning',
          code: 'history-unwritable',
          message: /^cannot be written: database is locked$/,
          origin: { kind: 'file', path },
        },
      })
      t.strictSame(history.of(WEB01, { limit: 9 }), [], 'what is written can be read meanwhile')
      held.letGo()
      await until('current')
      t.strictSame(history.standing(), { phase: 'current', waiting: 0, isIncomplete: false })
      t.strictSame(
        history.of(WEB01, { limit: 9 }).map(({ after }) => after?.join(' ')),
        ['A B', 'A'],
      )
      t.strictSame(
        told.map(({ phase }) => phase),
        ['behind', 'current'],
      )
    },
    { onStanding },
  )
})

const listsOf = (lists: Readonly<Record<string, string>>): readonly ClassListOf[] =>
  Object.entries(lists).map(([name, text]) => ({
    host: { short: name, fqdn: name },
    name,
    classes: toClasses(text),
    sinceMs: 0,
    faults: [],
  }))

t.test('more than memory has room for: all lists are compared afterwards, and no list is lost', async t => {
  const { until, onStanding } = standings()
  await withHistory(
    async (history, path) => {
      let all = listsOf({ [WEB01]: 'A', 'db01.example.test': 'D' })
      history.follow({ all: () => all, onChanges: () => () => {} })
      await history.settled()
      const held = hold(path)
      for (const [index, list] of ['A B', 'A C', 'A D'].entries())
        history.record(changesAt(index, { [WEB01]: list }))
      await until('behind')
      history.record(changesAt(9, { [WEB01]: 'A E', 'db01.example.test': '' }))
      all = listsOf({ [WEB01]: 'A E' })
      t.match(history.standing(), { isIncomplete: true })
      held.letGo()
      await until('current')
      t.match(history.standing(), { waiting: 0, isIncomplete: false })
      t.match(history.of(WEB01, { limit: 9 }), [
        { before: ['A'], after: ['A', 'E'], cause: { source: 'recovered', atMs: 77 } },
        { after: ['A'] },
      ])
      t.match(history.of('db01.example.test', { limit: 1 }), [{ after: undefined }])
    },
    { onStanding, mostWaiting: 2, now: () => 77 },
  )
})

t.test('a file that is damaged while it is written: the standing names it', async t => {
  const { until, onStanding } = standings()
  await withHistory(
    async (history, path) => {
      await history.settled()
      const db = new DatabaseSync(path)
      db.exec('DROP TABLE change')
      db.close()
      history.record(changesAt(1, { [WEB01]: 'A' }))
      await until('behind')
      t.match(history.standing().fault, { code: 'history-unwritable', origin: { path } })
      t.throws(() => history.of(WEB01, { limit: 1 }), SourceError)
    },
    { onStanding },
  )
})
