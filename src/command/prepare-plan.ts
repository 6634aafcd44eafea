import { hasErrors } from '../diagnostic/diagnostic.ts'
import type { Plan } from '../plan/step.ts'
import { configSpaceDirectory } from './config-space-directory.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode } from './deps.ts'
import { type LookupAnswer, loadConfig } from './look-up.ts'
import { type Goal, makePlan, type PlanSetting } from './make-plan.ts'
import { runInstallation } from './run-installation.ts'
import { parseTargetArgs, type RawTargetArgs } from './target-args.ts'

/** Reads the configuration; says what is wrong, sets the exit code, and gives undefined where anything is. */
export const readSetting = async (
  host: string,
  goal: Goal,
  raw: RawTargetArgs,
  deps: CommandDeps,
): Promise<PlanSetting | undefined> => {
  const args = parseTargetArgs(raw, deps.environment)
  const { value: config, diagnostics } = await loadConfig(raw.config, deps)
  complainAll(deps, diagnostics)
  if (config !== undefined) return { host, goal, args, config, deps }
  deps.setExitCode(EXIT.findings)
  return undefined
}

/** A plan, and the answer that says why the host has its classes. */
export type PreparedPlan = { readonly plan: Plan; readonly answer: LookupAnswer }

/** Plans without doing anything; says what is wrong, sets the exit code, and gives undefined where anything is. */
export const preparePlan = async (
  host: string,
  goal: Goal,
  raw: RawTargetArgs,
  deps: CommandDeps,
  make: typeof makePlan = makePlan,
): Promise<PreparedPlan | undefined> => {
  const setting = await readSetting(host, goal, raw, deps)
  if (setting === undefined) return undefined
  const { planned, answer, diagnostics, exitCode } = await make(setting)
  complainAll(deps, diagnostics)
  if (planned === undefined) deps.setExitCode(exitCode)
  return planned && { plan: planned.plan, answer }
}

/** Carries an installation out as root, and registers the host where the configuration says so. */
export const installHost = async (
  host: string,
  goal: Goal,
  target: string | undefined,
  raw: RawTargetArgs,
  deps: CommandDeps,
): Promise<ExitCode> => {
  const setting = await readSetting(host, goal, raw, deps)
  if (setting === undefined) return EXIT.findings
  const { value: configSpace, diagnostics } = await configSpaceDirectory(setting.args.configSpace, deps)
  complainAll(deps, diagnostics)
  if (configSpace === undefined || hasErrors(diagnostics)) return EXIT.findings
  return runInstallation(setting, configSpace, target)
}
