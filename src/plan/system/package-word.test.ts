import t from 'tap'
import { expandWord, findMark, packageName } from './package-word.ts'

const origin = { kind: 'file', path: 'package_config/WEB', line: 2 } as const

const names: Record<string, string> = {
  vim: 'vim',
  'vim-': 'vim',
  'vim+': 'vim',
  'vim=2:9.0': 'vim',
  'vim/bookworm-backports': 'vim',
  'libc6:i386': 'libc6',
  'libc6:i386-': 'libc6',
  'g++': 'g++',
  'g++-': 'g++',
  'memtest86+': 'memtest86+',
  'libstdc++6': 'libstdc++6',
}

for (const [word, want] of Object.entries(names)) {
  t.test(`"${word}" is about ${want}`, async t => t.equal(packageName(word), want))
}

const CATALOG = new Set(['vim', 'g++', 'git+', 'libc6', 'libstdc++6'])
const marks: Record<string, { name: string; isWanted: boolean } | undefined> = {
  vim: { name: 'vim', isWanted: true },
  'vim-': { name: 'vim', isWanted: false },
  'vim+': { name: 'vim', isWanted: true },
  'g++': { name: 'g++', isWanted: true },
  'g++-': { name: 'g++', isWanted: false },
  'git+': { name: 'git+', isWanted: true },
  'vim=2:9.0': { name: 'vim', isWanted: true },
  'vim/bookworm-backports': { name: 'vim', isWanted: true },
  'libc6:i386': { name: 'libc6', isWanted: true },
  'libc6:i386-': { name: 'libc6', isWanted: false },
  'libstdc++': undefined,
  'nosuch=1': undefined,
}

for (const [word, want] of Object.entries(marks)) {
  t.test(`"${word}" is looked up in every spelling`, async t => t.strictSame(findMark(word, CATALOG), want))
}

t.test('variables are put in, and a value of two words gives two packages', async t => {
  const { value } = expandWord({ word: `\${kernel}`, origin }, { kernel: 'linux-image-amd64 zstd' })
  t.strictSame(
    value?.map(({ word }) => word),
    ['linux-image-amd64', 'zstd'],
  )
  const { value: part } = expandWord({ word: 'php$version-fpm', origin }, { version: '8.2' })
  t.strictSame(
    part?.map(({ word }) => word),
    ['php8.2-fpm'],
  )
})

t.test('a variable without a value leaves the word out, with a warning at its line', async t => {
  const { value, diagnostics } = expandWord({ word: '$kernel', origin }, {})
  t.equal(value, undefined)
  t.match(diagnostics, [{ severity: 'warning', code: 'variable-unset', origin, message: /kernel/ }])
})
