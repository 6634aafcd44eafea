import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { packageCalls, printedCommand } from '../testing/package-answer.ts'
import { PACKAGE_CASES, type PackageCase, readPackageCase } from '../testing/package-case.ts'
import { withFiles } from '../testing/site-files.ts'
import { installPackages } from './install-packages.ts'
import type { World } from './tool.ts'

/** Calls the program in a config space; programs are only written down, and one with `failme` in its words fails. */
const run = (
  { args, classes, env, files, catalog }: Pick<PackageCase, 'args' | 'classes' | 'env' | 'files' | 'catalog'>,
  look: (root: string) => Promise<void> = async () => {},
) =>
  withFiles(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`package_config/${name}`, text])),
    async directory => {
      const root = join(directory, 'root')
      await mkdir(root)
      const [stdout, stderr]: [string[], string[]] = [[], []]
      const commands: (readonly string[])[] = []
      const world: World = {
        env: {
          classes: classes.join(' '),
          FAI: directory,
          ...env,
          ...(env['FAI_ROOT'] && { FAI_ROOT: root }),
        },
        cwd: directory,
        print: line => stdout.push(...line.split('\n')),
        complain: line => stderr.push(line),
        run: async (argv, { read }) => {
          if (argv.some(word => word.includes('dumpavail'))) return { code: 0, stdout: catalog }
          commands.push(argv)
          const inst = argv.includes('-s')
            ? 'Reading...\nInst mc (1 Debian)\nConf mc\n'
            : "'http://x/mc.deb' mc\nx\n"
          return { code: argv.includes('failme') ? 100 : 0, stdout: read ? inst : '' }
        },
      }
      const exitCode = await installPackages(args, world)
      await look(root)
      const shown = stderr.flatMap(line => /^install_packages: executing (.*)$/.exec(line)?.[1] ?? [])
      return { exitCode, stdout, stderr, commands, shown, root }
    },
  )

t.ok(PACKAGE_CASES.length > 30, `the corpus beside the repository has ${PACKAGE_CASES.length} cases`)

for (const name of PACKAGE_CASES) {
  const found = readPackageCase(name)
  const { expected, env, args } = found
  t.test(`${name}: ${args.join(' ')}`, async t => {
    const { exitCode, stdout, commands, shown, root } = await run(found)
    t.equal(exitCode, expected.exit_code)
    if (exitCode === 255) return
    const isDry = args.includes('-n')
    const ours = isDry ? shown.map(printedText) : commands.map(printedCommand)
    const theirs = expected.really_run?.map(line => `chroot ${root} ${line}`) ?? expected.commands
    const want = packageCalls(
      theirs.map(line => line.trim().replaceAll(env['FAI_ROOT'] ?? '\0', root)),
      env,
    )
    t.strictSame(packageCalls(ours, env), want)
    if (args.includes('-l')) t.strictSame(stdout, expected.stdout)
  })
}

/** `sh -c '...'` as it is printed, without the shell. */
const printedText = (line: string): string =>
  line.replace(/sh -c '(.*)'$/, (_whole, text: string) => text.replaceAll('\\n', ' '))

const A = { classes: ['A'], env: { FAI_ROOT: '/' }, catalog: 'Package: mc\n\nPackage: vim\n' }

t.test('names are looked up, and that is all, with -c', async t => {
  const { exitCode, stderr, commands } = await run({
    ...A,
    args: ['-c'],
    files: { A: 'PACKAGES install\nmc nosuch\n' },
  })
  t.equal(exitCode, 0)
  t.match(stderr, [/^warning package-unknown: .*"nosuch"/])
  t.strictSame(commands, [])
})

t.test('-L says what would be installed, -P from where', async t => {
  const files = { A: 'PACKAGES install\nmc\nPACKAGES remove\nvim\n' }
  t.strictSame((await run({ ...A, args: ['-L'], files })).stdout, ['Inst mc (1 Debian)'])
  const { stdout, commands } = await run({ ...A, args: ['-P'], files })
  t.strictSame(stdout, ["'http://x/mc.deb' mc"])
  t.equal(commands.length, 1)
})

t.test(
  '-H lists what can be used, -h says how to call it, and an unknown option changes nothing',
  async t => {
    const files = { A: 'PACKAGES install\nmc\n' }
    const { stdout } = await run({ ...A, args: ['-H'], files })
    t.ok(stdout.includes('install-norec') && !stdout.includes('taskinst'))
    t.match((await run({ ...A, args: ['-h'], files })).stdout[0], /^Usage: install_packages/)
    const { exitCode, commands } = await run({ ...A, args: ['-x'], files })
    t.strictSame([exitCode, commands], [2, []])
  },
)

t.test('-s fetches the sources of what apt installs, before that', async t => {
  const files = { A: 'PACKAGES install\nmc vim-\nPACKAGES remove\nvim\n' }
  const { commands, exitCode, root } = await run({
    ...A,
    env: { FAI_ROOT: 'root', FAI_DEBSOURCESDIR: '/srv/own sources' },
    args: ['-s'],
    files,
  })
  t.equal(exitCode, 0)
  const place = '/var/lib/fai/packages'
  t.strictSame(commands.slice(0, 2), [
    ['chroot', root, 'sh', '-c', `mkdir -p ${place} && cd ${place} && apt-get --download-only source mc`],
    ['sh', '-c', `mkdir -p '/srv/own sources' && mv ${root}${place}/* '/srv/own sources'`],
  ])
  t.match(commands[2]?.join(' '), /^chroot \S+ apt-get .* install mc vim-$/)
})

t.test('-G takes sections with a negation, however deep, and no word that takes away', async t => {
  const files = { A: 'PACKAGES install A && (B || !A)\nmc vim-\nPACKAGES install B\nnano\n' }
  const { shown } = await run({ ...A, args: ['-n', '-G'], files })
  t.match(shown[0], / install mc$/)
  t.notMatch(shown.join(), 'nano')
})

t.test('what was looked up is written down for the target', async t => {
  const files = { A: 'PACKAGES install\nmc nosuch\nPACKAGES apt\nvim\nPACKAGES remove\nnano\n' }
  await run({ ...A, args: [], files }, async root => {
    const text = await readFile(join(root, 'var/log/install_packages.list'), 'utf8')
    t.match(text, /^# .*\nmc\nvim\n$/)
  })
})
