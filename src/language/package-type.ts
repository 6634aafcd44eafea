/** FAI's types of packages, in the order in which it carries them out, whatever the order of the files (install-packages.md, "Types"). */
export const PACKAGE_TYPES = [
  'y2i',
  'y2r',
  'zypper',
  'zypper-pattern',
  'zypper-product',
  'zypper-rm',
  'yast',
  'rpmr',
  'urpmi',
  'urpme',
  'yumgroup',
  'yumi',
  'yumr',
  'dnfgroup',
  'dnfi',
  'dnfr',
  'smarti',
  'smartr',
  'hold',
  'taskrm',
  'taskinst',
  'cupt',
  'cupt-r',
  'install',
  'install-norec',
  'aptitude',
  'aptitude-r',
  'apt',
  'unpack',
  'remove',
  'dselect-upgrade',
  'pacman-Rns',
  'pacman-S',
  'apk-add',
  'apk-del',
] as const

/** One of them. */
export type PackageType = (typeof PACKAGE_TYPES)[number]

/** Types that FAI lists and cannot carry out: its program ends there, in 6.0.3 and 6.6 alike. */
export type BrokenType = 'taskrm' | 'taskinst' | 'dselect-upgrade'

/** What to write instead of each of them. */
export const INSTEAD: Readonly<Record<BrokenType, string>> = {
  taskinst: 'the package "task-NAME" of type "install" is the task NAME',
  taskrm: 'the package "task-NAME" of type "remove" is the task NAME',
  'dselect-upgrade': 'types "install", "remove" and "hold" say the same',
}

/** A type that is carried out. */
export type UsableType = Exclude<PackageType, BrokenType>

/** The type of this name; undefined where FAI has none. Pure. */
export const parsePackageType = (text: string): PackageType | undefined =>
  PACKAGE_TYPES.find(type => type === text)

/** Whether it cannot be carried out. Pure. */
export const isBrokenType = (type: PackageType): type is BrokenType => Object.hasOwn(INSTEAD, type)

const INSTALLING: readonly PackageType[] = [
  'cupt',
  'cupt-r',
  'install',
  'install-norec',
  'aptitude',
  'aptitude-r',
  'apt',
]

/** Whether names of this type are looked up in the archives before they are used. Pure. */
export const isNameChecked = (type: PackageType): boolean =>
  INSTALLING.includes(type) || type === 'smarti' || type === 'unpack'

/** Whether the tool of this type is one of Debian's that configure or remove packages. Pure. */
export const changesDpkg = (type: PackageType): boolean => INSTALLING.includes(type) || type === 'remove'

const REMOVING: ReadonlySet<PackageType> = new Set([
  'y2r',
  'zypper-rm',
  'rpmr',
  'urpme',
  'yumr',
  'dnfr',
  'smartr',
  'taskrm',
  'remove',
  'pacman-Rns',
  'apk-del',
])

/** Whether packages of this type are taken away. Pure. */
export const isRemoving = (type: PackageType): boolean => REMOVING.has(type)
