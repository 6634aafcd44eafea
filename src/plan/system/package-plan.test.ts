import t from 'tap'
import { PACKAGE_TYPES } from '../../language/package-type.ts'
import { matchGolden } from '../../testing/golden.ts'
import { formatWords } from '../format-plan.ts'
import { type PackagePlanOptions, planPackageFiles } from './package-plan.ts'

const plan = (text: string, options: Partial<PackagePlanOptions> = {}, classes = ['A']) =>
  planPackageFiles(
    { files: [{ class: 'A', path: 'package_config/A', text }], classes },
    { variables: {}, catalog: undefined, root: undefined, ...options },
  )

const commandsOf = (...args: Parameters<typeof plan>) =>
  plan(...args).value?.commands.map(argv => formatWords(argv).replace(/-y .*--force-confnew/, 'OPTIONS')) ??
  []

t.test('the commands of every type that FAI can carry out', async t => {
  const broken = ['taskinst', 'taskrm', 'dselect-upgrade']
  const types = PACKAGE_TYPES.filter(type => !broken.includes(type) && type !== 'smarti')
  const text = types.map(type => `PACKAGES ${type}\na b\n`).join('')
  await matchGolden(t, 'fixtures/plan/packages/commands.txt', `${commandsOf(text).join('\n')}\n`)
})

t.test('a target is entered for every command but what is fetched beforehand', async t => {
  const text =
    'PRELOAD http://example.test/a.deb /var/tmp\nPRELOADRM file:/media/b.deb root\nPACKAGES hold\na\nPACKAGES unpack\nb\n'
  t.strictSame(commandsOf(text, { root: '/target' }), [
    "sh -c 'cd /target/var/tmp && curl -# -O http://example.test/a.deb'",
    'cp /target/media/b.deb /target/root',
    `sh -c 'echo "a hold\\n" | chroot /target dpkg --set-selections'`,
    'chroot /target apt-get clean',
    "chroot /target sh -c 'cd /var/cache/apt/archives/partial/ && apt download b'",
    'chroot /target dpkg --unpack --recursive /var/cache/apt/archives/partial/',
    'chroot /target apt-get clean',
    'rm -f /target/root/b.deb',
  ])
})

t.test('only types whose names are looked up know archives', async t => {
  const [install, remove] = commandsOf('PACKAGES install release=sid\na\nPACKAGES remove release=sid\na\n')
  t.match(install, / install -t sid a$/)
  t.match(remove, / --purge remove a$/)
})

t.test('smart cleans its own cache, and dpkg is not asked', async t => {
  t.strictSame(commandsOf('PACKAGES smarti\na\nPACKAGES install\nb\n').slice(-1), ['smart clean'])
  t.strictSame(commandsOf('PACKAGES dnfi\na\n'), ['dnf -y install a'])
})

t.test('with the packages that the host holds, none of them may change', async t => {
  const text = 'PACKAGES install\nmc vim\nPACKAGES remove\nvim\n'
  const { value, diagnostics } = plan(text, { held: new Set(['vim']) })
  const commands = value?.commands.map(formatWords) ?? []
  t.match(commands[0], / --fix-missing install mc$/)
  t.notMatch(commands.join('\n'), '--allow-change-held-packages')
  t.equal(commands.length, 4, 'nothing is left to remove')
  t.strictSame(
    value?.dropped.map(each => each.package),
    ['vim', 'vim'],
  )
  t.match(diagnostics, [{ code: 'package-held' }, { code: 'package-held' }])
})

t.test('what an archive has already is not fetched again', async t => {
  const archived = ['mc_4.8_amd64.deb', 'vim-tiny_9_amd64.deb', 'git_1.dsc']
  const [install] = commandsOf('PACKAGES install\nmc vim git\n', { archived })
  t.match(install, / install vim git$/)
})

t.test('a word that a shell would read is quoted where one is called', async t => {
  t.match(commandsOf('PACKAGES unpack\na;b\nPACKAGES hold\n"c`\n'), [
    /echo "\\"c\\` hold/,
    'apt-get clean',
    /apt download .*a;b/,
  ])
})
