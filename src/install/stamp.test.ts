import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { stampName, takeStamp } from './stamp.ts'

const directory = mkdtempSync(join(tmpdir(), 'fai-classes-stamp-'))
t.teardown(() => rmSync(directory, { recursive: true, force: true }))

/** More than any process may have for a number. */
const NO_PROCESS = 2 ** 30

t.test('the names are those of FAI', async t => {
  t.equal(stampName('dirinstall', '/srv/chroot/a'), 'dirinstall-=srv=chroot=a')
  t.equal(stampName('softupdate', '/'), 'fai_softupdate_is_running')
  t.equal(stampName('install', '/target'), 'FAI_INSTALLATION_IN_PROGRESS')
  t.equal(stampName('install', '/srv/a.img'), 'install-=srv=a.img', 'images are made beside each other')
  t.equal(stampName('sysinfo', '/'), undefined)
})

t.test('while a run is alive another one is refused; when it has ended it is not', async t => {
  const stamp = await takeStamp('alive', process.pid, directory)
  t.equal(stamp.takenOver, undefined)
  await t.rejects(takeStamp('alive', process.pid, directory), {
    name: 'RefusedError',
    message: `another run is at work there: process ${process.pid} has ${directory}/alive`,
  })
  await stamp.release()
  t.equal(existsSync(join(directory, 'alive')), false)
  await (await takeStamp('alive', process.pid, directory)).release()
})

t.test('of two runs at one moment one gets the mark', async t => {
  const both = await Promise.allSettled([1, 2].map(() => takeStamp('race', process.pid, directory)))
  t.strictSame(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

for (const [name, text] of Object.entries({
  'a process that has ended': `${NO_PROCESS} 4711\n`,
  'another process of the same number': `${process.pid} 1\n`,
})) {
  t.test(`the mark of ${name} is taken over, and told`, async t => {
    const path = join(directory, 'stale')
    writeFileSync(path, text)
    const stamp = await takeStamp('stale', process.pid, directory)
    t.match(
      stamp.takenOver,
      /^a run that was ended, process \d+, left .*\/stale behind; this run takes it over$/,
    )
    t.match(readFileSync(path, 'utf8'), new RegExp(`^${process.pid} `))
    await stamp.release()
  })
}

t.test("FAI's own mark, which is empty, is never taken over", async t => {
  writeFileSync(join(directory, 'of-fai'), '')
  await t.rejects(takeStamp('of-fai', process.pid, directory), { message: /FAI itself is at work/ })
})
