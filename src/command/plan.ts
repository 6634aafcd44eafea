import type { CommandModule } from 'yargs'
import { formatPlan, formatPlanJson } from '../plan/format-plan.ts'
import { type CommandDeps, complainAll, EXIT } from './deps.ts'
import { type ImageArgs, parseImageGoal, withImageOptions } from './image-args.ts'
import { loadConfig } from './look-up.ts'
import { makePlan } from './make-plan.ts'
import { parseTargetArgs, type RawTargetArgs, withTargetOptions } from './target-args.ts'

type PlanArgs = RawTargetArgs & ImageArgs & { host: string; format: 'text' | 'json' }

/** `plan HOST`: prints everything an installation into an image would do. Changes nothing and needs no root. */
export const planCommand = (deps: CommandDeps): CommandModule<object, PlanArgs> => ({
  command: 'plan <host>',
  describe: 'print what installing a host into a disk image would do, and change nothing',
  builder: yargs =>
    withImageOptions(withTargetOptions(yargs))
      .positional('host', { type: 'string', demandOption: true, describe: 'short or full name, MAC or IP' })
      .option('format', { choices: ['text', 'json'] as const, default: 'text' as const }),
  handler: async args => {
    const { value: config, diagnostics } = await loadConfig(args.config, deps)
    complainAll(deps, diagnostics)
    if (config === undefined) return deps.setExitCode(EXIT.findings)
    const goal = parseImageGoal({ ...args, image: args.image ?? `${args.host}.img` })
    const made = await makePlan(args.host, goal, parseTargetArgs(args), config, deps)
    complainAll(deps, made.diagnostics)
    deps.setExitCode(made.exitCode)
    if (made.plan === undefined) return
    deps.print((args.format === 'json' ? formatPlanJson(made.plan) : formatPlan(made.plan)).trimEnd())
  },
})
