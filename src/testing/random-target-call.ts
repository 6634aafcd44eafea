import type { Random } from './random.ts'
import { CLASSES, chance, some } from './random-part.ts'
import type { ToolCall } from './tool-pair.ts'
import type { TreeEntry } from './tree.ts'

/** Stands in for `$ROOTCMD`: keeps what it was called with, and answers as the programs of a target would. */
const ROOT_COMMAND: TreeEntry = {
  mode: 0o755,
  text: `#!/bin/sh
echo "$*" >>@/calls
case "$*" in
  'dpkg-statoverride --list') cat @/listed ;;
  'dpkg-statoverride --update --add'*) [ "$7" != /fails ] && echo "$4 $5 $6 $7" >>@/listed ;;
  'dpkg-divert --list fai') cat @/listed ;;
  *dpkg-divert*--add*) for file; do :; done; [ ! -e "@/target$file" ] || mv "@/target$file" "@/target$file.distrib"
    [ "$file" != /fails ] && echo "diversion of $file to $file.distrib by fai" >>@/listed ;;
  *dpkg-divert*--remove*) for file; do :; done; [ ! -e "@/target$file.distrib" ] || mv "@/target$file.distrib" "@/target$file"
    grep -v " of $file " @/listed >@/rest; cp @/rest @/listed ;;
  debconf-get-selections) cat @/selections ;;
  debconf-set-selections*) cat >>@/selections ;;
  mktemp*) echo /tmp-copy; : >@/target/tmp-copy ;;
  *dpkg-reconfigure*) echo "$DEBCONF_DB_OVERRIDE $DEBIAN_FRONTEND" >>@/calls ;;
esac
`,
}

/** A call of `fai-statoverride`. */
export const drawFaiStatoverride = (random: Random): ToolCall => ({
  tool: 'fai-statoverride',
  args: [
    'root',
    'adm',
    '4750',
    ...random.sample(['/usr/bin/a', '/usr/bin/b', '/sbin/c', ...some(random, 30, '/fails')], 3),
  ],
  env: { ROOTCMD: '@/root' },
  tree: {
    root: ROOT_COMMAND,
    listed: { text: random.pick(['', 'root root 0755 /usr/bin/a\n', 'u g 2755 /sbin/c\nx y 1 /d\n']) },
  },
  times: random.pick([1, 2]),
})

/** A call of `fai-divert` that adds, or takes all away. */
export const drawFaiDivert = (random: Random): ToolCall => ({
  tool: 'fai-divert',
  args: random.pick([[], ['-R'], ['-a', ...random.sample(['/sbin/a', '/sbin/b', '/sbin/new'], 2)]]),
  env: { ROOTCMD: '@/root', FAI_ROOT: '@/target', debug: random.pick(['', '1']) },
  tree: {
    root: ROOT_COMMAND,
    listed: { text: random.pick(['', 'diversion of /sbin/c to /sbin/c.distrib by fai\n']) },
    'target/sbin/a': { text: 'a\n', mode: 0o755 },
    'target/sbin/b': { text: 'b\n' },
    'target/sbin/c': { text: 'stub of c\n' },
    'target/sbin/c.distrib': { text: 'c\n', mode: 0o755 },
  },
})

/** A call of `fai-debconf`. */
export const drawFaiDebconf = (random: Random): ToolCall => {
  const line = (): string =>
    `${random.pick(['tzdata', 'locales', 'tasksel', '#x'])} ${random.pick(['a/b', 'c/d'])} string ${random.below(4)}\n`
  const tree: Record<string, TreeEntry> = {}
  for (const name of random.sample(CLASSES, 3)) {
    if (chance(random, 60)) tree[`debconf/${name}`] = { text: line() + line() }
    else for (const file of ['10', 'b.conf', 'not this']) tree[`debconf/${name}/${file}`] = { text: line() }
  }
  return {
    tool: 'fai-debconf',
    args: [
      ...some(random, 20, '-s'),
      ...some(random, 20, '-f'),
      ...some(random, 30, '-v'),
      random.pick(['@/debconf', '@/debconf', '@/none']),
    ],
    env: {
      ROOTCMD: '@/root',
      target: '@/target',
      LOGDIR: '@/log',
      classes: chance(random, 90) ? CLASSES.join(' ') : '',
    },
    tree: {
      ...tree,
      debconf: {},
      log: {},
      root: ROOT_COMMAND,
      selections: { text: line() + line() },
      'target/var/lib/dpkg/info/tzdata.list': { text: '' },
      'target/var/lib/dpkg/info/locales.list': { text: '' },
      ...(chance(random, 60) ? { 'target/usr/bin/debconf-get-selections': { text: '', mode: 0o755 } } : {}),
    },
    times: random.pick([1, 2]),
  }
}
