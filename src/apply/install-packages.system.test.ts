import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readArchive } from '../inspect/apt-sources.ts'
import { readCommand } from '../inspect/runner.ts'
import type { LocalPackage } from '../model/config-space.ts'
import type { Step } from '../plan/step.ts'
import { planPackages } from '../plan/system/package-step.ts'
import { groupPackages } from '../plan/system/packages.ts'
import { runProgram } from '../testing/run-program.ts'
import { buildPackage, makeArchive } from '../testing/small-archive.ts'
import type { ApplyContext } from './context.ts'
import { installPackages } from './install-packages.ts'
import { makeRunner, searchPath } from './runner.ts'
import { openTaskLog } from './task-log.ts'
import { undoStack } from './undo.ts'

const { signal } = new AbortController()
const directory = await mkdtemp(join(tmpdir(), 'fai-classes-packages-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const target = join(directory, 'target')
const log = openTaskLog(join(directory, 'log'), text => text)

const inTarget = (...words: readonly string[]): Promise<string> => runProgram('chroot', [target, ...words])

/** Carries out a text of `package_config/WEB`; a fault is in the outcome. */
const install = async (text: string, respectsHolds: boolean, localPackages: readonly LocalPackage[] = []) => {
  const files = [{ class: 'WEB', path: 'package_config/WEB', text }]
  const { value = { groups: [], preloads: [] } } = groupPackages({ files, classes: ['WEB'] })
  const [step] = planPackages(value, localPackages, respectsHolds) as readonly Step[]
  if (step?.action.kind !== 'install-packages') throw new Error('there is nothing to install')
  const context: ApplyContext = {
    scriptEnvironment: () => ({ BETA: 'beta' }),
    target,
    logDirectory: join(directory, 'log'),
    run: makeRunner(process.env),
    searchPath: searchPath(process.env),
    log,
    undo: undoStack(async () => {}),
    devices: new Map(),
    failedScripts: [],
    packageReports: [],
    signal,
  }
  const fault = await installPackages(step.action, context, step).then(
    () => undefined,
    error => error,
  )
  return { fault, report: context.packageReports[0] }
}

const TEXT = `PACKAGES install
alpha gamma- held alpa
PACKAGES install-norec
$BETA thing
PACKAGES hold
dpkg
PACKAGES remove
delta
`

t.before(async () => {
  const { value: archive } = await readArchive(readCommand, signal)
  if (archive === undefined) throw new Error('this machine has no archive of Debian')
  const options = archive.aptOptions.map(option => `--aptopt=${option.replace(/;$/, '')}`)
  await runProgram('mmdebstrap', [
    ...['--quiet', '--mode=root', '--variant=apt', '--format=directory', '--dpkgopt=force-unsafe-io'],
    ...['--aptopt=Acquire::Languages "none"', ...options, archive.suite, target, ...archive.sources],
  ])
  await makeArchive(join(target, 'srv/archive'), [
    { name: 'alpha', version: '1', fields: ['Recommends: gamma, epsilon'] },
    { name: 'beta', version: '1', fields: ['Recommends: zeta'] },
    ...['gamma', 'delta', 'epsilon', 'zeta'].map(name => ({ name, version: '1' })),
    { name: 'held', version: '2' },
    { name: 'provider', version: '1', fields: ['Provides: thing'] },
  ])
  await writeFile(join(target, 'etc/apt/sources.list'), 'deb [trusted=yes] file:/srv/archive ./\n')
  await inTarget('apt-get', '-q', 'update')
  const old = await buildPackage(join(target, 'srv'), { name: 'held', version: '1' })
  await inTarget('dpkg', '--install', `/srv/${old.slice(join(target, 'srv/').length)}`)
  await inTarget('dpkg', '--install', '/srv/archive/delta_1_all.deb')
  await inTarget('apt-mark', 'hold', 'held')
})

t.test('what the host holds stays, an unknown name is told, and the rest is done', async t => {
  const { fault, report } = await install(TEXT, true)
  t.equal(fault, undefined)
  t.strictSame(report?.changes, [
    { package: 'alpha:all', to: '1' },
    { package: 'beta:all', to: '1' },
    { package: 'delta:all', from: '1' },
    { package: 'epsilon:all', to: '1' },
    { package: 'provider:all', to: '1' },
  ])
  t.match(report?.dropped, [{ package: 'alpa', class: 'WEB', origin: { line: 2 } }, { package: 'held' }])
  t.equal(await inTarget('apt-mark', 'showhold'), 'dpkg\nheld\n')
  const software = await readFile(join(directory, 'log/software.log'), 'utf8')
  t.match(software, 'package_config/WEB:2: no archive has a package "alpa" (nearest known package: "alpha")')
  t.match(software, 'the host holds "held"')
  t.match(software, /^Setting up alpha \(1\)/m)
  t.match(
    await readFile(join(target, 'var/log/install_packages.list'), 'utf8'),
    /^# List of all packages .*\nalpha\ngamma-\ngamma-\nbeta\nthing\n$/,
  )
})

t.test('a second time nothing changes', async t => {
  const { fault, report } = await install(TEXT, true)
  t.equal(fault, undefined)
  t.strictSame(report?.changes, [])
})

t.test('without respect for holds the classes decide', async t => {
  const { fault, report } = await install('PACKAGES install\nheld\n', false)
  t.equal(fault, undefined)
  t.strictSame(report?.changes, [{ package: 'held:all', from: '1', to: '2' }])
})

t.test('after a command that fails the others are run, and it is named at the end', async t => {
  const own = join(directory, 'pkgs/WEB')
  await mkdir(own, { recursive: true })
  const path = await buildPackage(own, { name: 'site', version: '3', fields: ['Depends: zeta'] })
  const text = 'PACKAGES install release=nowhere\ngamma\nPACKAGES unpack\nepsilon\nPACKAGES remove\nbeta\n'
  const { fault, report } = await install(text, false, [{ class: 'WEB', path, kind: 'deb' }])
  t.match(fault, { name: 'PackagesError', message: /exit code 100: chroot .* install -t nowhere gamma/ })
  t.match(fault.message, "The value 'nowhere' is invalid for APT::Default-Release")
  t.notMatch(fault.message, /remove beta|site_3/)
  t.strictSame(report?.changes, [
    { package: 'beta:all', from: '1' },
    { package: 'site:all', to: '3' },
    { package: 'zeta:all', to: '1' },
  ])
  t.strictSame(await readdir(join(target, 'var/tmp')), [], 'the copy of its file is gone')
})
