import t from 'tap'
import { formatWord } from '../format-plan.ts'
import { groupPackages, planPackages } from './packages.ts'

const file = (name: string, text: string) => ({ class: name, path: `package_config/${name}`, text })

const group = (files: readonly ReturnType<typeof file>[], classes: readonly string[] = []) =>
  groupPackages({ files, classes, variables: { kernel: 'linux-image-amd64' } })

const commandsOf = (files: readonly ReturnType<typeof file>[], classes: readonly string[] = []) =>
  planPackages(group(files, classes).value ?? []).flatMap(({ action }) =>
    action.kind === 'run' ? [action.argv.map(formatWord).join(' ')] : [],
  )

t.test('packages of one type from all classes are one transaction, in class order', async t => {
  const files = [
    file('A', `PACKAGES install-norec\nmc \${kernel}\n`),
    file('B', 'PACKAGES install-norec\nvim\n'),
  ]
  const commands = commandsOf(files).filter(command => / install /.test(command))
  t.equal(commands.length, 1)
  t.match(commands[0], /^apt-get -y .*--no-install-recommends install mc linux-image-amd64 vim$/)
})

t.test(
  'with and without recommendations are two calls, removals the last, whatever the order of the file',
  async t => {
    const files = [file('A', 'PACKAGES remove\nnano\nPACKAGES install-norec\nmc\nPACKAGES install\nvim\n')]
    const commands = commandsOf(files).map(command => command.replace(/^apt-get .*held-packages /, ''))
    t.strictSame(commands, [
      'install vim',
      '--no-install-recommends install mc',
      '--purge remove nano',
      'dpkg --configure --pending',
      'apt-get clean',
    ])
  },
)

t.test('packages of another archive are a call of their own, after those of none', async t => {
  const files = [file('A', 'PACKAGES install release=sid\nmc\nPACKAGES install\nvim\n')]
  const commands = commandsOf(files).filter(command => / install /.test(command))
  t.match(commands, [/ install vim$/, / install -t sid mc$/])
})

t.test('a section whose classes are absent asks for nothing', async t => {
  const files = [file('A', 'PACKAGES install B && !C\nmc\n')]
  t.strictSame(commandsOf(files, ['B', 'C']), [])
  t.ok(commandsOf(files, ['B']).length > 0)
})

t.test('the check before names every package at its line, without suffixes', async t => {
  const [check] = planPackages(group([file('A', 'PACKAGES install\nmc=4.8\n\nvim-\n')]).value ?? [])
  t.strictSame(check?.action, {
    kind: 'check-packages',
    packages: [
      { name: 'mc', origin: { kind: 'file', path: 'package_config/A', line: 2 } },
      { name: 'vim', origin: { kind: 'file', path: 'package_config/A', line: 4 } },
    ],
  })
  t.match(check?.because, [{ class: 'A', origin: { line: 2 } }])
})

t.test('a type that is not carried out yet is an error, one that nobody knows a warning', async t => {
  const { value, diagnostics } = group([file('A', 'PACKAGES aptitude\nmc\nPACKAGES instal\nvim\n')])
  t.equal(value, undefined)
  t.match(diagnostics, [
    { severity: 'error', code: 'package-type-unsupported', origin: { line: 1 } },
    { severity: 'warning', code: 'package-type-unknown', origin: { line: 3 } },
  ])
  t.strictSame(
    group([file('A', 'PACKAGES aptitude B\nmc\n')]).diagnostics,
    [],
    'a section that does not count is no error',
  )
})
