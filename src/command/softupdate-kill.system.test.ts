import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runProgram, runToEnd } from '../testing/run-program.ts'
import { ROOT } from '../testing/test-files.ts'
import { makeUpdateSite, readMountsBelow, readSystem, zoneOf } from '../testing/update-site.ts'

/** Stands still where the system says so, as the program that this is a part of. */
const stopAs = (name: string, root: string): string =>
  `[ "$(cat "${root}/srv/stop" 2>/dev/null)" != "${name}" ] || { echo >"${root}/srv/reached"; sleep infinity; }\n`

const TASKS = ['debconf', 'repository', 'updatebase', 'instsoft', 'configure', 'tests', 'finish', 'savelog']
const hookOf = (task: string) => [
  `space/hooks/${task}.NEW`,
  `#!/bin/sh\n${stopAs(`hook ${task}`, '$target')}`,
]
const inPackage = (name: string) =>
  Object.fromEntries(
    ['preinst', 'postinst'].map(script => [script, `#!/bin/sh\n${stopAs(`${name} ${script}`, '')}`]),
  )

const packages = (version: string) => [
  { name: 'alpha', version: '1', files: { 'usr/share/alpha': 'one\n' } },
  { name: 'beta', version: '1', fields: ['Depends: gamma'], scripts: inPackage('beta') },
  { name: 'gamma', version: '1', files: { 'usr/share/gamma': 'one\n' }, scripts: inPackage('gamma') },
  { name: 'delta', version, files: { 'usr/share/delta': version }, scripts: inPackage('delta') },
]

const site = await makeUpdateSite(packages('1'), {
  'example.test.zone': zoneOf('BASE'),
  'space/package_config/BASE': 'PACKAGES install\nalpha delta\n',
  'space/package_config/NEW': 'PACKAGES install\nbeta\nPACKAGES remove\nalpha\n',
  'space/files/etc/motd/BASE': 'base\n',
  'space/files/etc/motd/NEW': 'new\n',
  'space/class/10-stop': `#!/bin/sh\n${stopAs('class script', '$target')}`,
  'space/scripts/BASE/10-motd': '#!/bin/sh\nfcopy -v /etc/motd\n',
  'space/scripts/NEW/20-stop': `#!/bin/sh\n${stopAs('script', '$target')}ainsl -a /etc/hosts "192.0.2.9 new"\n`,
  ...Object.fromEntries(TASKS.map(hookOf)),
})
t.teardown(() => site.remove())
const PROGRAM = join(ROOT, 'bin/fai-classes')
const first = await runToEnd(PROGRAM, site.words())
if (first.code !== 0) throw new Error(first.stderr)
await site.write({ 'example.test.zone': zoneOf('BASE NEW') })
await site.publish(packages('2'))
const before = join(site.directory, 'before')
await runProgram('cp', ['--archive', site.target, before])

/** What a run left: the files, the packages, and what it noted of itself but the hour. */
const readState = async () => {
  const record = JSON.parse(await readFile(join(site.target, 'var/lib/fai/fai-classes.json'), 'utf8'))
  // What a script of the killed run wrote before its end is known to nobody.
  const { finishedAt: _hour, touched: _known, ...noted } = record
  const packages = await runProgram('chroot', [site.target, 'dpkg', '--list'])
  return { noted, packages, files: await readSystem(site.target) }
}

const undisturbed = await runToEnd(PROGRAM, site.words())
if (undisturbed.code !== 0) throw new Error(undisturbed.stderr)
const wanted = await readState()

const startOver = async (): Promise<void> => {
  await rm(site.target, { recursive: true })
  await runProgram('cp', ['--archive', before, site.target])
}

/** A process and all that it has started, itself first. */
const familyOf = async (pid: number): Promise<readonly number[]> => {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const pids = children.split(' ').filter(text => text !== '')
  return [pid, ...(await Promise.all(pids.map(text => familyOf(Number(text))))).flat()]
}

/** Runs an update up to the point, and kills it there with all that it has started. */
const killAt = async (point: string): Promise<void> => {
  const fifo = join(site.target, 'srv/reached')
  await runProgram('mkfifo', [fifo])
  await writeFile(join(site.target, 'srv/stop'), point)
  const child = spawn(PROGRAM, site.words(), { stdio: 'ignore' })
  const ended = once(child, 'exit').then(() => 'ended')
  const isReached = await Promise.race([ended, readFile(fifo).then(() => 'reached')])
  // The reader would wait for ever.
  if (isReached === 'ended') await writeFile(fifo, '')
  else for (const pid of await familyOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL')
  await ended
  await rm(fifo)
  await rm(join(site.target, 'srv/stop'))
  if (isReached === 'ended') throw new Error(`the run ended before ${point}`)
}

const POINTS = [
  'class script',
  ...TASKS.map(task => `hook ${task}`),
  ...['delta', 'gamma', 'beta'].flatMap(name => [`${name} preinst`, `${name} postinst`]),
  'script',
]

for (const point of POINTS) {
  t.test(`killed at ${point}, the next run ends in the same state`, async t => {
    await startOver()
    await killAt(point)
    const { code, stderr } = await runToEnd(PROGRAM, site.words())
    t.equal(code, 0, stderr)
    t.strictSame(await readState(), wanted)
    t.strictSame(await readMountsBelow(site.directory), [], 'nothing stays mounted')
  })
}

t.test('killed twice in the middle, and what somebody else had mounted stays', async t => {
  await startOver()
  await killAt('gamma preinst')
  await killAt('script')
  t.equal((await runToEnd(PROGRAM, site.words())).code, 0)
  t.strictSame(await readState(), wanted)
  const proc = join(site.target, 'proc')
  await runProgram('mount', ['-t', 'proc', 'proc', proc])
  try {
    t.equal((await runToEnd(PROGRAM, site.words())).code, 0)
    t.strictSame(await readMountsBelow(site.directory), [proc])
  } finally {
    await runProgram('umount', [proc])
  }
})
