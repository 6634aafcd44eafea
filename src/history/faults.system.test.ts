import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { HISTORY_OPTIONS } from '../testing/history.ts'
import { startLines } from '../testing/line-program.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'
import { openHistory } from './open-history.ts'

// A server's history under a process that is killed, and on a disk that is full.

t.setTimeout(300_000)

const WRITER = [process.execPath, join(ROOT, 'src/testing/write-history.ts')] as const
const HOSTS = 1000

/** Changes by the time of their cause. */
const batchesIn = (path: string): ReadonlyMap<number, number> => {
  const db = new DatabaseSync(path, { readOnly: true })
  const rows = db
    .prepare('SELECT at_ms AS batch, count(*) AS n FROM change JOIN cause ON cause.id = cause GROUP BY at_ms')
    .all()
  const [check] = db.prepare('PRAGMA integrity_check').all()
  db.close()
  t.strictSame({ ...check }, { integrity_check: 'ok' })
  return new Map(rows.map(({ batch, n }) => [Number(batch), Number(n)]))
}

t.test('killed in a write, ten times: each batch is there in whole or not at all', async t => {
  await withFiles({}, async directory => {
    const path = join(directory, 'history.db')
    let last = 0
    for (let round = 0; round < 10; round++) {
      const writer = startLines([...WRITER, path, String(last + 1)])
      const at = last + 1 + (round % 3)
      await writer.line(new RegExp(`^written ${at}$`))
      // In the middle of the next one, each time at another place.
      await new Promise(resolve => setTimeout(resolve, round * 3))
      await writer.stop('SIGKILL')
      const told = writer.lines.map(line => Number(/^written (\d+)$/.exec(line)?.[1] ?? 0))
      const batches = batchesIn(path)
      last = Math.max(...batches.keys())
      t.ok(last >= Math.max(...told), 'what was said to be written is there')
      t.strictSame(
        [...batches.values()].filter(count => count !== HOSTS),
        [],
      )
    }
    const history = openHistory(path, HISTORY_OPTIONS)
    t.match(history.of('h7.example.test', { limit: 1 }), [{ after: [`B${last}`, 'C7'] }])
    t.equal(history.of('h7.example.test', { limit: last }).length, last, 'every one has the one before')
    await history.close()
  })
})

/** Writes on a small disk of its own, which gets larger at a line of stdin; in the end the file is copied out. */
const ON_SMALL_DISK = `disk=$1 out=$2
shift 2
mount -t tmpfs -o size=4m tmpfs "$disk"
"$@" "$disk/history.db" &
trap 'kill -9 $!; wait $!; cp "$disk"/history.db* "$out"; exit' TERM
read -r line && mount -o remount,size=64m "$disk"
wait`

t.test('a full disk: it is said, and with room again all that waited is written', async t => {
  await withFiles({ 'disk/.keep': '', 'out/.keep': '' }, async directory => {
    const [disk, out] = [join(directory, 'disk'), join(directory, 'out')]
    const writer = startLines(['unshare', '--mount', 'sh', '-c', ON_SMALL_DISK, 'sh', disk, out, ...WRITER])
    try {
      const full = await writer.line(/^behind /)
      t.match(
        full,
        /^behind history-unwritable cannot be written: (database or disk is full|disk I\/O error)$/,
      )
      writer.write('more\n')
      await writer.line(/^current/)
      const from = writer.lines.length
      await writer.line(/^written /, from)
    } finally {
      await writer.stop()
    }
    const path = join(out, 'history.db')
    const batches = batchesIn(path)
    t.strictSame(
      [...batches.keys()],
      Array.from(batches.keys(), (_, index) => index + 1),
      'none is missing',
    )
    t.strictSame(
      [...batches.values()].filter(count => count !== HOSTS),
      [],
    )
  })
})
