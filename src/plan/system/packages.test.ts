import t from 'tap'
import { groupPackages } from './packages.ts'

const file = (name: string, text: string) => ({ class: name, path: `package_config/${name}`, text })

const group = (files: readonly ReturnType<typeof file>[], classes: readonly string[] = []) =>
  groupPackages({ files, classes })

const wordsOf = (files: readonly ReturnType<typeof file>[], classes: readonly string[] = []) =>
  group(files, classes).value?.groups.map(({ type, release, packages }) =>
    [type, release, ...packages.map(({ word }) => word)].filter(word => word !== undefined).join(' '),
  )

t.test('packages of one type from all classes are one group, in class order, repeats and all', async t => {
  const files = [
    file('A', `PACKAGES install-norec\nmc \${kernel}\n`),
    file('B', 'PACKAGES install-norec\nvim mc\n'),
  ]
  t.strictSame(wordsOf(files), [`install-norec mc \${kernel} vim mc`])
  t.match(group(files).value?.groups[0]?.packages[2], {
    class: 'B',
    origin: { path: 'package_config/B', line: 2 },
  })
})

t.test('types are in the order of FAI, whatever the order of the file', async t => {
  const types = ['pacman-S', 'remove', 'install-norec', 'install', 'hold', 'dnfi', 'yumi', 'apk-add']
  const files = [file('A', types.map(type => `PACKAGES ${type}\nx\n`).join(''))]
  t.strictSame(
    group(files).value?.groups.map(({ type }) => type),
    ['yumi', 'dnfi', 'hold', 'install', 'install-norec', 'remove', 'pacman-S', 'apk-add'],
  )
})

t.test('packages of another archive are a group of their own, after those of none', async t => {
  const files = [
    file('A', 'PACKAGES install release=sid\nmc\nPACKAGES install release=b\ngit\nPACKAGES install\nvim\n'),
  ]
  t.strictSame(wordsOf(files), ['install vim', 'install b git', 'install sid mc'])
})

t.test('a section whose classes are absent asks for nothing, be its type what it may', async t => {
  const files = [file('A', 'PACKAGES install B && !C\nmc\nPACKAGES taskinst C\nssh\nPACKAGES instal C\nx\n')]
  t.strictSame(wordsOf(files, ['B']), ['install mc'])
  t.strictSame(group(files, ['B']).diagnostics, [])
  t.strictSame(wordsOf([file('A', 'PACKAGES install B && !C\nmc\n')], ['B', 'C']), [])
})

t.test('a type that ends the program of FAI is an error, one that nobody knows a warning', async t => {
  const { value, diagnostics } = group([file('A', 'PACKAGES taskinst\nssh\nPACKAGES instal\nvim\n')])
  t.equal(value, undefined)
  t.match(diagnostics, [
    { severity: 'error', code: 'package-type-unsupported', origin: { line: 1 }, message: /task-NAME/ },
    {
      severity: 'warning',
      code: 'package-type-unknown',
      origin: { line: 3 },
      message: /known type: "install"/,
    },
  ])
})
