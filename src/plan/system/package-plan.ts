import { join } from 'node:path'
import type { Diagnostic, Origin, Outcome } from '../../diagnostic/diagnostic.ts'
import type { Preload } from '../../language/package-config.ts'
import { changesDpkg, isNameChecked } from '../../language/package-type.ts'
import type { PackageCatalog } from '../../model/package-catalog.ts'
import { shellWord } from '../../model/shell-word.ts'
import { checkGroups, expandGroups, spareHeld } from './package-check.ts'
import { commandsFor, inRoot } from './package-command.ts'
import {
  type ClassPackage,
  groupPackages,
  type PackageGroup,
  type PackageList,
  type PackagesInput,
} from './packages.ts'

/** Variables by their names. */
type Variables = Readonly<Record<string, string | undefined>>

/** What decides the commands for a list of packages besides the list. */
export type PackagePlanOptions = {
  /** For `$NAME` and `${NAME}` in names. */
  readonly variables: Variables
  /** What the archives have; names are not checked where it is undefined. */
  readonly catalog: PackageCatalog | undefined
  /** Root of the target; undefined for the running system. */
  readonly root: string | undefined
  /** What the host holds and keeps as it is; without it the classes decide, as in FAI. */
  readonly held?: ReadonlySet<string>
  /** Names of files of an archive that already has what is asked for, so that it is not fetched again. */
  readonly archived?: readonly string[]
}

/** What would run, in order, and what was left out. */
export type PackagePlan = {
  readonly commands: readonly (readonly string[])[]
  readonly dropped: readonly DroppedPackage[]
  /** What the commands are made of. */
  readonly groups: readonly PackageGroup[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A package that is asked for and left out: as written, with the class and the line that ask for it. */
export type DroppedPackage = { readonly package: string; readonly class: string; readonly origin: Origin }

/** The plan for the files of a config space; none where any diagnostic is an error. Pure. */
export const planPackageFiles = (input: PackagesInput, options: PackagePlanOptions): Outcome<PackagePlan> => {
  const { value: list, diagnostics } = groupPackages(input)
  if (list === undefined) return { value: undefined, diagnostics }
  const value = planPackageCommands(list, options)
  return { value, diagnostics: [...diagnostics, ...value.diagnostics] }
}

/**
 * The commands for what the classes of a host ask for (contract, section 7), one for each type and archive: FAI splits
 * them after 99 names, and cleans in between. Pure.
 */
export const planPackageCommands = (
  { groups, preloads }: PackageList,
  { variables, catalog, root, held, archived = [] }: PackagePlanOptions,
): PackagePlan => {
  const expanded = expandGroups(groups, variables)
  const known = catalog === undefined ? undefined : checkGroups(expanded.groups, catalog)
  const free = held && spareHeld(known?.groups ?? expanded.groups, held)
  const left = withoutArchived(free?.groups ?? known?.groups ?? expanded.groups, archived)
  const commands = left
    .filter(({ packages }) => packages.length > 0)
    .flatMap(({ packages, ...group }) => {
      const names = packages.map(({ word }) => word)
      return commandsFor({ ...group, names, root, respectsHolds: held !== undefined })
    })
  const stages = [expanded, known, free]
  return {
    commands: [
      ...preloads.map(preload => fetchCommand(preload, root)),
      ...commands,
      ...preloads.flatMap(preload => removeCommand(preload, root)),
      ...closingCommands(groups, root),
    ],
    dropped: stages.flatMap(stage => (stage?.dropped ?? []).map(toDropped)),
    groups: left,
    diagnostics: stages.flatMap(stage => stage?.diagnostics ?? []),
  }
}

/** Words of the types whose names are looked up, as they stand in `install_packages.list`. Pure. */
export const listedWords = (groups: readonly PackageGroup[]): readonly string[] =>
  groups.filter(({ type }) => isNameChecked(type)).flatMap(({ packages }) => packages.map(({ word }) => word))

/** Whether names are looked up at all: some type does it, and FAI's variable does not forbid it. Pure. */
export const checksNames = ({ groups }: PackageList, variables: Variables): boolean =>
  !isNameCheckOff(variables) && groups.some(({ type }) => isNameChecked(type))

/** Whether the variable that switches the look-up of names off is set as Perl understands it. Pure. */
export const isNameCheckOff = (variables: Variables): boolean =>
  !['', '0'].includes(variables['FAI_DISABLE_PACKAGE_NAME_CHECK'] ?? '')

/** FAI's variable `FAI_ROOT`; undefined for the running system. Pure. */
export const targetRoot = ({ FAI_ROOT: root = '' }: Variables): string | undefined =>
  root === '' || root === '/' ? undefined : root

const withoutArchived = (
  groups: readonly PackageGroup[],
  archived: readonly string[],
): readonly PackageGroup[] => {
  const isThere = ({ word }: ClassPackage): boolean =>
    archived.some(file => file.startsWith(`${word}_`) && file.endsWith('deb'))
  return groups.map(group =>
    isNameChecked(group.type) ? { ...group, packages: group.packages.filter(each => !isThere(each)) } : group,
  )
}

const toDropped = ({ word, class: name, origin }: ClassPackage): DroppedPackage => ({
  package: word,
  class: name,
  origin,
})

/** Runs outside the target, which may have no program to fetch with. */
const fetchCommand = ({ url, directory }: Preload, root = '/'): readonly string[] => {
  const [, path] = /^file:\/+(.+)$/.exec(url) ?? []
  const into = join(root, directory)
  if (path !== undefined) return ['cp', join(root, path), into]
  return ['sh', '-c', `cd ${shellWord(into)} && curl -# -O ${shellWord(url)}`]
}

const removeCommand = ({ url, directory, isRemoved }: Preload, root = '/'): readonly (readonly string[])[] =>
  isRemoved ? [['rm', '-f', join(root, directory, url.replace(/^.*\//, ''))]] : []

/** FAI looks at the end whether anything is left unconfigured. */
const closingCommands = (
  groups: PackageList['groups'],
  root: string | undefined,
): readonly (readonly string[])[] => {
  if (groups.some(({ type }) => type === 'smarti')) return [inRoot(root, ['smart', 'clean'])]
  if (!groups.some(({ type }) => changesDpkg(type))) return []
  return [
    ['dpkg', '--configure', '--pending'],
    ['dpkg', '-C'],
    ['apt-get', 'clean'],
  ].map(argv => inRoot(root, argv))
}
