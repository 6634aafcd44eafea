import { execFile } from 'node:child_process'
import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { bootDirectory } from '../../testing/boot-site.ts'
import { bootStore } from './store.ts'

// The command as root, the server as a user of its own, an administrator of its group, and somebody else.

const run = promisify(execFile)

const HOST = 'web01.example.test'
const SERVER = { uid: 64_001, gid: 64_001 }

/** What a user makes of the state: its time is counted up. Modules are loaded as root, for a checkout may be for root alone. */
const countUp = async (directory: string, uid: number, gid: number): Promise<string> => {
  const module = pathToFileURL(join(import.meta.dirname, 'store.ts')).href
  const program = `
    const { bootStore } = await import(${JSON.stringify(module)})
    process.setgroups([]); process.setgid(${gid}); process.setuid(${uid}); process.umask(0o077)
    const store = bootStore(${JSON.stringify(directory)}, ${JSON.stringify(SERVER)})
    try {
      console.log(await store.update('${HOST}', before => {
        const sinceMs = before.sinceMs + 1
        return { record: { ...before, state: 'rescue', sinceMs }, answer: String(sinceMs) }
      }))
    } catch (error) {
      console.log(error.name, error.cause?.code)
    }`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program])
  return stdout.trim()
}

t.test('root, the server and its group change one state; others neither read nor change it', async t => {
  const directory = join(await bootDirectory(t), 'state', 'boot')
  await chmod(join(directory, '../..'), 0o755)
  const store = bootStore(directory, SERVER)
  await store.update(HOST, before => ({ record: { ...before, sinceMs: 1 }, answer: undefined }))
  for (const path of [join(directory, '..'), directory, join(directory, HOST)]) {
    const { uid, gid, mode } = await stat(path)
    t.strictSame([uid, gid, mode & 0o7777], [SERVER.uid, SERVER.gid, 0o2770], path)
  }
  t.equal(await countUp(directory, SERVER.uid, SERVER.gid), '2')
  t.equal(await countUp(directory, 64_002, SERVER.gid), '3', 'an administrator of the group')
  t.equal(await countUp(directory, 0, 0), '4')
  t.equal(await countUp(directory, SERVER.uid, SERVER.gid), '5')
  t.equal(await countUp(directory, 64_003, 64_003), 'BootStoreError EACCES')
  t.equal((await store.read(HOST)).sinceMs, 5)
})
