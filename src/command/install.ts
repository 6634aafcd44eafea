import type { CommandModule } from 'yargs'
import { formatPlan } from '../plan/format-plan.ts'
import type { CommandDeps } from './deps.ts'
import { type ImageArgs, parseImageGoal, withImageOptions } from './image-args.ts'
import { installHost, preparePlan } from './prepare-plan.ts'
import { type RawTargetArgs, withTargetOptions } from './target-args.ts'

type InstallArgs = RawTargetArgs & ImageArgs & { host: string; yes: boolean }

/** `install HOST --image FILE`: plans, and with `--yes` makes the image; without it the plan is printed and nothing is done. */
export const installCommand = (deps: CommandDeps): CommandModule<object, InstallArgs> => ({
  command: 'install <host>',
  describe: 'install a host into a raw disk image; without --yes print the plan',
  builder: yargs =>
    withImageOptions(withTargetOptions(yargs))
      .positional('host', {
        type: 'string',
        demandOption: true,
        describe: 'short or full name, MAC, IP or UUID',
      })
      .option('yes', { type: 'boolean', default: false, describe: 'do what the plan says' }),
  handler: async args => {
    const goal = parseImageGoal(args)
    if (args.yes) return deps.setExitCode(await installHost(args.host, goal, undefined, args, deps))
    const plan = await preparePlan(args.host, goal, args, deps)
    if (plan === undefined) return
    deps.print(formatPlan(plan).trimEnd())
    deps.complain('nothing was done; --yes carries the plan out')
  },
})
