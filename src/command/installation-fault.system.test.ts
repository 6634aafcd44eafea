import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type CommandRun, runInProcess } from '../testing/command-run.ts'
import { runProgram } from '../testing/run-program.ts'
import type { SmallPackage } from '../testing/small-archive.ts'
import { makeUpdateSite, readMountsBelow, readTraces, zoneOf } from '../testing/update-site.ts'

/** Nothing listens on port 1. */
const NO_MIRROR = 'http://127.0.0.1:1/debian'
const GAMMA: SmallPackage = { name: 'gamma', version: '1' }
const SCRIPT = 'space/scripts/BASE/10-script'
const FINE = '#!/bin/sh\nexit 0\n'
const site = await makeUpdateSite([GAMMA], {
  'example.test.zone': `${zoneOf('BASE')}_fai.web01 IN TXT "var.FAI_DEBOOTSTRAP=bookworm ${NO_MIRROR}"\n`,
  'space/package_config/BASE': 'PACKAGES install\ngamma\n',
  [SCRIPT]: FINE,
  'nospace/README': 'not a config space\n',
  'empty/etc.txt': 'not a system\n',
})
t.teardown(() => site.remove())
const place = (...names: readonly string[]): string => join(site.directory, ...names)
const sources = join(site.target, 'etc/apt/sources.list')
const localArchive = await readFile(sources, 'utf8')

const run = (words: readonly string[]): Promise<CommandRun> =>
  runInProcess(words, { isRoot: true, now: Date.now })

type Fault = {
  readonly cause: () => Promise<unknown>
  readonly options?: readonly string[]
  /** What the administrator reads. */
  readonly told: readonly RegExp[]
  /** What is kept in a file of the log directory. */
  readonly kept: readonly [file: string, text: RegExp]
  readonly mend: () => Promise<void>
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'a missing mirror': {
    cause: () => writeFile(sources, `deb ${NO_MIRROR} bookworm main\n`),
    told: [/step \d+ "update.lists" .* failed: .* exit code 100/, /Could not connect to 127\.0\.0\.1:1/],
    kept: ['software.log', /Could not connect to 127\.0\.0\.1:1/],
    mend: () => writeFile(sources, localArchive),
  },
  'a package whose postinst fails': {
    cause: () => site.publish([{ ...GAMMA, version: '2', scripts: { postinst: '#!/bin/sh\nexit 7\n' } }]),
    told: [/step \d+ "update.upgrade" .* failed/, /gamma package post-installation script .* exit status 7/],
    kept: ['software.log', /error processing package gamma \(--configure\)/],
    mend: () => site.publish([{ ...GAMMA, version: '3' }]),
  },
  'a script that hangs': {
    cause: () => site.write({ [SCRIPT]: '#!/bin/sh\nsleep 600\n' }),
    options: ['--script-limit', '1'],
    told: [/BASE\/10-script failed with exit code 124/, /BASE\/10-script did not end within 1 seconds/],
    kept: ['status.log', /BASE\/10-script +FAILED with exit code 124/],
    mend: () => site.write({ [SCRIPT]: FINE }),
  },
}

for (const [title, { cause, options = [], told, kept, mend }] of Object.entries(FAULTS)) {
  t.test(`${title}: named, unmounted, logs kept, exit 1; mended, the next run succeeds`, async t => {
    await cause()
    const { exitCode, stderr } = await run(site.words(...options)).finally(mend)
    t.equal(exitCode, 1)
    for (const text of told) t.match(stderr, text)
    t.strictSame(await readMountsBelow(site.directory), [])
    const [file, text] = kept
    t.match(await readFile(place('log', file), 'utf8'), text)
    t.match(await readFile(join(site.target, 'var/log/fai/web01/last-softupdate', file), 'utf8'), text)
    const again = await run(site.words(...options))
    t.equal(again.exitCode, 0, again.stderr)
  })
}

/** An option in the place of the one of that name. */
const withOption = (words: readonly string[], [name = '', value = '']: readonly string[]): string[] =>
  words.map((word, index) => (words[index - 1] === name ? value : word))

const REFUSED: Readonly<Record<string, [options: readonly string[], code: number, told: RegExp]>> = {
  'a config space that is not there': [
    ['--config-space', place('nowhere')],
    3,
    /the config space cannot be read/,
  ],
  'a directory that is no config space': [
    ['--config-space', place('nospace')],
    3,
    /^error config-space-invalid: \S+\/nospace: this is no config space/m,
  ],
  'a target that holds no system': [['--target', place('empty')], 2, /empty holds no system/],
  'a target that is not there': [['--target', place('nowhere')], 2, /nowhere holds no system/],
}

for (const [title, [options, code, told]] of Object.entries(REFUSED)) {
  t.test(`${title}: named, nothing is touched, exit ${code}`, async t => {
    const before = await readTraces(site.target)
    for (const more of [[], ['--check']]) {
      const found = await run(withOption(site.words(...more), options))
      t.equal(found.exitCode, code)
      t.match(found.stderr, told)
      t.equal(found.stdout, '')
    }
    t.strictSame(await readTraces(site.target), before)
    t.strictSame(
      await readTraces(place('empty')).then(rows => rows.length),
      3,
      'the top, its file, a line end',
    )
  })
}

const dirinstall = (target: string): Promise<CommandRun> =>
  run([
    ...['dirinstall', 'web01', target, '--config', place('site.yaml'), '--config-space', site.space],
    ...['--log-dir', place('log')],
  ])

/** Makes the system the base of every host of the class. */
const keepBase = async (): Promise<void> => {
  await mkdir(join(site.space, 'basefiles'))
  await runProgram('tar', ['-C', site.target, '-cf', join(site.space, 'basefiles/BASE.tar'), '.'])
}

t.test('a missing mirror of a new system: exit 1, and with a base system it is made', async t => {
  const target = place('new')
  const { exitCode, stderr } = await dirinstall(target)
  t.equal(exitCode, 1)
  t.match(stderr, /step \d+ "base.bootstrap" .* failed/)
  t.match(stderr, /127\.0\.0\.1:1/)
  t.strictSame(await readMountsBelow(site.directory), [])
  t.match(await readFile(place('log/fai.log'), 'utf8'), /127\.0\.0\.1:1/)
  await keepBase()
  const again = await dirinstall(target)
  t.equal(again.exitCode, 0, again.stderr)
  t.match(await runProgram('chroot', [target, 'dpkg', '--status', 'gamma']), 'Version: 3')
  await rm(target, { recursive: true })
})

t.test('a full disk: exit 1, and with more room the system is made', async t => {
  const target = place('small')
  await mkdir(target)
  await runProgram('mount', ['-t', 'tmpfs', '-o', 'size=24M', 'tmpfs', target])
  try {
    const { exitCode, stderr } = await dirinstall(target)
    t.equal(exitCode, 1)
    t.match(stderr, /step \d+ "base.unpack" .* failed/)
    t.match(stderr, /No space left on device/)
    t.strictSame(await readMountsBelow(site.directory), [target])
    t.match(await readFile(place('log/fai.log'), 'utf8'), /No space left on device/)
    await runProgram('mount', ['-o', 'remount,size=400M', target])
    const again = await dirinstall(target)
    t.equal(again.exitCode, 0, again.stderr)
    t.strictSame(await readMountsBelow(site.directory), [target])
  } finally {
    await runProgram('umount', [target])
  }
})
