import { join, resolve } from 'node:path'
import { writePackageList } from '../apply/install-packages.ts'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { readClassFiles } from '../inspect/class-files.ts'
import { readPackageArchive } from '../inspect/package-archive.ts'
import { isBrokenType, isNameChecked, PACKAGE_TYPES } from '../language/package-type.ts'
import { parseClassWords } from '../model/class-name.ts'
import { type PackageCatalog, parsePackageCatalog } from '../model/package-catalog.ts'
import { formatWords } from '../plan/format-plan.ts'
import { CATALOG_COMMAND, commandsFor, describeType, inRoot } from '../plan/system/package-command.ts'
import { DOWNLOAD_TYPES, downloadCommands } from '../plan/system/package-download.ts'
import {
  checksNames,
  listedWords,
  type PackagePlan,
  planPackageCommands,
  targetRoot,
} from '../plan/system/package-plan.ts'
import { sourceCommands } from '../plan/system/package-sources.ts'
import { findMark } from '../plan/system/package-word.ts'
import { groupPackages, type PackageGroup, type PackageList } from '../plan/system/packages.ts'
import { parseOptions } from './getopt.ts'
import { isSet, type Tool, type World, wordsOf } from './tool.ts'

const USAGE = `Usage: install_packages [-cdGhHlLnNPsv] [-m NUMBER] [-p DIRECTORY]
Installs and removes what package_config of the classes says.
  -n  only print the commands   -v  print them, too   -l  print the packages of each call   -L  what would be installed
  -c  look the names up and stop   -P  print where packages are fetched from   -d  only download (options: aptoptions)
  -s  sources, too, to FAI_DEBSOURCESDIR   -G  what any host may get: an expression with ! counts, NAME- does not
  -N  look no name up   -p  the directory of the files   -m  accepted; calls are not split   -H  the types of packages`

const WRONG_USE = 2
const FAILED = 3
/** With which FAI's program ends where it cannot go on. */
const NO_PLAN = 255

/** A call of the program: what was asked for, where, and what came of the names. */
type Session = World & {
  readonly flags: ReadonlySet<string>
  readonly root: string | undefined
  readonly catalog: PackageCatalog | undefined
}

/** `install_packages`: the packages of the classes (install-packages.md). Goes on after a command that fails; 3 where one did. */
export const installPackages: Tool = async (args, world) => {
  const { flags, values, words, wrong } = parseOptions('cdGhHlLm:nNPp:sv', args)
  for (const letter of wrong) world.complain(`install_packages: unknown option -${letter}`)
  if (flags.has('h') || wrong.length > 0 || words.length > 0) {
    world.print(USAGE)
    return flags.has('h') ? 0 : WRONG_USE
  }
  if (flags.has('H')) {
    world.print(typeTable())
    return 0
  }
  const { env, cwd } = world
  const classes = parseClassWords(env['classes'] ?? '')
  const folder = values.get('p') ?? join(env['FAI'] ?? '', 'package_config')
  const files = await readClassFiles(resolve(cwd, folder), classes)
  const { value: list, diagnostics } = groupPackages({ files, classes, isGeneric: flags.has('G') })
  complainOf(diagnostics, world)
  if (list === undefined) return NO_PLAN
  const root = targetRoot(env)
  const catalog = flags.has('N') || !checksNames(list, env) ? undefined : await readCatalog(world, root)
  const archived = await readPackageArchive({ MAXPACKAGES: values.get('m'), ...env }, cwd)
  const plan = planPackageCommands(list, { variables: env, catalog, root, archived })
  complainOf(plan.diagnostics, world)
  return carryOut(list, plan, { ...world, flags, root, catalog })
}

