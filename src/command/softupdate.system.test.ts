import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { UpdateReport } from '../install/update-report.ts'
import { type CommandRun, runInProcess } from '../testing/command-run.ts'
import { startNamed } from '../testing/named.ts'
import { runProgram } from '../testing/run-program.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { makeUpdateSite, readMountsBelow, readTraces, zoneOf } from '../testing/update-site.ts'

const ZONE = 'example.test.zone'
const packages = (version: string) => [
  { name: 'alpha', version },
  ...['beta', 'gamma'].map(name => ({ name, version: '1' })),
]
const site = await makeUpdateSite(packages('1'), {
  'space/package_config/BASE': 'PACKAGES install\nalpha\n',
  'space/package_config/OLD': 'PACKAGES install\nbeta\n',
  'space/package_config/NEW': 'PACKAGES install\ngamma\n',
  'space/files/etc/motd/BASE': 'base\n',
  'space/files/etc/motd/NEW': 'new\n',
  'space/files/etc/old.conf/OLD': 'old\n',
  'space/scripts/BASE/10-motd': '#!/bin/sh\nfcopy -v /etc/motd\n',
  'space/scripts/OLD/10-old': '#!/bin/sh\nfcopy -v /etc/old.conf\n',
  'space/scripts/NEW/10-new': '#!/bin/bash\nainsl -a /etc/hosts "192.0.2.9 new"\n',
  'space/scripts/RESTLESS/10-date': '#!/bin/sh\ndate +%N >>"$target/etc/dates"\n',
})
const named = await startNamed({ zones: [{ name: 'example.test', text: zoneOf('BASE OLD') }] })
t.teardown(async () => {
  await named.stop()
  await site.remove()
})
await site.write({
  'site.yaml': `sources:\n  - { kind: dns, zone: example.test, servers: ["${named.server}"] }\n`,
})

const softupdate = (...options: readonly string[]): Promise<CommandRun> =>
  runInProcess(site.words(...options), { isRoot: true, now: Date.now })

/** Runs an update and gives its report, which is what the schema says. */
const report = async (...options: readonly string[]): Promise<UpdateReport> => {
  const { stdout, stderr, exitCode } = await softupdate('--format', 'json', ...options)
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}`)
  const faults = await schemaFaults('softupdate', stdout)
  if (faults !== '') throw new Error(faults)
  return JSON.parse(stdout)
}

const setClasses = async (classes: string, serial: number): Promise<void> => {
  await writeFile(join(named.dir, ZONE), zoneOf(classes, serial))
  await named.reload()
}

const versionOf = (name: string): Promise<string> =>
  runProgram('chroot', [site.target, 'dpkg-query', '--show', `--showformat=$\{Version}`, name])

const NOTHING = { added: [], removed: [] }

t.test('the first update compares with nothing, and does what the classes say', async t => {
  const { since, packages, scripts } = await report()
  t.equal(since, undefined)
  t.strictSame(packages, [
    { package: 'alpha:all', to: '1' },
    { package: 'beta:all', to: '1' },
  ])
  t.strictSame(scripts, [
    { script: 'BASE/10-motd', paths: ['/etc', '/etc/motd'] },
    { script: 'OLD/10-old', paths: ['/etc', '/etc/old.conf'] },
  ])
  t.strictSame(await readMountsBelow(site.directory), [])
})

t.test('the second one changes nothing, and says so in one line', async t => {
  const { stdout, exitCode } = await softupdate()
  t.equal(exitCode, 0)
  t.match(stdout, /^nothing changed \(since \d{4}-\d\d-\d\dT[\d:.]+Z\)\n$/)
  t.match(await report(), { difference: { packages: NOTHING }, packages: [], scripts: [] })
})

t.test('--check tells what another class list would change, and changes nothing', async t => {
  await setClasses('BASE NEW', 2)
  const before = await readTraces(site.target)
  const { difference, packages, scripts, check } = await report('--check')
  t.strictSame(await readTraces(site.target), before)
  t.ok(check)
  t.match(difference.classes, { added: ['NEW'], removed: ['OLD'], moved: [] })
  t.strictSame(difference.packages, { added: ['gamma'], removed: ['beta'] })
  t.strictSame(packages, [{ package: 'gamma:all', to: '1' }])
  t.strictSame(scripts, [])
  const { stdout } = await softupdate('--check')
  t.match(stdout, /^would change \(since .*; scripts are not run\):\n {2}classes: \+NEW -OLD\n/)
})

t.test('the update reports the change, and what the host holds stays', async t => {
  await site.publish(packages('2'))
  await runProgram('chroot', [site.target, 'apt-mark', 'hold', 'alpha'])
  const found = await report()
  t.strictSame(found.difference, {
    classes: { added: ['NEW'], removed: ['OLD'], moved: [] },
    packages: { added: ['gamma'], removed: ['beta'] },
    templates: { added: [], removed: ['/etc/old.conf'], changed: ['/etc/motd'] },
    scripts: { added: ['NEW/10-new'], removed: ['OLD/10-old'], changed: [] },
  })
  t.strictSame(found.packages, [{ package: 'gamma:all', to: '1' }])
  t.match(found.packageDiagnostics, [
    { severity: 'warning', code: 'package-held', origin: { path: join(site.space, 'package_config/BASE') } },
  ])
  t.strictSame(found.scripts, [
    { script: 'BASE/10-motd', paths: ['/etc', '/etc/motd', '/etc/motd.pre_fcopy'] },
    { script: 'NEW/10-new', paths: ['/etc', '/etc/hosts'] },
  ])
  t.equal(found.code, 0)
  t.equal(await versionOf('alpha'), '1')
  t.equal(await readFile(join(site.target, 'etc/motd'), 'utf8'), 'new\n')
  t.equal(
    await readFile(join(site.directory, 'log/softupdate.json'), 'utf8'),
    `${JSON.stringify(found, undefined, 2)}\n`,
  )
})

t.test('nothing changes after that, but the hold is told again', async t => {
  const { stdout } = await softupdate()
  t.match(stdout, /^nothing changed \(since .*\)\n {2}warning package-held: .*the host holds "alpha".*\n$/)
})

t.test('a script that changes something each time is named each time', async t => {
  await setClasses('BASE NEW RESTLESS', 3)
  t.strictSame((await report()).scripts, [{ script: 'RESTLESS/10-date', paths: ['/etc', '/etc/dates'] }])
  const { stdout } = await softupdate()
  t.match(stdout, /^changed \(since .*\):\n {2}script RESTLESS\/10-date changed \/etc\/dates\n {2}warning/)
})
