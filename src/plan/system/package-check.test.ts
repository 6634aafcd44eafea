import t from 'tap'
import { checkGroups, expandGroups, spareHeld } from './package-check.ts'
import type { PackageGroup } from './packages.ts'

const CATALOG = new Set(['mc', 'vim', 'nginx', 'git', 'libc6'])

/** `TYPE WORD...` as a group; all words stand in line 2 of one file. */
const groupsOf = (...texts: readonly string[]): readonly PackageGroup[] =>
  texts.map(text => {
    const [type, ...words] = text.split(' ')
    const origin = { kind: 'file', path: 'package_config/WEB', line: 2 } as const
    return {
      type: type as PackageGroup['type'],
      packages: words.map(word => ({ word, class: 'WEB', origin })),
    }
  })

const texts = (groups: readonly PackageGroup[]) =>
  groups.map(({ type, packages }) => [type, ...packages.map(({ word }) => word)].join(' '))

const cases: Record<string, { groups: string[]; want: string[]; dropped?: string[] }> = {
  'what is taken away later': { groups: ['install vim mc vim-'], want: ['install mc vim-'] },
  'what is asked for again later': { groups: ['install vim- mc vim'], want: ['install mc vim'] },
  'what is taken away is taken away in later groups too': {
    groups: ['install vim- mc', 'install-norec git', 'remove nano', 'apt nginx'],
    want: ['install vim- mc', 'install-norec vim- git', 'remove nano', 'apt vim- nginx'],
  },
  'what was asked for again is not taken away there': {
    groups: ['install vim- vim', 'install-norec git'],
    want: ['install vim', 'install-norec git'],
  },
  'a mark with an architecture': { groups: ['install mc libc6:i386-'], want: ['install mc libc6:i386-'] },
  'marks are nothing that could be downloaded': {
    groups: ['install vim-', 'unpack git mc-'],
    want: ['install vim-', 'unpack git'],
  },
  'unknown names': { groups: ['install mc nosuch/sid'], want: ['install mc'], dropped: ['nosuch/sid'] },
  'types whose names nobody looks up': {
    groups: ['dnfi httpd', 'hold x', 'remove nosuch'],
    want: ['dnfi httpd', 'hold x', 'remove nosuch'],
  },
}

for (const [name, { groups, want, dropped = [] }] of Object.entries(cases)) {
  t.test(name, async t => {
    const checked = checkGroups(groupsOf(...groups), CATALOG)
    t.strictSame(texts(checked.groups), want)
    t.strictSame(
      checked.dropped.map(({ word }) => word),
      dropped,
    )
  })
}

t.test('an unknown name is told with its line and the nearest known one', async t => {
  t.match(checkGroups(groupsOf('install ngnix=1.2 zzzzzzzz'), CATALOG).diagnostics, [
    {
      severity: 'warning',
      code: 'package-unknown',
      origin: { path: 'package_config/WEB', line: 2 },
      message: 'no archive has a package "ngnix=1.2" (nearest known package: "nginx"); it is left out',
    },
    { message: 'no archive has a package "zzzzzzzz"; it is left out' },
  ])
})

t.test(
  'variables are put in, and a name that needs one without a value is dropped as it is written',
  async t => {
    const expanded = expandGroups(groupsOf('install php$V-fpm $NONE', `dnfi \${LIST}`), {
      V: '8.2',
      LIST: 'a b',
    })
    t.strictSame(texts(expanded.groups), ['install php8.2-fpm', 'dnfi a b'])
    t.match(expanded.dropped, [{ word: '$NONE', class: 'WEB' }])
    t.match(expanded.diagnostics, [{ severity: 'warning', code: 'variable-unset' }])
  },
)

t.test('what the host holds is left out in every spelling, and told', async t => {
  const held = new Set(['vim', 'libc6:i386', 'g++', ''])
  const groups = groupsOf('install vim=1 mc libc6 libc6:i386 g++', 'remove vim', 'hold vim', 'dnfi vim')
  const spared = spareHeld(groups, held)
  t.strictSame(texts(spared.groups), ['install mc libc6', 'remove', 'hold vim', 'dnfi vim'])
  t.match(spared.diagnostics[0], {
    severity: 'warning',
    code: 'package-held',
    message: 'the host holds "vim", so "vim=1" is left out',
  })
  t.equal(spared.dropped.length, 4)
})
