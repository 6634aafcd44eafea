import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { holdFile } from './hold-file.ts'

t.test('one holds a file at a time, and it is free again when that one lets go', async t => {
  const path = join(t.testdir(), 'file')
  const letGo = await holdFile(path)
  t.equal(await holdFile(path), undefined)
  letGo?.()
  const again = await holdFile(path)
  t.type(again, 'function')
  again?.()
})

t.test('a process that is killed holds nothing', async t => {
  const path = join(t.testdir(), 'file')
  const module = pathToFileURL(join(import.meta.dirname, 'hold-file.ts')).href
  const program = `
    const { holdFile } = await import(${JSON.stringify(module)})
    console.log(await holdFile(${JSON.stringify(path)}) === undefined ? 'not held' : 'held')
    setInterval(() => {}, 60_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await once(child.stdout, 'data')
  t.equal(String(said), 'held\n')
  t.equal(await holdFile(path), undefined)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const letGo = await holdFile(path)
  t.type(letGo, 'function')
  letGo?.()
})

t.test('a file that cannot be made is a fault', async t => {
  await t.rejects(holdFile(join(t.testdir(), 'none/file')), { code: 'ENOENT' })
})
