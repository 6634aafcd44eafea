import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { systemStep } from '../plan/system/system-step.ts'
import { withFiles } from '../testing/site-files.ts'
import { openApply } from './apply-plan.ts'
import { makeRunner, searchPath } from './runner.ts'

const path = '/var/lib/dpkg'
const mount = systemStep('extrbase', 'mount', 'mount', { kind: 'mount-ramdisk', path })
const unmount = systemStep('finish', 'unmount', 'unmount', { kind: 'unmount-ramdisk', path })
const files = { 'target/var/lib/dpkg/status': 'old', 'log/x': '' }

const withRun = (use: (place: string, run: Awaited<ReturnType<typeof openApply>>) => Promise<void>) =>
  withFiles(files, async directory => {
    const run = await openApply(
      {
        run: makeRunner(process.env),
        searchPath: searchPath(process.env),
        target: join(directory, 'target'),
        logDirectory: join(directory, 'log'),
        signal: new AbortController().signal,
      },
      () => ({}),
      text => text,
    )
    try {
      await use(join(directory, 'target/var/lib'), run)
    } finally {
      await run.close()
    }
  })

const isOther = async (place: string): Promise<boolean> =>
  (await lstat(join(place, 'dpkg'))).dev !== (await lstat(place)).dev

t.test('what is written in memory is on the disk afterwards', async t =>
  withRun(async (place, run) => {
    await run.perform(mount, 0)
    t.ok(await isOther(place), 'it is a file system of its own')
    t.equal(await readFile(join(place, 'dpkg/status'), 'utf8'), 'old')
    await writeFile(join(place, 'dpkg/status'), 'new')
    await mkdir(join(place, 'dpkg/info'), { mode: 0o700 })
    await run.perform(unmount, 1)
    t.notOk(await isOther(place))
    t.equal(await readFile(join(place, 'dpkg/status'), 'utf8'), 'new')
    t.equal((await lstat(join(place, 'dpkg/info'))).mode & 0o777, 0o700)
    t.strictSame(await readdir(place), ['dpkg'], 'nothing is left beside it')
  }),
)

t.test('a run that ends before writes it back too, and twice is once', async t =>
  withRun(async (place, run) => {
    await run.perform(mount, 0)
    await writeFile(join(place, 'dpkg/status'), 'new')
    t.strictSame(await run.close(), [])
    t.notOk(await isOther(place))
    t.equal(await readFile(join(place, 'dpkg/status'), 'utf8'), 'new')
    await run.perform(unmount, 1)
  }),
)

t.test('a directory that the target does not have is nothing to do', async t =>
  withRun(async (place, run) => {
    const absent = { ...mount, action: { ...mount.action, path: '/var/lib/rpm' } }
    await run.perform(absent, 0)
    t.strictSame(await readdir(place), ['dpkg'])
  }),
)
