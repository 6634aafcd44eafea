import { resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import type { CommandDeps } from './deps.ts'
import { type GoalArgs, parseGoal, withGoalOptions } from './goal-args.ts'
import { describePlan } from './plan-text.ts'
import { installHost, preparePlan } from './prepare-plan.ts'
import { type RawTargetArgs, withTargetOptions } from './target-args.ts'

type InstallArgs = RawTargetArgs & GoalArgs & { host: string; yes: boolean }

/** `install HOST`: onto the disks of this machine, or into an image; without `--yes` the plan is printed and nothing is done. */
export const installCommand = (deps: CommandDeps): CommandModule<object, InstallArgs> => ({
  command: 'install <host>',
  describe: 'install a host onto the disks of this machine; without --yes print the plan',
  builder: yargs =>
    withGoalOptions(withTargetOptions(yargs))
      .positional('host', {
        type: 'string',
        demandOption: true,
        describe: 'short or full name, MAC, IP or UUID',
      })
      .option('yes', { type: 'boolean', default: false, describe: 'do what the plan says' }),
  handler: async args => {
    const goal = parseGoal(args)
    const target = args.target === undefined ? undefined : resolve(deps.cwd, args.target)
    if (args.yes) return deps.setExitCode(await installHost(args.host, goal, target, args, deps))
    const prepared = await preparePlan(args.host, goal, args, deps)
    if (prepared === undefined) return
    deps.print((await describePlan(prepared)).trimEnd())
    deps.complain('nothing was done; --yes carries the plan out')
  },
})
