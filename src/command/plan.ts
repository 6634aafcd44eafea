import type { CommandModule } from 'yargs'
import { formatPlan, formatPlanJson } from '../plan/format-plan.ts'
import type { CommandDeps } from './deps.ts'
import { type ImageArgs, parseImageGoal, withImageOptions } from './image-args.ts'
import { preparePlan } from './prepare-plan.ts'
import { type RawTargetArgs, withTargetOptions } from './target-args.ts'

type PlanArgs = RawTargetArgs & ImageArgs & { host: string; format: 'text' | 'json' }

/** `plan HOST`: prints everything an installation into an image would do. Changes nothing and needs no root. */
export const planCommand = (deps: CommandDeps): CommandModule<object, PlanArgs> => ({
  command: 'plan <host>',
  describe: 'print what installing a host into a disk image would do, and change nothing',
  builder: yargs =>
    withImageOptions(withTargetOptions(yargs))
      .positional('host', {
        type: 'string',
        demandOption: true,
        describe: 'short or full name, MAC, IP or UUID',
      })
      .option('format', { choices: ['text', 'json'] as const, default: 'text' as const }),
  handler: async args => {
    const goal = parseImageGoal({ ...args, image: args.image ?? `${args.host}.img` })
    const plan = await preparePlan(args.host, goal, args, deps)
    if (plan === undefined) return
    const render = args.format === 'json' ? formatPlanJson : formatPlan
    deps.print(render(plan).trimEnd())
  },
})
