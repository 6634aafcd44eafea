import t from 'tap'
import { expandWord, keepLastMarks, packageName } from './package-word.ts'

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

const marks: Record<string, { words: string; want: string }> = {
  'taken away later': { words: 'vim mc vim-', want: 'mc vim-' },
  'asked for again later': { words: 'vim- mc vim', want: 'mc vim' },
  'a repeat counts once': { words: 'mc vim mc', want: 'mc vim' },
}

for (const [name, { words, want }] of Object.entries(marks)) {
  t.test(name, async t => {
    const kept = keepLastMarks(words.split(' ').map(word => ({ word, origin })))
    t.equal(kept.map(({ word }) => word).join(' '), want)
  })
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

t.test('a variable without a value is an error at the line of the word', async t => {
  const { value, diagnostics } = expandWord({ word: '$kernel', origin }, {})
  t.equal(value, undefined)
  t.match(diagnostics, [{ severity: 'error', code: 'variable-unset', origin, message: /kernel/ }])
})
