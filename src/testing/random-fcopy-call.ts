import type { Random } from './random.ts'
import { CLASSES, chance, MODES, some } from './random-part.ts'
import type { ToolCall } from './tool-pair.ts'
import type { Tree, TreeEntry } from './tree.ts'

const TEXTS = [
  'one\n',
  'one\ntwo {%NAME%} x{%EMPTY%}y\n',
  'no line feed',
  '',
  'bad {%NONE%}\n',
  'br\u00fccke {%NAME%}\n',
]
const IDS = [0, 0, 1000]

const script = (name: string, code: number): TreeEntry => ({
  text: `#!/bin/sh\necho "${name} $1 $ROOTCMD $target"\n[ ${name} = postinst ] || echo "made for $1" >>"$2"\nexit ${code}\n`,
  mode: 0o755,
})

/** A call of `fcopy` on templates and a target that no two seeds share, without what README says to differ. */
export const drawFcopy = (random: Random): ToolCall => {
  const names = random.sample(['etc/motd', 'etc/a', 'etc/sub/x', 'etc/sub/y', 'opt/very/long/path'], 4)
  const links = chance(random, 20)
  const tree = Object.assign(
    {},
    ...names.map(name => ({ ...templatesFor(random, name, links), ...targetOf(random, name, links) })),
  )
  const recursive = chance(random, 40)
  const sources = recursive ? ['/'] : names.map(name => `${random.pick(['', '/', './'])}${name}`)
  const listed = chance(random, 15)
  const args = [
    ...some(random, 30, '-B'),
    ...some(random, 20, '-b', '@/backup'),
    ...some(random, 20, '-d'),
    ...some(random, 30, '-i'),
    ...some(random, 20, '-l'),
    ...some(random, 30, '-S'),
    ...some(random, 30, '-v'),
    ...some(random, 15, '-M'),
    ...some(random, 15, random.pick(['-m0,1000,0640', '-m1000,root,4711'])),
    ...(links ? ['-H'] : []),
    ...(recursive ? ['-r'] : []),
    ...some(random, 15, '-I', 'y,none'),
    ...some(random, 20, '-L', '@/own.log'),
    ...(listed ? ['-F', '@/sources'] : sources),
  ]
  const classes = random.sample(CLASSES, 4)
  const wayOfClasses = random.pick(['env', 'option', 'file'])
  return {
    tool: 'fcopy',
    args: [
      ...(wayOfClasses === 'option' ? ['-c', classes.join(',')] : []),
      ...(wayOfClasses === 'file' ? ['-C', '@/classes'] : []),
      ...args,
    ],
    env: {
      FAI: '@/space',
      FAI_ROOT: '@/target',
      LOGDIR: '@/log',
      NAME: 'value $1 \\ &',
      EMPTY: '',
      classes: wayOfClasses === 'env' ? classes.join(' ') : 'A',
    },
    tree: {
      ...tree,
      log: {},
      classes: { text: `# a comment\n${classes.slice(0, 1).join(' ')}\n${classes.slice(1).join(' ')}\n` },
      sources: { text: `# a comment\n${sources.join('\n')}\n` },
    },
    times: random.pick([1, 1, 2]),
  }
}

const templatesFor = (random: Random, name: string, keepsLinks: boolean): Tree => {
  const folder = `space/files/${name}`
  const entry = (): TreeEntry => ({
    text: random.pick(TEXTS),
    mode: random.pick(MODES),
    uid: random.pick(IDS),
    gid: random.pick(IDS),
  })
  const tree: Record<string, TreeEntry> = { [folder]: {} }
  for (const each of random.sample(CLASSES, 3)) tree[`${folder}/${each}`] = entry()
  if (chance(random, 15)) tree[`${folder}/C`] = { link: '/etc/passwd' }
  if (chance(random, 25)) {
    tree[`${folder}/file-modes`] = {
      text: '# modes\n\n1000 0 0604 A\nroot root 440\n0 0 0700 B\n0 0 0777 A\n',
    }
  }
  // README: with -H a link is no content that a script could change.
  if (!keepsLinks && chance(random, 15)) tree[`${folder}/preinst`] = script('preinst', random.pick([0, 0, 3]))
  if (chance(random, 30)) tree[`${folder}/postinst`] = script('postinst', random.pick([0, 0, 3]))
  if (chance(random, 10)) tree[`${folder}/postinst`] = { text: 'not executable\n' }
  if (chance(random, 10)) tree[`${folder}/_substitute`] = { text: '' }
  if (chance(random, 10)) tree[`space/files/${name.split('/')[0]}/.git/hooks/A`] = { text: 'of git\n' }
  return tree
}

const targetOf = (random: Random, name: string, noLinks: boolean): Tree => {
  const path = `target/${name}`
  const file: TreeEntry = {
    text: random.pick(TEXTS),
    mode: random.pick(MODES),
    uid: random.pick(IDS),
    gid: random.pick(IDS),
  }
  const up = '../'.repeat(name.split('/').length - 1)
  switch (
    random.pick(['absent', 'file', 'file', noLinks ? 'file' : 'link', noLinks ? 'absent' : 'dangling'])
  ) {
    case 'file':
      return { [path]: file }
    case 'link':
      return {
        [path]: { link: `${up}there-${random.pick(['1', '2'])}` },
        'target/there-1': file,
        'target/there-2': file,
      }
    case 'dangling':
      return {
        [path]: { link: `${up}${random.pick(['', 'not/there/'])}nothing-${name.replaceAll('/', '-')}` },
      }
    default:
      return {}
  }
}
