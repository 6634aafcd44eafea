import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import type { ClassListOf } from '../model/class-lists.ts'
import type { ClassName } from '../model/class-name.ts'
import type { HistoryEntry } from '../model/list-history.ts'
import { changesAt, HISTORY_OPTIONS, toClasses, withHistory } from '../testing/history.ts'
import { withFiles } from '../testing/site-files.ts'
import { openHistory } from './open-history.ts'

const WEB01 = 'web01.example.test'
const WEB02 = 'web02.example.test'

const shown = ({ id, host, before, after, cause }: HistoryEntry): string =>
  `${id} ${cause.atMs} ${host}: ${before?.join(' ') ?? '-'} > ${after?.join(' ') ?? '-'}`

t.test('each change of a host, the newest first, with its cause', async t => {
  await withHistory(async history => {
    const origin = { kind: 'record', zone: 'example.test', owner: `_fai.${WEB01}`, type: 'TXT' } as const
    history.record(changesAt(1, { [WEB01]: 'DEFAULT BASE web01 LAST', [WEB02]: 'DEFAULT web02 LAST' }))
    history.record(changesAt(2, { [WEB01]: 'DEFAULT BASE WEB web01 LAST' }, { serial: 7, origins: [origin] }))
    history.record(changesAt(3, { [WEB01]: '' }))
    await history.settled()
    t.strictSame(history.of(WEB01, { limit: 10 }).map(shown), [
      `4 3 ${WEB01}: DEFAULT BASE WEB web01 LAST > -`,
      `3 2 ${WEB01}: DEFAULT BASE web01 LAST > DEFAULT BASE WEB web01 LAST`,
      `1 1 ${WEB01}: - > DEFAULT BASE web01 LAST`,
    ])
    t.strictSame(history.of(WEB01, { limit: 1, beforeId: 4 })[0]?.cause, {
      source: 'dns example.test',
      serial: 7,
      origins: [origin],
      atMs: 2,
    })
    t.strictSame(history.of('db01.example.test', { limit: 10 }), [])
  })
})

t.test('hosts that got or lost a class, and one of them', async t => {
  await withHistory(async history => {
    history.record(changesAt(1, { [WEB01]: 'DEFAULT WEB web01 LAST', [WEB02]: 'DEFAULT web02 LAST' }))
    history.record(changesAt(2, { [WEB01]: 'DEFAULT web01 LAST', [WEB02]: 'DEFAULT WEB web02 LAST' }))
    history.record(changesAt(3, { [WEB02]: 'DEFAULT WEB DB web02 LAST' }))
    await history.settled()
    const WEB = 'WEB' as ClassName
    const of = (entries: readonly HistoryEntry[]) => entries.map(({ id }) => id)
    t.strictSame(of(history.ofClass(WEB, { limit: 10 })), [4, 3, 1])
    t.strictSame(of(history.ofClass(WEB, { limit: 1, beforeId: 4 })), [3])
    t.strictSame(of(history.of(WEB02, { limit: 10, className: WEB })), [4])
    t.strictSame(of(history.ofClass('web01' as ClassName, { limit: 10 })), [], 'its own class is its host')
  })
})

t.test('the list at a time', async t => {
  await withHistory(async history => {
    history.record(changesAt(10, { [WEB01]: 'DEFAULT web01 LAST' }))
    history.record(changesAt(10, { [WEB02]: 'DEFAULT web02 LAST' }, { source: 'start' }))
    history.record(changesAt(20, { [WEB01]: 'DEFAULT WEB web01 LAST' }))
    history.record(changesAt(30, { [WEB01]: '' }))
    await history.settled()
    const listAt = (atMs: number, host = WEB01) => {
      const found = history.listAt(host, atMs)
      return found?.kind === 'list' ? found.entry.after?.join(' ') : found
    }
    t.strictSame(listAt(9), { kind: 'absent' })
    t.equal(listAt(10), 'DEFAULT web01 LAST')
    t.equal(listAt(19), 'DEFAULT web01 LAST')
    t.equal(listAt(20), 'DEFAULT WEB web01 LAST')
    t.strictSame(listAt(30), { kind: 'absent' })
    t.strictSame(listAt(9, WEB02), { kind: 'forgotten', beginsAtMs: 10 }, 'it may have been there before')
    t.equal(listAt(10, 'db01.example.test'), undefined)
  })
})

t.test('a host by its full name, or by the first part of it', async t => {
  await withHistory(async history => {
    const names = ['web01', 'web01.example.test', 'web010.example.test', 'web01-a.example.test']
    history.record(changesAt(1, Object.fromEntries(names.map(name => [name, 'DEFAULT LAST']))))
    history.record(changesAt(2, { 'db01.a.example.test': 'DEFAULT LAST', 'db01.b.example.test': 'LAST' }))
    await history.settled()
    t.strictSame(history.hostsNamed('web01'), ['web01'])
    t.strictSame(history.hostsNamed('web010'), ['web010.example.test'])
    t.strictSame(history.hostsNamed('db01'), ['db01.a.example.test', 'db01.b.example.test'])
    t.strictSame(history.hostsNamed('db'), [])
  })
})

