import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { bootDirectory } from '../../testing/boot-site.ts'
import { INSTALL_LIMITS, installFiles } from './install-files.ts'

const HOST = 'web01.example.test'
const NOON_MS = Date.UTC(2026, 10, 22, 12)
const installation = { host: HOST, beganMs: NOON_MS }
const FOLDER = `logs/${HOST}/20261122T120000Z`

/** Archives come in pieces. */
async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

t.test('events are lines, as many as fit', async t => {
  const directory = await bootDirectory(t)
  const files = installFiles(directory, { ...INSTALL_LIMITS, eventsBytes: 9 })
  t.equal(await files.addEvent(installation, '1234'), 'kept')
  t.equal(await files.addEvent(installation, '12345'), 'too-large')
  t.equal(await files.addEvent(installation, '678'), 'kept')
  t.equal(await readFile(join(directory, FOLDER, 'events.jsonl'), 'utf8'), '1234\n678\n')
})

t.test('an archive is in place whole, or not at all', async t => {
  const directory = await bootDirectory(t)
  const files = installFiles(directory, { ...INSTALL_LIMITS, logBytes: 6, logs: 2 })
  t.equal(await files.saveLog(installation, 'a.tar.gz', pieces('123', '456')), 'kept')
  t.equal(await files.saveLog(installation, 'a.tar.gz', pieces('123', '4567')), 'too-large')
  const broken = (async function* () {
    yield Buffer.from('x')
    throw new Error('the connection broke')
  })()
  await t.rejects(files.saveLog(installation, 'a.tar.gz', broken), /broke/)
  t.strictSame(await readdir(join(directory, FOLDER)), ['a.tar.gz'])
  t.equal(await readFile(join(directory, FOLDER, 'a.tar.gz'), 'utf8'), '123456')

  t.equal(await files.saveLog(installation, 'b.tar.gz', pieces()), 'kept')
  t.equal(await files.saveLog(installation, 'c.tar.gz', pieces('1')), 'too-many')
  t.equal(await files.saveLog(installation, 'a.tar.gz', pieces('1')), 'kept', 'one that is there is replaced')
})

t.test('others may not read them', async t => {
  const directory = await bootDirectory(t)
  await installFiles(directory).saveLog(installation, 'a.tar.gz', pieces('x'))
  t.equal((await stat(join(directory, FOLDER))).mode & 0o007, 0)
  t.equal((await stat(join(directory, FOLDER, 'a.tar.gz'))).mode & 0o007, 0)
})

t.test('of a host the newest installations stay', async t => {
  const directory = await bootDirectory(t)
  const files = installFiles(directory, { ...INSTALL_LIMITS, installations: 3 })
  for (let minute = 0; minute < 5; minute++)
    await files.addEvent({ host: HOST, beganMs: NOON_MS + minute * 60_000 }, 'x')
  t.strictSame((await readdir(join(directory, 'logs', HOST))).sort(), [
    '20261122T120200Z',
    '20261122T120300Z',
    '20261122T120400Z',
  ])
})

t.test('so many unknown machines, and each as often as it asks', async t => {
  const directory = await bootDirectory(t)
  const files = installFiles(directory, { ...INSTALL_LIMITS, inventories: 2 })
  const save = (last: number, text: string) => files.saveInventory(`52:54:00:00:00:0${last}`, text)
  t.strictSame([await save(1, 'a'), await save(2, 'b'), await save(3, 'c')], ['kept', 'kept', 'too-many'])
  t.equal(await save(1, 'd'), 'kept')
  t.strictSame((await readdir(join(directory, 'discovered'))).sort(), [
    '52-54-00-00-00-01',
    '52-54-00-00-00-02',
  ])
  t.equal(await readFile(join(directory, 'discovered/52-54-00-00-00-01'), 'utf8'), 'd')
})
