import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { bootDirectory } from '../../testing/boot-site.ts'
import { bootStore } from './store.ts'

// Several processes that change the state of one host, and processes that are killed while they do.

const HOST = 'web01.example.test'

/** A process that counts the time of the state up so many times, and prints what it made of it. */
const startCounting = (directory: string, times: number) => {
  const module = pathToFileURL(join(import.meta.dirname, 'store.ts')).href
  const program = `
    const { bootStore } = await import(${JSON.stringify(module)})
    const store = bootStore(${JSON.stringify(directory)})
    for (let count = 0; count < ${times}; count++) {
      console.log(await store.update('${HOST}', before => {
        const sinceMs = before.sinceMs + 1
        return { record: { ...before, state: 'armed', sinceMs }, answer: sinceMs }
      }))
    }`
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

t.test('of what four processes write at once nothing is lost, and each has a number of its own', async t => {
  const directory = join(await bootDirectory(t), 'boot')
  const printed: string[] = []
  const children = Array.from({ length: 4 }, () => startCounting(directory, 25))
  await Promise.all(
    children.map(async child => {
      createInterface({ input: child.stdout }).on('line', line => printed.push(line))
      t.strictSame(await once(child, 'close'), [0, null])
    }),
  )
  t.equal((await bootStore(directory).read(HOST)).sinceMs, 100)
  t.equal(new Set(printed).size, 100)
})

t.test(
  'a process that is killed leaves the state before or after a change, and nothing that holds up the next',
  async t => {
    const directory = join(await bootDirectory(t), 'boot')
    const store = bootStore(directory)
    for (let round = 0; round < 8; round++) {
      const child = startCounting(directory, 1_000_000)
      let last = 0
      const lines = createInterface({ input: child.stdout }).on('line', line => {
        last = Number(line)
      })
      await once(lines, 'line')
      setTimeout(() => child.kill('SIGKILL'), 20 + round * 7)
      await once(child, 'close')
      const { sinceMs } = await store.read(HOST)
      t.ok(sinceMs === last || sinceMs === last + 1, `${sinceMs} after ${last} was told`)
    }
  },
)
