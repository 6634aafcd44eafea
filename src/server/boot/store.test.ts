import { writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { bootDirectory } from '../../testing/boot-site.ts'
import { formatBootRecord } from './record.ts'
import { type BootRecord, NEVER_ARMED } from './state.ts'
import { BootStoreError, bootStore } from './store.ts'

const HOST = 'web01.example.test'

const armed: BootRecord = { state: 'armed', sinceMs: 1, message: 'asked for by boot install' }
const set = (record: BootRecord) => () => ({ record, answer: record.state })

t.test('a host of which nothing is stored was never armed', async t => {
  const store = bootStore(join(await bootDirectory(t), 'not', 'there'))
  t.equal(await store.read(HOST), NEVER_ARMED)
  t.strictSame(await store.list(), [])
})

t.test('what was written is read, by another store too', async t => {
  const directory = join(await bootDirectory(t), 'state', 'boot')
  t.equal(await bootStore(directory).update(HOST, set(armed)), 'armed')
  t.strictSame(await bootStore(directory).read(HOST), armed)
  t.strictSame(await bootStore(directory).list(), [{ host: HOST, record: armed }])
})

t.test('directories are for the group of the server, files are read by it', async t => {
  const directory = join(await bootDirectory(t), 'boot')
  await bootStore(directory).update(HOST, set(armed))
  t.equal((await stat(directory)).mode & 0o7777, 0o2770)
  t.equal((await stat(join(directory, HOST))).mode & 0o7777, 0o2770)
  t.equal((await stat(join(directory, HOST, '1'))).mode & 0o7777, 0o640)
})

t.test('the newest eight stay, and those of the last minute', async t => {
  const directory = await bootDirectory(t)
  const store = bootStore(directory)
  const numbers = async () => (await readdir(join(directory, HOST))).map(Number).sort((a, b) => a - b)
  for (let sinceMs = 1; sinceMs <= 12; sinceMs++) await store.update(HOST, set({ ...armed, sinceMs }))
  t.equal((await numbers()).length, 12)
  for (const number of await numbers()) await utimes(join(directory, HOST, String(number)), 0, 0)
  await store.update(HOST, set({ ...armed, sinceMs: 13 }))
  t.strictSame(await numbers(), [6, 7, 8, 9, 10, 11, 12, 13])
  t.equal((await store.read(HOST)).sinceMs, 13)
})

t.test('what a process that was killed had begun to write goes after an hour', async t => {
  const directory = await bootDirectory(t)
  const folder = join(directory, HOST)
  await mkdir(folder)
  for (const name of ['.killed', '.writing']) await writeFile(join(folder, name), '')
  await utimes(join(folder, '.killed'), 0, 0)
  await bootStore(directory).update(HOST, set(armed))
  t.strictSame((await readdir(folder)).sort(), ['.writing', '1'])
})

t.test('no change, no file', async t => {
  const directory = await bootDirectory(t)
  await bootStore(directory).update(HOST, record => ({ record, answer: undefined }))
  t.notOk((await readdir(directory)).includes(HOST))
})

t.test('of many changes at one moment none is lost', async t => {
  const directory = await bootDirectory(t)
  const stores = Array.from({ length: 4 }, () => bootStore(directory))
  const add = (record: BootRecord) => ({
    record: { ...armed, sinceMs: record.sinceMs + 1 },
    answer: undefined,
  })
  for (let round = 0; round < 5; round++) await Promise.all(stores.map(store => store.update(HOST, add)))
  t.equal((await bootStore(directory).read(HOST)).sinceMs, 20)
})

t.test('who stood still until its number was free again did not change anything', async t => {
  const directory = await bootDirectory(t)
  const folder = join(directory, HOST)
  await mkdir(folder)
  const newer = formatBootRecord({ ...armed, sinceMs: 30 })
  const { now } = performance
  t.teardown(() => Object.assign(performance, { now }))
  // The directory is read, then others write 1 to 9, a minute later they remove 1.
  const outdated = bootStore(directory).update(HOST, () => {
    for (let number = 2; number <= 9; number++) writeFileSync(join(folder, String(number)), newer)
    Object.assign(performance, { now: () => now.call(performance) + 61_000 })
    return { record: armed, answer: 'armed' }
  })
  await t.rejects(outdated, { name: 'BootStoreError', message: /try again/ })
  t.equal((await bootStore(directory).read(HOST)).sinceMs, 30)
})

t.test('what is no record is an error that names the file, in a list beside the others', async t => {
  const directory = join(await bootDirectory(t), 'boot')
  const store = bootStore(directory)
  await store.update('ok.example.test', set(armed))
  const bad: Record<string, string> = {
    cut: formatBootRecord(armed).slice(0, 20),
    empty: '',
    zeros: '\0'.repeat(100),
    'of another state': JSON.stringify({ ...armed, state: 'install' }),
    'without a time': JSON.stringify({ ...armed, sinceMs: undefined }),
    'with half a token': JSON.stringify({ ...armed, token: { hash: 'a'.repeat(64) } }),
    'no object': 'null',
  }
  for (const [name, text] of Object.entries(bad)) {
    const host = `${name.replaceAll(' ', '-')}.example.test`
    await mkdir(join(directory, host))
    await writeFile(join(directory, host, '3'), text)
    const path = join(directory, host, '3')
    await t.rejects(
      store.read(host),
      { name: 'BootStoreError', message: `${path} is not what was written` },
      name,
    )
    await t.rejects(store.update(host, set(armed)), BootStoreError, `${name}: not written over`)
  }
  await mkdir(join(directory, 'dir.example.test', '1'), { recursive: true })
  await t.rejects(store.read('dir.example.test'), { name: 'BootStoreError', message: /EISDIR/ })
  await mkdir(join(directory, 'link.example.test'))
  await symlink('nowhere', join(directory, 'link.example.test', '1'))
  await t.rejects(store.read('link.example.test'), { name: 'BootStoreError', message: /ENOENT/ })
  const listed = await store.list()
  t.equal(listed.filter(each => 'error' in each).length, Object.keys(bad).length + 2)
  t.strictSame(
    listed.filter(each => 'record' in each).map(({ host }) => host),
    ['ok.example.test'],
  )
})

t.test('half a file that a killed process left is passed over', async t => {
  const directory = await bootDirectory(t)
  const store = bootStore(directory)
  await store.update(HOST, set(armed))
  await writeFile(join(directory, HOST, '.0123456789ab'), formatBootRecord(NEVER_ARMED).slice(0, 9))
  t.strictSame(await store.read(HOST), armed)
})

t.test('a name that is none of a host leads nowhere', async t => {
  const store = bootStore(await bootDirectory(t))
  for (const host of ['', '.', '..', '../x', 'a/b', 'a..b', '/etc', 'WEB01.example.test', 'a\0b']) {
    await t.rejects(store.read(host), BootStoreError, JSON.stringify(host))
  }
})

t.test('a directory that cannot be read is an error', async t => {
  const directory = await bootDirectory(t)
  await writeFile(join(directory, 'boot'), '')
  await t.rejects(bootStore(join(directory, 'boot')).read(HOST), {
    name: 'BootStoreError',
    message: /ENOTDIR/,
  })
  await t.rejects(bootStore(join(directory, 'boot')).update(HOST, set(armed)), BootStoreError)
  t.equal(await readFile(join(directory, 'boot'), 'utf8'), '')
})
