import { join } from 'node:path'
import { type Diagnostic, hasErrors, type Origin } from '../../diagnostic/diagnostic.ts'
import type { Preload } from '../../language/package-config.ts'
import { isNameChecked } from '../../language/package-type.ts'
import type { PackageCatalog } from '../../model/package-catalog.ts'
import { shellWord } from '../../model/shell-word.ts'
import { checkGroups, expandGroups, spareHeld } from './package-check.ts'
import { commandsFor, inRoot } from './package-command.ts'
import { type ClassPackage, groupPackages, type PackageList, type PackagesInput } from './packages.ts'

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
}

/** What would run, in order, and what was left out. */
export type PackagePlan = {
  readonly commands: readonly (readonly string[])[]
  readonly dropped: readonly DroppedPackage[]
  /** Words of the types whose names are looked up, as they stand in `install_packages.list`. */
  readonly listed: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A package that is asked for and left out: as written, with the class and the line that ask for it. */
export type DroppedPackage = { readonly package: string; readonly class: string; readonly origin: Origin }

/** The plan for the files of a config space; no commands where any diagnostic is an error. Pure. */
export const planPackageFiles = (
  input: PackagesInput,
  options: PackagePlanOptions,
): Omit<PackagePlan, 'commands'> & Partial<Pick<PackagePlan, 'commands'>> => {
  const { value, diagnostics } = groupPackages(input)
  if (value === undefined || hasErrors(diagnostics)) return { dropped: [], listed: [], diagnostics }
  const plan = planPackageCommands(value, options)
  return { ...plan, diagnostics: [...diagnostics, ...plan.diagnostics] }
}

/**
 * The commands for what the classes of a host ask for (contract, section 7), one for each type and archive: FAI splits
 * them after 99 names, and cleans in between. Pure.
 */
export const planPackageCommands = (
  { groups, preloads }: PackageList,
  { variables, catalog, root, held }: PackagePlanOptions,
): PackagePlan => {
  const expanded = expandGroups(groups, variables)
  const known = catalog === undefined ? undefined : checkGroups(expanded.groups, catalog)
  const free = held && spareHeld(known?.groups ?? expanded.groups, held)
  const left = free?.groups ?? known?.groups ?? expanded.groups
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
    listed: left
      .filter(({ type }) => isNameChecked(type))
      .flatMap(({ packages }) => packages.map(({ word }) => word)),
    diagnostics: stages.flatMap(stage => stage?.diagnostics ?? []),
  }
}

/** Whether names are looked up at all: some type does it, and FAI's variable does not forbid it. Pure. */
export const checksNames = ({ groups }: PackageList, variables: Variables): boolean =>
  !isNameCheckOff(variables) && groups.some(({ type }) => isNameChecked(type))

/** Whether the variable that switches the look-up of names off is set as Perl understands it. Pure. */
export const isNameCheckOff = (variables: Variables): boolean =>
  !['', '0'].includes(variables['FAI_DISABLE_PACKAGE_NAME_CHECK'] ?? '')

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

/** Types after which FAI looks whether anything is left unconfigured. */
const DPKG_TYPES: ReadonlySet<string> = new Set([
  'cupt',
  'cupt-r',
  'apt',
  'aptitude',
  'aptitude-r',
  'install',
  'install-norec',
  'remove',
])

const closingCommands = (
  groups: PackageList['groups'],
  root: string | undefined,
): readonly (readonly string[])[] => {
  if (groups.some(({ type }) => type === 'smarti')) return [inRoot(root, ['smart', 'clean'])]
  if (!groups.some(({ type }) => DPKG_TYPES.has(type))) return []
  return [
    ['dpkg', '--configure', '--pending'],
    ['dpkg', '-C'],
    ['apt-get', 'clean'],
  ].map(argv => inRoot(root, argv))
}
