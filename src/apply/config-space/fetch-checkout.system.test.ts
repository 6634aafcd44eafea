import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseConfigSpaceUri } from '../../model/config-space-uri.ts'
import { freePort } from '../../testing/free-port.ts'
import { startListening } from '../../testing/listening-program.ts'
import { runProgram } from '../../testing/run-program.ts'
import { withFiles } from '../../testing/site-files.ts'
import { makeRunner } from '../runner.ts'
import { fetchConfigSpace } from './fetch-config-space.ts'

const fetchFrom = (
  uri: string,
  cacheDirectory: string,
  searchPath = process.env['PATH'] ?? '',
): Promise<string> => {
  const { value } = parseConfigSpaceUri(uri, '/')
  if (value === undefined) throw new Error(`"${uri}" is no URI`)
  const run = makeRunner({ ...process.env, PATH: searchPath })
  return fetchConfigSpace(value, { cacheDirectory, run, searchPath, signal: new AbortController().signal })
}

/** A repository with the branches `trunk`, its HEAD, and `next`. */
const withRepository = (
  use: (at: { repository: string; cache: string }) => Promise<unknown>,
): Promise<unknown> =>
  withFiles({ 'repository/class/50-host': 'trunk' }, async directory => {
    const repository = join(directory, 'repository')
    await git(repository, 'init', '--quiet', '--initial-branch=trunk')
    await commit(repository)
    await git(repository, 'checkout', '--quiet', '-b', 'next')
    await writeFile(join(repository, 'class/50-host'), 'next')
    await commit(repository)
    await git(repository, 'checkout', '--quiet', 'trunk')
    return use({ repository, cache: join(directory, 'cache') })
  })

const git = (repository: string, ...args: string[]): Promise<string> =>
  runProgram('git', ['-C', repository, '-c', 'user.name=fai', '-c', 'user.email=fai@example.test', ...args])

const commit = async (repository: string): Promise<void> => {
  await git(repository, 'add', '--all')
  await git(repository, 'commit', '--quiet', '--message=change')
}

const readHost = (directory: string): Promise<string> => readFile(join(directory, 'class/50-host'), 'utf8')

t.test('git: the branch that is named, or that of HEAD, each time as it is there', async t => {
  await withRepository(async ({ repository, cache }) => {
    const uri = `git+file://${repository}`
    const first = await fetchFrom(uri, cache)
    t.equal(await readHost(first), 'trunk')
    t.equal(await readHost(await fetchFrom(`${uri}#next`, cache)), 'next')
    await writeFile(join(first, 'class/50-host'), 'changed by a script')
    await writeFile(join(repository, 'class/60-new'), '')
    await commit(repository)
    const second = await fetchFrom(uri, cache)
    t.equal(await readHost(second), 'trunk')
    t.ok((await readdir(join(second, 'class'))).includes('60-new'))
    t.equal((await git(second, 'remote', 'get-url', 'origin')).trim(), `file://${repository}`)
    await git(second, 'fsck', '--strict')
  })
})

t.test('git: a branch that is not there, a repository that is gone, one without a config space', async t => {
  await withRepository(async ({ repository, cache }) => {
    const uri = `git+file://${repository}`
    await t.rejects(fetchFrom(`${uri}#none`, cache), {
      code: 'config-space-fetch',
      message: /#none": git: fatal: Remote branch none not found/,
    })
    await t.rejects(fetchFrom(`${uri}-gone`, cache), { code: 'config-space-fetch', message: /git: fatal: / })
    await git(repository, 'mv', 'class', 'other')
    await commit(repository)
    await t.rejects(fetchFrom(uri, cache), { code: 'config-space-invalid' })
  })
})

t.test('git: from a git daemon', async t => {
  await withRepository(async ({ repository, cache }) => {
    const port = await freePort()
    // By itself: `git daemon` would have it as a child.
    const daemon = join((await runProgram('git', ['--exec-path'])).trim(), 'git-daemon')
    const words = ['--reuseaddr', '--listen=127.0.0.1', `--port=${port}`, '--export-all']
    t.teardown(await startListening([daemon, ...words, `--base-path=${repository}/..`], port))
    const fetched = await fetchFrom(`git://127.0.0.1:${port}/repository#next`, cache)
    t.equal(await readHost(fetched), 'next')
  })
})

const PROGRAM = `#!/bin/sh
[ "$FAI_CONFIG_SRC" = site://place ] || exit 3
mkdir "$FAI/class" && echo "found at $FAI_CONFIG_SRC" >"$FAI/class/50-host"
`

t.test('a method of the site is the program get-config-dir-METHOD', async t => {
  await withFiles({ 'bin/get-config-dir-site': PROGRAM }, async directory => {
    const cache = join(directory, 'cache')
    await chmod(join(directory, 'bin/get-config-dir-site'), 0o755)
    const path = `${directory}/bin:${process.env['PATH']}`
    t.equal(await readHost(await fetchFrom('site://place', cache, path)), 'found at site://place\n')
    await t.rejects(fetchFrom('site://other', cache, path), {
      code: 'config-space-fetch',
      message: /"site:\/\/other": get-config-dir-site: \(exit code 3\)/,
    })
  })
})

t.test('a program that is missing is named with its package, an unknown method with its program', async t => {
  await withFiles({ 'bin/README': '' }, async directory => {
    const nowhere = join(directory, 'bin')
    const missing = (uri: string, message: RegExp) =>
      t.rejects(fetchFrom(uri, join(directory, 'cache'), nowhere), { code: 'config-space-method', message })
    await missing('svn://svn.example.test/c', /the program svn is not there; install the package subversion/)
    await missing('hg+https://hg.example.test/c', /install the package mercurial/)
    await missing('http://files.example.test/c.tar', /install the package curl/)
    await missing('tfpt://boot.example.test/c', /the method "tfpt" is not known, .* get-config-dir-tfpt/)
  })
})

t.test('copies of runs that are gone are removed, but the last good one', async t => {
  await withRepository(async ({ repository, cache }) => {
    const uri = `git+file://${repository}`
    const slot = join(await fetchFrom(uri, cache), '../..')
    // No process has a number that large (proc(5), pid_max).
    for (const name of ['run-99999999-good', 'run-99999998-old'])
      await mkdir(join(slot, name, 'config/class'), { recursive: true })
    await runProgram('rm', [join(slot, 'current')])
    await symlink('run-99999999-good/config', join(slot, 'current'))
    await git(repository, 'branch', '--quiet', '-m', 'trunk', 'renamed')
    await git(repository, 'symbolic-ref', 'HEAD', 'refs/heads/none')
    await t.rejects(fetchFrom(uri, cache), { message: /run-99999999-good\/config/ })
    const names = await readdir(slot)
    t.ok(names.includes('run-99999999-good'))
    t.notOk(names.includes('run-99999998-old'))
  })
})

t.test('a cache that cannot be made is named', async t => {
  await withFiles({ cache: 'a file' }, async directory => {
    await t.rejects(fetchFrom('git://127.0.0.1:1/c', join(directory, 'cache')), {
      code: 'config-space-fetch',
      message: /the cache cannot be used/,
    })
  })
})
