import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { UpdateReport } from '../install/update-report.ts'
import { runInProcess } from '../testing/command-run.ts'
import { runProgram } from '../testing/run-program.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { makeUpdateSite, readTraces, zoneOf } from '../testing/update-site.ts'

/** A site whose zone says only `BASE`: all else comes from class scripts and `.var` files. */
const site = await makeUpdateSite(
  ['alpha', 'beta', 'gamma'].map(name => ({ name, version: '1' })),
  {
    'example.test.zone': zoneOf('BASE'),
    'space/class/10-site': '#!/bin/sh\necho OLD\n',
    'space/class/20-more.sh': '#!/bin/bash\nifclass OLD && newclasses=SEEN\ntrue\n',
    'space/class/SEEN.var': 'extra=beta\n',
    'space/package_config/BASE': 'PACKAGES install\nalpha $extra\n',
    'space/hooks/subroutines': 'pick() { grep -qx NEW "$LOGDIR/FAI_CLASSES" && extra=gamma; }\n',
    'space/hooks/instsoft.BASE': '#!/bin/sh\ntouch "$target/etc/hook"\n',
    'space/hooks/partition.BASE': '#!/bin/sh\n',
    'space/scripts/BASE/10-motd': '#!/bin/sh\necho "$extra" >$target/etc/motd\n',
  },
)
t.teardown(() => site.remove())

const softupdate = (...options: readonly string[]) =>
  runInProcess(site.words(...options), { isRoot: true, now: Date.now })

const reportOf = async (stdout: string): Promise<UpdateReport> => {
  const faults = await schemaFaults('softupdate', stdout)
  if (faults !== '') throw new Error(faults)
  return JSON.parse(stdout)
}

const scratchNames = (): readonly string[] =>
  readdirSync(tmpdir()).filter(name => name.includes('-foreseen-'))

const hookWarning = (name: string): string =>
  `warning plan-incomplete: ${join(site.space, 'hooks', name)}: a hook may change or skip its task\n`

t.test('a check of a system without package lists says so', async t => {
  const { stdout, stderr, exitCode } = await softupdate('--check')
  t.equal(exitCode, 3)
  t.equal(stdout, '')
  t.match(stderr, /what packages would change is not known: .*perhaps before the first apt-get update: /)
})

t.test('a check before the first update finds what class scripts and .var files give', async t => {
  await runProgram('chroot', [site.target, 'apt-get', 'update'])
  const { stdout, stderr, exitCode } = await softupdate('--check', '--format', 'json')
  t.equal(exitCode, 0)
  t.equal(stderr, hookWarning('instsoft.BASE'), 'hooks of its tasks alone are left out')
  const { packages, difference } = await reportOf(stdout)
  t.match(difference.classes, { added: ['DEFAULT', 'OLD', 'SEEN', 'BASE', 'web01', 'LAST'], removed: [] })
  t.strictSame(packages, [
    { package: 'alpha:all', to: '1' },
    { package: 'beta:all', to: '1' },
  ])
  t.notOk(existsSync(join(site.directory, 'log')), 'the log directory of runs stays as it was')
  t.notOk(existsSync(join(site.target, 'etc/hook')))
})

t.test('a check after it finds nothing', async t => {
  t.equal((await softupdate()).exitCode, 0)
  t.match((await softupdate('--check')).stdout, /^nothing to change \(since /)
})

t.test('a check reports what the update after it reports, and changes nothing', async t => {
  await site.write({
    'space/class/10-site': '#!/bin/sh\necho NEW\n',
    'space/class/NEW.var': 'pick\n',
  })
  const [before, scratch] = [await readTraces(site.target), scratchNames()]
  const checked = await softupdate('--check', '--format', 'json')
  t.strictSame(await readTraces(site.target), before)
  t.strictSame(scratchNames(), scratch, 'its own directory is gone')
  const foreseen = await reportOf(checked.stdout)
  const { scripts, ...found } = await reportOf((await softupdate('--format', 'json')).stdout)
  t.strictSame({ ...foreseen, check: false, scripts }, { ...found, scripts })
  t.match(found.difference.classes, { added: ['NEW'], removed: ['OLD', 'SEEN'] })
  t.strictSame(found.packages, [{ package: 'gamma:all', to: '1' }])
})

t.test('an error that a class script raises is that of the report', async t => {
  await site.write({ 'space/class/30-fault': '#!/bin/bash\ntask_error 310\nexit 1\n' })
  const { stdout, stderr, exitCode } = await softupdate('--check', '--format', 'json')
  t.equal(exitCode, 1)
  t.match(stderr, /defclass: 30-fault failed with exit code 1\n/)
  t.equal((await reportOf(stdout)).code, 310)
})

t.test('a class script that ends the run leaves nothing to report', async t => {
  await site.write({ 'space/class/30-fault': '#!/bin/bash\ntask_error 999\n' })
  const { stdout, stderr, exitCode } = await softupdate('--check')
  t.equal(exitCode, 1)
  t.equal(stdout, '')
  t.match(stderr, /30-fault: error 999 is above STOP_ON_ERROR \(700\), the run ends here\n/)
})
