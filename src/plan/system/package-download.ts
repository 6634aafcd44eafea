import type { UsableType } from '../../language/package-type.ts'
import { shellWord } from '../../model/shell-word.ts'
import { inRoot } from './package-command.ts'
import type { PackageGroup } from './packages.ts'

/** What the commands of a download depend on besides the packages. */
export type DownloadOptions = {
  readonly root: string | undefined
  /** FAI's variable `aptoptions`: where caches and lists are. */
  readonly aptOptions: readonly string[]
  readonly isVerbose: boolean
}

/** Types whose packages are downloaded, in FAI's order of downloads (install-packages.md, "Options"). */
export const DOWNLOAD_TYPES: readonly UsableType[] = [
  'cupt',
  'cupt-r',
  'aptitude',
  'aptitude-r',
  'install',
  'install-norec',
  'apt',
  'unpack',
]

/** The calls that only download packages, one for each group; other types have none. Pure. */
export const downloadCommands = (
  groups: readonly PackageGroup[],
  options: DownloadOptions,
): readonly (readonly string[])[] =>
  DOWNLOAD_TYPES.flatMap(type =>
    groups
      .filter(group => group.type === type && group.packages.length > 0)
      .map(group => inRoot(options.root, downloadCommand(group, options))),
  )

const downloadCommand = (
  { type, release, packages }: PackageGroup,
  { aptOptions, isVerbose }: DownloadOptions,
): readonly string[] => {
  const names = packages.map(({ word }) => word)
  const archive = release === undefined ? [] : ['-t', release]
  const quiet = isVerbose ? [] : ['-qq']
  const install = [...aptOptions, '-y', 'install', ...archive, ...names]
  switch (type) {
    case 'cupt':
      return ['cupt', '-R', '--download-only', ...install]
    case 'cupt-r':
      return ['cupt', '--download-only', ...install]
    case 'aptitude':
      return ['aptitude', '-R', '-d', ...install]
    case 'aptitude-r':
      return ['aptitude', '-r', '-d', ...install]
    case 'apt':
      return ['apt', ...quiet, '-d', ...install]
    case 'unpack':
      return [
        'sh',
        '-c',
        `cd /var/cache/apt/archives/partial/ && aptitude download ${names.map(shellWord).join(' ')}`,
      ]
    default: {
      const without = type === 'install-norec' ? ['--no-install-recommends'] : []
      const fetch = ['apt-get', ...quiet, '-d', ...aptOptions, '-y', '--fix-missing', 'install']
      return [...fetch, ...without, ...archive, ...names]
    }
  }
}
