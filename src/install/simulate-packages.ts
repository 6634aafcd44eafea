import { type PackageQuestion, type PackageReport, readPackagePlan } from '../apply/install-packages.ts'
import type { PackageChange } from '../model/dpkg-status.ts'
import type { Step } from '../plan/step.ts'
import { inRoot } from '../plan/system/package-command.ts'
import { PACKAGE_ENVIRONMENT } from '../plan/system/system-step.ts'

/** What package tools would do, and what they would leave out. */
export type Simulated = {
  readonly packages: readonly PackageChange[]
  readonly packageReports: readonly PackageReport[]
}

/**
 * Asks apt what an upgrade and the packages of a plan would change, with the package lists that are there. Other tools are not
 * asked. Each command is asked for itself, so what one of them would bring may be named by the next one, too: once.
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
    const plan = await readPackagePlan(action, question)
    commands.push(...plan.commands)
    packageReports.push({ dropped: plan.dropped, diagnostics: plan.diagnostics, changes: [] })
  }
  const found = new Map<string, PackageChange>()
  for (const argv of commands.flatMap(simulationOf)) {
    const { stdout } = await run({ argv, env: PACKAGE_ENVIRONMENT, timeoutSeconds: 600 }, signal)
    for (const change of parseSimulation(stdout)) found.set(change.package, change)
  }
  return { packages: [...found.values()].sort((a, b) => (a.package < b.package ? -1 : 1)), packageReports }
}

const CHANGING = new Set(['install', 'remove', 'dist-upgrade'])

/** The command that only tells; none for one that changes nothing or is no `apt-get`. Pure. */
const simulationOf = (argv: readonly string[]): readonly (readonly string[])[] => {
  const place = argv.indexOf('apt-get')
  if (place < 0 || !argv.some(word => CHANGING.has(word))) return []
  return [[...argv.slice(0, place + 1), '--simulate', ...argv.slice(place + 1)]]
}

/**
 * The lines of a simulation (apt-get(8)). Pure.
 *
 *     Inst nano [7.2-1] (7.2-2 Debian:12 [amd64])    installed, from the version in brackets if there is one
 *     Remv nano [7.2-1]                              removed
 */
export const parseSimulation = (text: string): readonly PackageChange[] =>
  text.split('\n').flatMap(line => {
    const [, verb, name = '', from, to] =
      /^(Inst|Remv|Purg) (\S+)(?: \[([^\]]*)\])?(?: \((\S+))?/.exec(line) ?? []
    if (verb === undefined) return []
    const before = from === undefined ? {} : { from }
    return verb === 'Inst' && to !== undefined
      ? [{ package: name, ...before, to }]
      : [{ package: name, ...before }]
  })
