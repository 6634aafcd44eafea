import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { snapshotStore } from './snapshot-store.ts'

/** A process that writes one large answer after the other, and prints the number of each that is written. */
const startWriting = (directory: string) => {
  const module = pathToFileURL(join(import.meta.dirname, 'snapshot-store.ts')).href
  const program = `
    const { snapshotStore } = await import(${JSON.stringify(module)})
    const store = snapshotStore(${JSON.stringify(directory)}, {})
    const first = (await store.read('whole')).serial ?? 0
    for (let serial = first + 1; ; serial++) {
      await store.write('whole', { savedAtMs: Date.now(), serial, answer: new Array(100_000).fill(serial) })
      console.log(serial)
    }`
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

t.test(
  'a process that is killed while it writes leaves the answer before or the one after, whole',
  async t => {
    const directory = t.testdir()
    const store = snapshotStore(directory, {})
    for (let round = 0; round < 4; round++) {
      const child = startWriting(directory)
      let last = 0
      const lines = createInterface({ input: child.stdout }).on('line', line => {
        last = Number(line)
      })
      await once(lines, 'line')
      setTimeout(() => child.kill('SIGKILL'), round * 7)
      await once(child, 'close')
      const stored = await store.read('whole')
      if (stored.kind !== 'held') throw new Error(`it is ${stored.kind}`)
      t.ok(stored.serial === last || stored.serial === last + 1, `${stored.serial} after ${last} was told`)
      t.strictSame(new Set(stored.answer as readonly number[]), new Set([stored.serial]))
    }
  },
)

t.test('an answer with characters of several octets is the same again', async t => {
  const store = snapshotStore(t.testdir(), {})
  const answer = { text: 'ä€😀\ud800'.repeat(50_000) }
  await store.write('whole', { savedAtMs: 1, answer })
  t.match(await store.read('whole'), { kind: 'held', answer })
})
