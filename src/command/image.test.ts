import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import type { CommandDeps } from './deps.ts'

/** The apt of a machine whose archive has these packages. */
const machineWith = (...packages: string[]): Partial<CommandDeps> => ({
  readProgram: async ([file]) => {
    if (file === 'apt-cache') return packages.map(name => `Package: ${name}\nVersion: 1\n`).join('\n')
    if (file === 'apt-config') return ''
    return 'Packages\tDebian\tbookworm\thttp://deb.example.test/debian/\tbookworm\tmain\n'
  },
  environment: { SOURCE_DATE_EPOCH: '1795227046' },
})

const BUILD = ['image', 'build', '--output', 'srv', '--kernel', 'linux-image-amd64']

t.test('without --yes it says of what it would be made', async t => {
  const { stdout, stderr, exitCode } = await runInProcess(BUILD, machineWith('linux-image-amd64'))
  t.equal(exitCode, 0)
  t.match(stdout, /srv\/vmlinuz: linux-image-amd64\n/)
  t.match(stdout, /srv\/initrd\.img: zstd level 9, all files of 2026-11-21T02:10:46/)
  t.match(stdout, /\npackages: .* busybox-static .* mmdebstrap /)
  t.match(stdout, /\nfrom: deb http:\/\/deb\.example\.test\/debian\/ bookworm main\n/)
  t.equal(stderr, 'nothing was done; --yes makes it\n')
})

t.test('firmware comes from options, and from the configuration by class', async t => {
  const directory = t.testdir({
    'fai-classes.yaml': `sources: [{ kind: deps, path: class }]
image: { firmware: { DELL: [firmware-bnx2], INTEL: [firmware-misc-nonfree] } }
`,
  })
  const machine = machineWith(
    'linux-image-amd64',
    'firmware-bnx2',
    'firmware-misc-nonfree',
    'firmware-realtek',
  )
  const run = async (...args: string[]): Promise<string> =>
    (
      await runInProcess([...BUILD, ...args, '--firmware', 'firmware-realtek'], {
        ...machine,
        cwd: directory,
      })
    ).stdout
  t.match(await run(), / firmware-bnx2 firmware-misc-nonfree firmware-realtek /)
  const ofClass = await run('--class', 'DELL')
  t.match(ofClass, / firmware-bnx2 firmware-realtek /)
})

t.test('a package that no archive has is named, and nothing is made', async t => {
  const args = [...BUILD, '--yes', '--firmware', 'firmware-nosuch']
  const { stderr, exitCode } = await runInProcess(args, machineWith('linux-image-amd64'))
  t.equal(exitCode, 1)
  t.match(
    stderr,
    /^error image-package-missing: \/etc\/apt: .*"firmware-nosuch" \(firmware is in the component non-free-firmware\)/,
  )
})

t.test('making it needs root', async t => {
  const { stderr, exitCode } = await runInProcess([...BUILD, '--yes'], machineWith('linux-image-amd64'))
  t.equal(exitCode, 3)
  t.match(stderr, /making an image needs root/)
})

t.test('options that are wrong', async t => {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['--level', '0'], '--level is a number from 1 to 19'],
    [['--level', '20'], '--level is a number from 1 to 19'],
    [['--class', 'A B'], '--class "A B" is no class name'],
  ]
  for (const [args, message] of rows) {
    const { stderr, exitCode } = await runInProcess([...BUILD, ...args], machineWith('linux-image-amd64'))
    t.equal(exitCode, 2)
    t.match(stderr, message)
  }
  const machine = { ...machineWith('linux-image-amd64'), environment: { SOURCE_DATE_EPOCH: 'now' } }
  t.match((await runInProcess(BUILD, machine)).stderr, /SOURCE_DATE_EPOCH "now" is no number of seconds/)
})
