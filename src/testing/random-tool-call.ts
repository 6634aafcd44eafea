import type { Random } from './random.ts'
import { CLASSES, chance, MODES, some } from './random-part.ts'
import type { ToolCall } from './tool-pair.ts'
import type { TreeEntry } from './tree.ts'

const LINES = [
  'one',
  '^one$',
  'one two',
  'f(a+b)',
  'a.b',
  'x*',
  '10.0.0.1 host',
  '/usr/bin/a\tb',
  '\u00fcber',
  'a|b',
  '#one',
  '[ab]',
]
const PATTERNS = [
  '^one',
  'two$',
  '^\\s*#?one',
  'o{2}',
  '[[:digit:]]+\\.',
  '(?i)ONE',
  'a|b',
  '\\bhost\\b',
  '\\s$',
  '^$',
  '.',
  '*',
]
const ALREADY = [
  '',
  'one\n',
  'one two\n',
  'f(a+b)\nx\n',
  'axb\n\n',
  '  #one\n',
  '10.0.0.1   host\n',
  'ONE\r\n',
  '\u00fcber\n',
  'b\n',
]

/** A call of `ainsl`. */
export const drawAinsl = (random: Random): ToolCall => {
  const line = random.pick(LINES)
  const path = random.pick(['/etc/file', 'etc//file', '/new/deep/file', '/etc/link'])
  // README: -Q and -q change other things here.
  const quoted = !/[()+ ]/.test(line)
  return {
    tool: 'ainsl',
    args: [
      ...some(random, 40, '-a'),
      ...some(random, 20, '-s'),
      ...(quoted ? some(random, 20, '-Q') : []),
      ...some(random, 20, '-q'),
      ...(path.startsWith('/new') ? [] : some(random, 10, '-n')),
      ...some(random, 30, '-v'),
      path,
      line,
      ...(chance(random, 40) ? [random.pick(PATTERNS)] : []),
    ],
    env: { AINSL_TARGET: '@/target' },
    tree: {
      'target/etc/file': { text: random.pick(ALREADY), mode: random.pick(MODES) },
      'target/etc/link': { link: 'file' },
    },
    times: random.pick([1, 2]),
  }
}

/** A call of `fai-sed`. */
export const drawFaiSed = (random: Random): ToolCall => ({
  tool: 'fai-sed',
  args: [
    ...some(random, 30, '-n'),
    ...some(random, 30, '-E'),
    random.pick(['s/one/two/', 's/x/y/', '$a more', '/one/d', 's/(', '2q', 's/one/&&/g;s/t/u/', 'w']),
    random.pick(['/etc/file', '/etc/file', '/etc/link', '/etc/none']),
    ...some(random, 5, 'third'),
  ],
  env: { target: '@/target' },
  tree: {
    'target/etc/file': {
      text: random.pick(['', 'one\n', 'one\nx\nlast', 'other\n']),
      mode: random.pick(MODES),
      uid: 1000,
    },
    'target/etc/link': { link: 'file' },
  },
  times: random.pick([1, 2]),
})

/** A call of `fai-link`. */
export const drawFaiLink = (random: Random): ToolCall => ({
  tool: 'fai-link',
  args: [
    random.pick(['/etc/new', '/etc/link', '/etc/file', '/no/where/link']),
    random.pick(['file', '/etc/other', '../x']),
  ],
  env: { target: '@/target', verbose: random.pick(['', '1']) },
  tree: {
    'target/etc/file': { text: 'file\n' },
    'target/etc/link': { link: random.pick(['file', 'nothing', '/etc/other']) },
  },
  times: random.pick([1, 2]),
})

/** A call of `fai-do-scripts`. */
export const drawFaiDoScripts = (random: Random): ToolCall => {
  const tree: Record<string, TreeEntry> = { log: {} }
  const body = (): string =>
    `#!/bin/${random.pick(['sh', 'bash'])}\necho "$0 $PWD $classes"\necho err >&2\nexit ${random.pick([0, 0, 0, 1, 5, 150])}\n`
  for (const name of random.sample(CLASSES, 4)) {
    if (chance(random, 20)) tree[`scripts/${name}`] = { text: body(), mode: 0o755 }
    else {
      for (const each of random.sample(
        ['10-a', '05-b', '99', '5-no', '20-c~', '30-d.dpkg-old', '40-e.sh', 'x10'],
        5,
      )) {
        tree[`scripts/${name}/${each}`] = { text: body(), mode: chance(random, 80) ? 0o755 : 0o644 }
      }
    }
  }
  return {
    tool: 'fai-do-scripts',
    args: [...some(random, 20, '-L', '@/other'), '@/scripts'],
    env: {
      LOGDIR: '@/log',
      classes: random.sample(CLASSES, 4).join(random.pick([' ', '\n'])),
      ...(chance(random, 20) ? { FAI_USE_OLD_SCRIPT_LOGS: '1' } : {}),
    },
    tree: { ...tree, scripts: {}, other: {} },
  }
}

/** A call of `ifclass` as 6.0.3 knows it. */
export const drawIfclass = (random: Random): ToolCall => ({
  tool: 'ifclass',
  args: random.pick([
    [random.pick([...CLASSES, 'NONE', 'web-1'])],
    ['-o', ...random.sample([...CLASSES, 'NONE', 'web-1'], 3)],
    ['-a', ...random.sample([...CLASSES, 'NONE'], 2)],
  ]),
  env: {
    classes: [...random.sample(CLASSES, 4), ...some(random, 30, 'web-1')].join(random.pick([' ', '\n'])),
  },
  tree: {},
})

/** A call of `ftar`; `archive` packs the files of a directory of that name. */
export const drawFtar = (random: Random, archive: (suffix: string, text: string) => Uint8Array): ToolCall => {
  const tree: Record<string, TreeEntry> = { 'space/files/etc': {}, log: {} }
  for (const name of random.sample(CLASSES, 3)) {
    const suffix = random.pick(['tgz', 'tar', 'tar.gz', 'tar.bz2', 'txz', 'tar.xz', 'zip'])
    tree[`space/files/etc/${name}.${suffix}`] = { text: archive(suffix, name) }
  }
  const classes = random.sample(CLASSES, 3).join(' ')
  return {
    tool: 'ftar',
    args: [
      ...some(random, 30, '-1'),
      ...some(random, 30, '-d'),
      ...some(random, 30, '-r'),
      ...some(random, 30, '-i'),
      ...some(random, 30, '-c', classes),
      ...some(random, 20, '-D'),
      random.pick(['etc', '/etc', 'etc', 'none']),
    ],
    env: { FAI: '@/space', FAI_ROOT: '@/target', LOGDIR: '@/log', classes: random.pick([classes, '']) },
    tree: {
      ...tree,
      ...(chance(random, 30) ? { 'log/FAI_CLASSES': { text: 'DEFAULT\nB\n' } } : {}),
      'target/etc/old': { text: 'old\n' },
      'target/etc/.hidden': { text: 'old\n' },
      'target/etc/sub/deep': { text: 'old\n' },
    },
  }
}

/** A call of `check_status`. */
export const drawCheckStatus = (random: Random): ToolCall => ({
  tool: 'check_status',
  args: [
    random.pick(['A/10-b', 'instsoft.a-very-long-name-of-a-class', 'x']),
    random.pick(['0', '1', '255']),
  ],
  env: { LOGDIR: '@/log' },
  tree: { log: {} },
  times: random.pick([1, 2]),
})
