import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import type { ClassName } from '../model/class-name.ts'
import { changesAt, HISTORY_OPTIONS, toClasses, withHistory } from '../testing/history.ts'
import { withFiles } from '../testing/site-files.ts'
import { openHistoryFile } from './history-file.ts'
import { openHistory } from './open-history.ts'

const WEB01 = 'web01.example.test'
const DB01 = 'db01.example.test'

/** Rows of each table. */
const rowsIn = (path: string): Readonly<Record<string, number>> => {
  const db = new DatabaseSync(path, { readOnly: true })
  const tables = ['host', 'change', 'cause', 'step', 'class_step', 'list']
  const rows = tables.map(name => [
    name,
    Number(db.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.['n']),
  ])
  db.close()
  return Object.fromEntries(rows)
}

const listsOf = (path: string, nowMs: number, options = {}) => {
  const history = openHistory(path, { ...HISTORY_OPTIONS, maxAgeMs: 100, now: () => nowMs, ...options })
  return {
    settled: async () => {
      await history.settled()
      const of = (host: string) =>
        history.of(host, { limit: 10 }).map(({ before, after }) => `${before ?? '-'} > ${after ?? '-'}`)
      const at = (host: string, atMs: number) => history.listAt(host, atMs)
      return { of, at }
    },
    close: history.close,
  }
}

t.test('an entry goes when it has not been in force for longer than the age; the last one stays', async t => {
  await withHistory(async (writer, path) => {
    writer.record(changesAt(10, { [WEB01]: 'A', [DB01]: 'D' }))
    writer.record(changesAt(20, { [WEB01]: 'B' }))
    writer.record(changesAt(30, { [WEB01]: 'C' }))
    await writer.settled()
    const history = listsOf(path, 125)
    const { of, at } = await history.settled()
    t.strictSame(of(WEB01), ['B > C', 'A > B'], 'B was in force until 30, which is 95 ago')
    t.strictSame(of(DB01), ['- > D'])
    t.match(at(WEB01, 29), { kind: 'list', entry: { after: ['B'] } })
    t.strictSame(at(WEB01, 15), { kind: 'forgotten', beginsAtMs: 20 })
    await history.close()
  })
})

t.test('of a host that is gone nothing is left in time', async t => {
  await withHistory(async (writer, path) => {
    writer.record(changesAt(10, { [WEB01]: 'A', [DB01]: 'D' }))
    writer.record(changesAt(20, { [WEB01]: '' }))
    writer.record(changesAt(50, { [WEB01]: 'B' }))
    writer.record(changesAt(60, { [WEB01]: '' }))
    await writer.settled()
    const half = listsOf(path, 130)
    const { of, at } = await half.settled()
    t.strictSame(of(WEB01), ['B > -', '- > B'], 'it came back')
    t.strictSame(at(WEB01, 49), { kind: 'absent' })
    await half.close()
    const rest = listsOf(path, 1000)
    await rest.settled()
    await rest.close()
    t.strictSame(rowsIn(path), { host: 1, change: 1, cause: 1, step: 1, class_step: 1, list: 1 })
  })
})

t.test('a file that is too large loses the oldest entries, and gets smaller', async t => {
  await withHistory(async (writer, path) => {
    const wordsOf = (round: number) => Array.from({ length: 300 }, (_, word) => `C${round}x${word}`).join(' ')
    for (let round = 0; round < 80; round++) writer.record(changesAt(round, { [WEB01]: wordsOf(round) }))
    await writer.settled()
    const maxBytes = 300_000
    const history = listsOf(path, 0, { maxBytes })
    const { of } = await history.settled()
    t.ok(of(WEB01).length > 0)
    await history.close()
    await writer.close()
    t.ok((await stat(path)).size < 2 * maxBytes, String((await stat(path)).size))
    t.equal(rowsIn(path)['host'], 1)
  })
})

t.test('what was removed can be recorded again', async t => {
  await withFiles({}, async directory => {
    const path = join(directory, 'history.db')
    const file = openHistoryFile(path, { maxAgeMs: 100, maxBytes: 2 ** 30 })
    const write = (atMs: number, classes: readonly ClassName[] | undefined) => {
      const cause = { source: 'dns example.test', origins: [], atMs }
      t.equal([...file.write({ cause, lists: [{ name: WEB01, classes }] })].length, 0)
    }
    const list = toClasses('A B')
    write(10, list)
    write(20, undefined)
    t.equal(file.prune(1000), true)
    t.equal(rowsIn(path)['list'], 0)
    write(1000, list)
    t.equal(rowsIn(path)['list'], 1)
    file.close()
  })
})
