import type { Config } from '../config/read-config.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import type { Plan } from '../plan/step.ts'
import { carryOut } from './carry-out.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode } from './deps.ts'
import type { LookupAnswer } from './look-up.ts'
import { loadConfig } from './look-up.ts'
import { type Goal, makePlan } from './make-plan.ts'
import { registrationOf } from './plan-registration.ts'
import { registerHost } from './register-host.ts'
import { parseTargetArgs, type RawTargetArgs, type TargetArgs } from './target-args.ts'

/** A plan that may be carried out, and what it was made with. */
export type Prepared = {
  readonly plan: Plan
  readonly config: Config
  readonly answer: LookupAnswer
  readonly args: TargetArgs
}

/** Reads the configuration and plans; says what is wrong, sets the exit code, and gives undefined where anything is. */
export const preparePlan = async (
  host: string,
  goal: Goal,
  raw: RawTargetArgs,
  deps: CommandDeps,
): Promise<Prepared | undefined> => {
  const args = parseTargetArgs(raw, deps.environment)
  const { value: config, diagnostics } = await loadConfig(raw.config, deps)
  const made = config && (await makePlan(host, goal, args, config, deps))
  complainAll(deps, [...diagnostics, ...(made?.diagnostics ?? [])])
  if (config !== undefined && made?.plan !== undefined)
    return { plan: made.plan, config, answer: made.answer, args }
  deps.setExitCode(made?.exitCode ?? EXIT.findings)
  return undefined
}

/** Carries a plan out as root, and registers the host where the configuration says so. */
export const installHost = async (
  { plan, config, answer, args }: Prepared,
  target: string | undefined,
  deps: CommandDeps,
): Promise<ExitCode> => {
  if (!deps.isRoot)
    throw new EnvironmentError('installing needs root: it attaches devices, mounts and changes roots')
  const { register } = config
  return carryOut(
    plan,
    {
      ...(target === undefined ? {} : { target }),
      logDirectory: args.logDirectory,
      register: async () =>
        register === undefined
          ? EXIT.done
          : registerHost(registrationOf(answer, args.addresses), { ...config, register }, deps),
    },
    deps,
  )
}
