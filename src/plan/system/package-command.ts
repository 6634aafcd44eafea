import { isNameChecked, type UsableType } from '../../language/package-type.ts'
import { shellWord } from '../../model/shell-word.ts'

/** What the commands of one group depend on. */
export type CommandInput = {
  readonly type: UsableType
  readonly release?: string
  /** Package words, with values in place of variables. */
  readonly names: readonly string[]
  /** Root of the target; undefined for the running system. */
  readonly root: string | undefined
  /** Packages that the host holds stay as they are, also where another one asks for a change. */
  readonly respectsHolds: boolean
}

/** How packages are handled without anybody to ask: a changed configuration file is that of the package. */
const DPKG_OPTIONS = ['-y', '-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confnew']
const HELD = '--allow-change-held-packages'
const APT_OPTIONS = [...DPKG_OPTIONS, HELD]

/** Where packages wait that are only unpacked. */
const PARTIAL = '/var/cache/apt/archives/partial/'

/** The command of each type, without `-t RELEASE` and names (install-packages.md, "Types"). */
const COMMANDS: Readonly<Record<Exclude<UsableType, 'hold' | 'unpack'>, readonly string[]>> = {
  y2i: ['y2pmsh', 'isc'],
  y2r: ['y2pmsh', 'remove'],
  zypper: ['zypper', '-n', 'install', '-l'],
  'zypper-pattern': ['zypper', '-n', 'install', '-l', '-t', 'pattern'],
  'zypper-product': ['zypper', '-n', 'install', '-l', '-t', 'product'],
  'zypper-rm': ['zypper', '-n', 'remove'],
  yast: ['yast', '-i'],
  rpmr: ['rpm', '-e'],
  // FAI writes "--foce", and gives urpme the options of urpmi.
  urpmi: ['urpmi', '--auto', '--force', '--allow-force', '--keep'],
  urpme: ['urpme', '--auto', '--force'],
  yumgroup: ['yum', '-y', 'groupinstall'],
  yumi: ['yum', '-y', 'install'],
  yumr: ['yum', '-y', 'remove'],
  dnfgroup: ['dnf', '-y', 'group', 'install'],
  dnfi: ['dnf', '-y', 'install'],
  dnfr: ['dnf', '-y', 'remove'],
  smarti: ['smart', 'install', '-y'],
  smartr: ['smart', 'remove', '-y'],
  // FAI gives it apt's option for held packages, at which it ends.
  cupt: ['cupt', '-R', ...DPKG_OPTIONS, 'install'],
  'cupt-r': ['cupt', ...DPKG_OPTIONS, 'install'],
  install: ['apt-get', ...APT_OPTIONS, '--fix-missing', 'install'],
  'install-norec': ['apt-get', ...APT_OPTIONS, '--fix-missing', 'install', '--no-install-recommends'],
  aptitude: ['aptitude', '-R', ...DPKG_OPTIONS, 'install'],
  'aptitude-r': ['aptitude', '-r', ...DPKG_OPTIONS, 'install'],
  apt: ['apt', ...APT_OPTIONS, 'install'],
  remove: ['apt-get', ...APT_OPTIONS, '--purge', 'remove'],
  'pacman-Rns': ['pacman', '--noconfirm', '-Rns'],
  'pacman-S': ['pacman', '--noconfirm', '-S'],
  'apk-add': ['apk', 'add'],
  'apk-del': ['apk', 'del'],
}

/** The commands that carry out one group of packages, in order. A pipe or a change of directory is a call of `sh -c`. Pure. */
export const commandsFor = (input: CommandInput): readonly (readonly string[])[] => {
  const { type, names, root } = input
  const within = (...argv: readonly string[]) => inRoot(root, argv)
  switch (type) {
    case 'hold': {
      const lines = names.map(name => `${name.replace(/["\\$`]/g, '\\$&')} hold\n`).join('')
      const dpkg = within('dpkg', '--set-selections').map(shellWord).join(' ')
      return [['sh', '-c', `echo "${lines}" | ${dpkg}`]]
    }
    case 'unpack':
      return [
        within('apt-get', 'clean'),
        within('sh', '-c', `cd ${PARTIAL} && apt download ${names.map(shellWord).join(' ')}`),
        within('dpkg', '--unpack', '--recursive', PARTIAL),
        within('apt-get', 'clean'),
      ]
    default:
      return [within(...commandOf(type, input), ...names)]
  }
}

const commandOf = (
  type: keyof typeof COMMANDS,
  { release, respectsHolds }: CommandInput,
): readonly string[] => [
  ...COMMANDS[type].filter(word => !respectsHolds || word !== HELD),
  ...(release === undefined || !isNameChecked(type) ? [] : ['-t', release]),
]

/** A command that runs with this directory as its root. Pure. */
export const inRoot = (root: string | undefined, argv: readonly string[]): readonly string[] =>
  root === undefined ? argv : ['chroot', root, ...argv]

/** FAI's `-H`: a type and the command it stands for, as text. Pure. */
export const describeType = (type: UsableType): string => {
  const commands = commandsFor({ type, names: ['NAME'], root: undefined, respectsHolds: false })
  return commands.map(argv => argv.map(shellWord).join(' ')).join('; ')
}

/** Programs that install package files with what these need, the first that is there. */
export const LOCAL_TOOLS = { deb: ['apt-get'], rpm: ['dnf', 'yum', 'zypper'] } as const

/** One of them. */
export type LocalTool = (typeof LOCAL_TOOLS)[keyof typeof LOCAL_TOOLS][number]

const LOCAL_TYPES = { 'apt-get': 'install', dnf: 'dnfi', yum: 'yumi', zypper: 'zypper' } as const

/** The command that installs package files; `paths` as the target sees them. Pure. */
export const localCommand = (
  tool: LocalTool,
  paths: readonly string[],
  root: string | undefined,
): readonly string[] => inRoot(root, [...COMMANDS[LOCAL_TYPES[tool]], ...paths])

/** Prints what `parsePackageCatalog` reads, by apt with these options; the rest of 70 MB is not worth a pipe to another process. */
export const catalogCommand = (options: readonly string[]) =>
  [
    'sh',
    '-c',
    `${['apt-cache', ...options, 'dumpavail'].map(shellWord).join(' ')} | grep -E '^(Package|Provides):'`,
  ] as const

/** The same, without options. */
export const CATALOG_COMMAND = catalogCommand([])

/** Prints the packages that the host holds, one a line, by apt with these options. */
export const holdsCommand = (options: readonly string[]) => ['apt-mark', ...options, 'showhold'] as const
