import t from 'tap'
import { isSectionActive, parsePackageConfig } from './package-config.ts'

const PATH = 'package_config/WEB'

const parse = (text: string) => parsePackageConfig(text, PATH)
const sectionsOf = (text: string) => parse(text).value?.sections ?? []
const codesOf = (text: string) => parse(text).diagnostics.map(({ severity, code }) => `${severity} ${code}`)

t.test(
  'names on several lines belong to the last PACKAGES line; comments and blank lines do not count',
  async t => {
    const text = '# web\nPACKAGES install-norec\nnginx-light  php # two\n\n#no\nmc\nPACKAGES remove\nnano\n'
    t.strictSame(
      sectionsOf(text).map(({ type, packages }) => [type, packages.map(({ word }) => word)]),
      [
        ['install-norec', ['nginx-light', 'php', 'mc']],
        ['remove', ['nano']],
      ],
    )
    t.strictSame(sectionsOf(text)[0]?.packages[2]?.origin, { kind: 'file', path: PATH, line: 6 })
  },
)

const conditions: Record<string, { line: string; classes: string[]; want: boolean }> = {
  'no classes: always': { line: 'PACKAGES install', classes: [], want: true },
  'a list, one of them defined': { line: 'PACKAGES install A B', classes: ['B'], want: true },
  'a list, none of them defined': { line: 'PACKAGES install A B', classes: ['C'], want: false },
  'and, both defined': { line: 'PACKAGES install A && B', classes: ['A', 'B'], want: true },
  'and, one defined': { line: 'PACKAGES install A && B', classes: ['A'], want: false },
  'not, in parentheses': { line: 'PACKAGES install (A || B) && !C', classes: ['B'], want: true },
  'a dash in a class of an expression': { line: 'PACKAGES install !A-B', classes: ['A-B'], want: false },
  'TRUE and FALSE are constants': { line: 'PACKAGES install TRUE && !FALSE', classes: [], want: true },
  'one of two by a third': {
    line: 'PACKAGES install (A && B) ? C : !D',
    classes: ['A', 'B', 'C'],
    want: true,
  },
  'and the other of them': { line: 'PACKAGES install (A && B) ? C : !D', classes: ['A', 'D'], want: false },
  'a choice in a choice': { line: 'PACKAGES install !A ? B : C ? D : (E)', classes: ['A', 'E'], want: true },
  'TRUE in a list is a class': { line: 'PACKAGES install TRUE', classes: [], want: false },
  'a release before the classes': {
    line: 'PACKAGES install release=bookworm-backports A',
    classes: ['B'],
    want: false,
  },
}

for (const [name, { line, classes, want }] of Object.entries(conditions)) {
  t.test(name, async t => {
    const [section] = sectionsOf(`${line}\nx\n`)
    t.equal(section && isSectionActive(section, new Set(classes)), want)
  })
}

t.test('release=NAME is kept', async t => {
  t.equal(sectionsOf('PACKAGES install release=sid\nx\n')[0]?.release, 'sid')
})

const faults: Record<string, { text: string; want: string[] }> = {
  'names before the first PACKAGES line are left aside': {
    text: 'mc\nPACKAGES install\nx\n',
    want: ['warning package-config-ignored'],
  },
  'another key=value is left aside': {
    text: 'PACKAGES install suite=sid\nx\n',
    want: ['warning package-config-ignored'],
  },
  'a bad expression is an error': {
    text: 'PACKAGES install A &&\nx\n',
    want: ['error package-config-syntax'],
  },
  'no type is an error': { text: 'PACKAGES\nx\n', want: ['error package-config-syntax'] },
  'PRELOAD without a directory is an error': {
    text: 'PRELOAD http://example.test/x\n',
    want: ['error package-config-syntax'],
  },
  'PACKAGES that is indented is a name for FAI': {
    text: 'PACKAGES install\n PACKAGES remove\nx\n',
    want: ['warning package-config-ignored'],
  },
  'a question without any operator is a list of classes for FAI': {
    text: 'PACKAGES install A ? B : C\nx\n',
    want: ['warning package-config-ignored'],
  },
}

for (const [name, { text, want }] of Object.entries(faults)) {
  t.test(name, async t => t.strictSame(codesOf(text), want))
}

t.test('names below a bad PACKAGES line belong to no other section', async t => {
  t.strictSame(
    sectionsOf('PACKAGES install\na\nPACKAGES install (\nb\n').map(({ packages }) => packages.length),
    [1],
  )
})

const expressions: Record<string, { line: string; column: number; message: RegExp }> = {
  'an operator without a right side': {
    line: 'PACKAGES install A &&',
    column: 22,
    message: /the line ends$/,
  },
  'two classes without an operator': { line: 'PACKAGES install  !A B', column: 22, message: /found "B"$/ },
  'half a choice': { line: 'PACKAGES install (A) ? B', column: 25, message: /expected classes joined by/ },
  'one "&"': { line: 'PACKAGES remove release=x A & B', column: 29, message: /found "& B"$/ },
  'too deep': { line: `PACKAGES install ${'('.repeat(70)}`, column: 83, message: /nested too deep/ },
}

for (const [name, { line, column, message }] of Object.entries(expressions)) {
  t.test(`${name}: error at its column`, async t => {
    t.match(parse(`# one\n${line}\n`).diagnostics, [
      { code: 'package-config-syntax', message, origin: { path: PATH, line: 2, column } },
    ])
  })
}

t.test('PRELOAD and PRELOADRM are kept apart', async t => {
  const text = 'PRELOAD http://example.test/a.deb /var/tmp\nPRELOADRM file:/media/b.deb root # gone later\n'
  t.match(parse(text).value?.preloads, [
    { url: 'http://example.test/a.deb', directory: '/var/tmp', isRemoved: false, origin: { line: 1 } },
    { url: 'file:/media/b.deb', directory: 'root', isRemoved: true, origin: { line: 2 } },
  ])
})