const carryOut = async (list: PackageList, plan: PackagePlan, session: Session): Promise<number> => {
  const { flags, root, env } = session
  if (flags.has('c')) return 0
  if (flags.has('l')) {
    for (const group of plan.groups) session.print(listOf(group, session))
    return 0
  }
  if (flags.has('L') || flags.has('P')) return ask(plan.groups, session)
  if (flags.has('d')) {
    for (const { type } of list.groups.filter(each => !DOWNLOAD_TYPES.includes(each.type)))
      session.complain(`WARNING: packages of type ${type} are not downloaded`)
    const isVerbose = flags.has('v') || isSet(env['verbose'])
    const options = { root, aptOptions: wordsOf(env['aptoptions']), isVerbose }
    return execute(downloadCommands(plan.groups, options), session)
  }
  const directory = env['FAI_DEBSOURCESDIR'] ?? ''
  if (flags.has('s') && directory === '') {
    session.complain('install_packages: -s needs a directory for the sources in FAI_DEBSOURCESDIR')
    return NO_PLAN
  }
  const sources = flags.has('s') ? sourceCommands(plan.groups, { root, directory }) : []
  if (!flags.has('n') && plan.groups.some(({ type }) => isNameChecked(type)))
    await writePackageList(root ?? '/', listedWords(plan.groups))
  return execute([...sources, ...plan.commands], session)
}

/** Runs commands one after the other, or only shows them; 3 where one failed. */
const execute = async (
  commands: readonly (readonly string[])[],
  { flags, env, cwd, run, complain }: Session,
): Promise<number> => {
  let failures = 0
  for (const argv of commands) {
    const text = formatWords(argv)
    if (flags.has('n') || flags.has('v') || isSet(env['verbose']))
      complain(`install_packages: executing ${text}`)
    if (flags.has('n')) continue
    const { code } = await run(argv as [string, ...string[]], { env, cwd })
    if (code === 0) continue
    complain(`ERROR: ${text} return code ${code}`)
    failures++
  }
  if (failures > 0) complain(`${failures} errors during executing of install_packages`)
  return failures > 0 ? FAILED : 0
}

/** `-L` and `-P`: what apt-get says it would install, and from where. */
const ask = async (groups: readonly PackageGroup[], session: Session): Promise<number> => {
  const { flags, env, cwd, run, root, print } = session
  let exitCode = 0
  for (const { packages, ...group } of groups) {
    if (!/^install(-norec)?$/.test(group.type) || packages.length === 0) continue
    const names = packages.map(({ word }) => word)
    const [argv = []] = commandsFor({ ...group, names, root, respectsHolds: false })
    const question = flags.has('L') ? '-s' : '--print-uris'
    const { code, stdout } = await run([...argv, question] as unknown as [string, ...string[]], {
      env,
      cwd,
      read: true,
    })
    const lines = stdout.split('\n').filter(line => (flags.has('L') ? /^Inst/ : /^'/).test(line))
    for (const line of lines) print(line)
    if (code !== 0) exitCode = FAILED
  }
  return exitCode
}

/** The names of one call, sorted; here every type is looked up. */
const listOf = ({ packages }: PackageGroup, { catalog }: Session): string =>
  packages
    .map(({ word }) => word)
    .filter(word => catalog === undefined || findMark(word, catalog) !== undefined)
    .sort()
    .map(word => `${word} `)
    .join('')

const readCatalog = async (
  { run, env, cwd }: World,
  root: string | undefined,
): Promise<PackageCatalog | undefined> => {
  const [shell, option, script] = CATALOG_COMMAND
  const aptOptions = wordsOf(env['aptoptions']).map(word => formatWords([word]))
  const asked = script.replace('apt-cache', ['apt-cache', ...aptOptions].join(' '))
  const argv = inRoot(root, [shell, option, asked]) as [string, ...string[]]
  const { code, stdout } = await run(argv, { env, cwd, read: true })
  if (code !== 0) throw new Error('apt-cache does not say which packages there are')
  return parsePackageCatalog(stdout)
}

const complainOf = (diagnostics: readonly Diagnostic[], { complain }: World): void => {
  for (const diagnostic of diagnostics) complain(formatDiagnostic(diagnostic))
}

const typeTable = (): string => {
  const types = PACKAGE_TYPES.filter(type => !isBrokenType(type)).sort()
  const rows = types.flatMap(type =>
    isBrokenType(type) ? [] : [`${type.padStart(15)}    ${describeType(type)}`],
  )
  return [
    'List of known commands for package_config files',
    'Short list:',
    ...types,
    '',
    'Long list:',
    ...rows,
  ].join('\n')
}
