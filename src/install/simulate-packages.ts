import { CommandError } from '../apply/apply-error.ts'
import { type PackageQuestion, type PackageReport, readPackagePlan } from '../apply/install-packages.ts'
import { readInstalled } from '../apply/installed-packages.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import type { InstalledPackages, PackageChange } from '../model/dpkg-status.ts'
import { formatWords } from '../plan/format-plan.ts'
import type { Step } from '../plan/step.ts'
import { inRoot } from '../plan/system/package-command.ts'
import { PACKAGE_ENVIRONMENT } from '../plan/system/system-step.ts'

/** What apt read it keeps in files, and what it wants it logs; asked so, it writes nothing (apt.conf(5), `Dir`). */
const WITHOUT_TRACE = ['Dir::Cache::pkgcache=', 'Dir::Cache::srcpkgcache=', 'Dir::Log::Planner='].flatMap(
  setting => ['-o', setting],
)

/** What package tools would do, and what they would leave out. */
export type Simulated = {
  readonly packages: readonly PackageChange[]
  readonly packageReports: readonly PackageReport[]
}

/**
 * Asks apt what an upgrade and the packages of a plan would change, with the package lists that are there. Other tools are not
 * asked. Each command is asked for itself, so what one of them would bring may be named by the next one, too: once. Where apt
 * does not answer, nothing is known: `EnvironmentError`.
 */
export const simulatePackages = async (
  steps: readonly Step[],
  question: PackageQuestion,
): Promise<Simulated> => {
  const { root, run, signal } = question
  const commands: (readonly string[])[] = [inRoot(root, ['apt-get', 'dist-upgrade'])]
  const packageReports: PackageReport[] = []
  for (const { action } of steps) {
    if (action.kind !== 'install-packages') continue
    const plan = await readPackagePlan(action, { ...question, aptOptions: WITHOUT_TRACE }).catch(withoutLists)
    commands.push(...plan.commands)
    packageReports.push({ dropped: plan.dropped, diagnostics: plan.diagnostics, changes: [] })
  }
  const installed = await readInstalled(root ?? '/')
  const found = new Map<string, PackageChange>()
  for (const argv of commands.flatMap(simulationOf)) {
    const result = await run({ argv, env: PACKAGE_ENVIRONMENT, timeoutSeconds: 600 }, signal)
    if (result.exitCode !== 0) throw new EnvironmentError(withoutAnswer(formatWords(argv), result.tail))
    for (const change of parseSimulation(result.stdout, installed)) found.set(change.package, change)
  }
  return { packages: [...found.values()].sort((a, b) => (a.package < b.package ? -1 : 1)), packageReports }
}

const withoutAnswer = (what: string, tail: readonly string[]): string =>
  [`what packages would change is not known: ${what}`, ...tail.map(line => `  | ${line}`)].join('\n')

/** A system that never fetched its lists knows no package at all. */
const withoutLists = (error: unknown): never => {
  if (!(error instanceof CommandError)) throw error
  const what = `apt names no package of an archive, perhaps before the first apt-get update: ${error.command}`
  throw new EnvironmentError(withoutAnswer(what, error.result.tail))
}

const CHANGING = new Set(['install', 'remove', 'dist-upgrade'])

/** The command that only tells; none for one that changes nothing or is no `apt-get`. Pure. */
const simulationOf = (argv: readonly string[]): readonly (readonly string[])[] => {
  const place = argv.indexOf('apt-get')
  if (place < 0 || !argv.some(word => CHANGING.has(word))) return []
  return [[...argv.slice(0, place + 1), '--simulate', ...WITHOUT_TRACE, ...argv.slice(place + 1)]]
}

/**
 * The lines of a simulation (apt-get(8)). Pure. apt names no architecture of what it removes; `installed` does.
 *
 *     Inst nano [7.2-1] (7.2-2 Debian:12 [amd64])    installed, from the version in brackets if there is one
 *     Remv nano [7.2-1]                              removed
 */
export const parseSimulation = (text: string, installed: InstalledPackages): readonly PackageChange[] =>
  text.split('\n').flatMap((line): readonly PackageChange[] => {
    const [, verb, name = '', from, to, architecture] = LINE.exec(line) ?? []
    const before = from === undefined ? {} : { from }
    if (verb === 'Inst' && to !== undefined) {
      return [{ package: withArchitecture(name, architecture), ...before, to }]
    }
    // What has only its configuration left is purged without a version, and is not installed now either.
    if (verb === undefined || from === undefined) return []
    const [known] = [...installed.keys()].filter(each => each.startsWith(`${name}:`))
    return [{ package: known ?? name, from }]
  })

const LINE = /^(Inst|Remv|Purg) (\S+)(?: \[([^\]]*)\])?(?: \((\S+)(?: .*?\[([a-z0-9-]+)\])?\))?/

const withArchitecture = (name: string, architecture: string | undefined): string =>
  architecture === undefined || name.includes(':') ? name : `${name}:${architecture}`
