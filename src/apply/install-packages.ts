import { readFile } from 'node:fs/promises'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import {
  compareInstalled,
  type InstalledPackages,
  type PackageChange,
  parseDpkgStatus,
} from '../model/dpkg-status.ts'
import { type PackageCatalog, parsePackageCatalog } from '../model/package-catalog.ts'
import { formatWords } from '../plan/format-plan.ts'
import type { Step } from '../plan/step.ts'
import { CATALOG_COMMAND, HOLDS_COMMAND, inRoot } from '../plan/system/package-command.ts'
import {
  checksNames,
  type DroppedPackage,
  listedWords,
  type PackagePlan,
  planPackageCommands,
} from '../plan/system/package-plan.ts'
import { PACKAGE_ENVIRONMENT } from '../plan/system/system-step.ts'
import { CommandError } from './apply-error.ts'
import { type ActionOf, type ApplyContext, type Handler, runForStep } from './context.ts'
import { withLocalPackages } from './local-packages.ts'
import { replaceFile } from './replace-file.ts'
import { StartError } from './runner.ts'
import { makeParent, resolveTargetPath } from './target-path.ts'

/** What came of the packages of a host. */
export type PackageReport = {
  readonly dropped: readonly DroppedPackage[]
  readonly diagnostics: readonly Diagnostic[]
  /** What dpkg has now and had otherwise before; empty where there is no dpkg. */
  readonly changes: readonly PackageChange[]
}

/** Commands of package tools that failed; the others were run nevertheless. */
export class PackagesError extends Error {
  override readonly name = 'PackagesError'
}

/**
 * Asks the target's archives for their names, then runs what the plan says, and goes on after a command that fails, as
 * FAI does. Rejects at the end with `PackagesError`, which names those that did.
 */
export const installPackages: Handler<'install-packages'> = async (action, context, step) => {
  const root = context.target === '/' ? undefined : context.target
  const before = await readInstalled(context)
  const { run, signal } = context
  const plan = await readPackagePlan(action, { run, signal, root, variables: context.scriptEnvironment() })
  for (const diagnostic of plan.diagnostics) context.log.line(step.task, formatDiagnostic(diagnostic))
  await writePackageList(context.target, listedWords(plan.groups))
  const failures = await runCommands(plan.commands, context, step)
  await withLocalPackages(action.localPackages, context, async commands => {
    failures.push(...(await runCommands(commands, context, step)))
  })
  context.packageReports.push({
    dropped: plan.dropped,
    diagnostics: plan.diagnostics,
    changes: compareInstalled(before, await readInstalled(context)),
  })
  if (failures.length > 0) throw new PackagesError(failures.join('\n'))
}

/** What a system with this root is asked for its archives with; undefined for the running system. */
export type PackageQuestion = Pick<ApplyContext, 'run' | 'signal'> & {
  readonly root: string | undefined
  readonly variables: Readonly<Record<string, string>>
}

/** The commands for a list of packages on a system, by the names that its archives have; changes nothing there. */
export const readPackagePlan = async (
  { list, respectsHolds }: Pick<ActionOf<'install-packages'>, 'list' | 'respectsHolds'>,
  { root, variables, ...context }: PackageQuestion,
): Promise<PackagePlan> => {
  const ask = async (command: readonly string[]): Promise<string> => {
    const argv = inRoot(root, command)
    const result = await context.run({ argv, env: PACKAGE_ENVIRONMENT }, context.signal)
    if (result.exitCode !== 0 || result.timedOut) throw new CommandError(argv.join(' '), result)
    return result.stdout
  }
  const catalog: PackageCatalog | undefined = checksNames(list, variables)
    ? parsePackageCatalog(await ask(CATALOG_COMMAND))
    : undefined
  const held = respectsHolds ? new Set((await ask(HOLDS_COMMAND)).split('\n')) : undefined
  return planPackageCommands(list, { variables, catalog, root, ...(held === undefined ? {} : { held }) })
}

/** One line for each command that failed. */
const runCommands = async (
  commands: readonly (readonly string[])[],
  context: ApplyContext,
  step: Step,
): Promise<string[]> => {
  const failures: string[] = []
  for (const argv of commands) {
    try {
      await runForStep({ argv, env: PACKAGE_ENVIRONMENT }, context, step)
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof StartError)) throw error
      context.log.line(step.task, `ERROR: ${error.message}`)
      const said = error instanceof CommandError ? error.result.tail.map(line => `\n  | ${line}`) : []
      failures.push(`${error.message}: ${formatWords(argv)}${said.join('')}`)
    }
  }
  return failures
}

/** Writes `/var/log/install_packages.list` below a root. FAI overwrites it for each type; here it holds all of them. */
export const writePackageList = async (target: string, listed: readonly string[]): Promise<void> => {
  const place = await makeParent(target, '/var/log/install_packages.list')
  const lines = ['# List of all packages that will be installed via install_packages', ...listed]
  await replaceFile(place, Buffer.from(`${lines.join('\n')}\n`), { mode: 0o644, uid: 0, gid: 0 })
}

/** Nothing where the target has no dpkg. */
const readInstalled = async ({ target }: ApplyContext): Promise<InstalledPackages> => {
  const path = await resolveTargetPath(target, '/var/lib/dpkg/status')
  return parseDpkgStatus(await readFile(path, 'utf8').catch(() => ''))
}