t.test('hosts whose lists differ in their names alone share them', async t => {
  await withHistory(async (history, path) => {
    const hosts = Array.from({ length: 1000 }, (_, index) => `h${index}.example.test`)
    const listOf = (more: string) =>
      Object.fromEntries(hosts.map(name => [name, `DEFAULT ${more} ${name.split('.')[0]} LAST`]))
    history.record(changesAt(1, listOf('BASE')))
    history.record(changesAt(2, listOf('BASE WEB')))
    await history.settled()
    t.match(history.of('h7.example.test', { limit: 1 })[0]?.after, ['DEFAULT', 'BASE', 'WEB', 'h7', 'LAST'])
    const db = new DatabaseSync(path, { readOnly: true })
    t.strictSame({ ...db.prepare('SELECT count(*) AS lists FROM list').get() }, { lists: 2 })
    db.close()
  })
})

const listsOf = (lists: Readonly<Record<string, string>>) => ({
  all: (): readonly ClassListOf[] =>
    Object.entries(lists).map(([name, text]) => ({
      host: { short: name, fqdn: name },
      name,
      classes: text === '' ? undefined : toClasses(text),
      sinceMs: 0,
      faults: [],
    })),
  onChanges: () => () => {},
})

t.test('what changed while nobody recorded is recorded at the start', async t => {
  await withHistory(
    async history => {
      history.record(
        changesAt(1, {
          [WEB01]: 'DEFAULT web01 LAST',
          [WEB02]: 'DEFAULT web02 LAST',
          'db01.example.test': 'DEFAULT LAST',
          'db02.example.test': 'DEFAULT LAST',
        }),
      )
      history.follow(
        listsOf({
          [WEB01]: 'DEFAULT web01 LAST',
          [WEB02]: 'DEFAULT WEB web02 LAST',
          'db02.example.test': '',
          'ns1.example.test': 'DEFAULT LAST',
        }),
      )
      await history.settled()
      const newest = [WEB01, WEB02, 'db01.example.test', 'db02.example.test', 'ns1.example.test'].map(
        host => history.of(host, { limit: 1 })[0],
      )
      t.strictSame(
        newest.map(entry => entry && shown(entry)),
        [
          `1 1 ${WEB01}: - > DEFAULT web01 LAST`,
          `5 50 ${WEB02}: DEFAULT web02 LAST > DEFAULT WEB web02 LAST`,
          '7 50 db01.example.test: DEFAULT LAST > -',
          '4 1 db02.example.test: - > DEFAULT LAST',
          '6 50 ns1.example.test: - > DEFAULT LAST',
        ],
      )
      t.equal(newest[1]?.cause.source, 'start')
    },
    { now: () => 50 },
  )
})

t.test('a list that is recorded already is no change, and its cause is not kept', async t => {
  await withHistory(async (history, path) => {
    for (const atMs of [1, 2]) history.record(changesAt(atMs, { [WEB01]: 'DEFAULT LAST' }))
    history.record(changesAt(3, { 'db01.example.test': '' }))
    await history.settled()
    const db = new DatabaseSync(path, { readOnly: true })
    t.strictSame(
      { ...db.prepare('SELECT count(*) AS n, sum(uses) AS uses FROM cause').get() },
      { n: 1, uses: 1 },
    )
    db.close()
  })
})

/** The files of histories that nobody can use. */
const refused: Readonly<
  Record<string, { make: (path: string, t: Test) => Promise<void> | void; want: RegExp }>
> = {
  'a file that is no database': {
    make: path => writeFile(path, 'x'.repeat(5000)),
    want: /^is damaged \(file is not a database\): with the server ended, move it away/,
  },
  'a database of another program': {
    make: path => {
      const db = new DatabaseSync(path)
      db.exec('CREATE TABLE other (x)')
      db.close()
    },
    want: /^is no history of fai-classes$/,
  },
  'a history of a newer version': {
    make: async path => {
      await openHistory(path, HISTORY_OPTIONS).close()
      const db = new DatabaseSync(path)
      db.exec('PRAGMA user_version = 2')
      db.close()
    },
    want: /^has form 2, and this fai-classes knows form 1 only$/,
  },
}

for (const [name, { make, want }] of Object.entries(refused)) {
  t.test(`${name} is refused, and named`, async t => {
    await withFiles({}, async directory => {
      const path = join(directory, 'history.db')
      await make(path, t)
      t.throws(() => openHistory(path, HISTORY_OPTIONS), {
        message: want,
        code: 'history-unreadable',
        origin: { kind: 'file', path },
      })
    })
  })
}

t.test('a directory that is not there is named', t => {
  const path = '/nonexistent/history.db'
  t.throws(() => openHistory(path, HISTORY_OPTIONS), { code: 'history-unreadable', origin: { path } })
  t.end()
})
