import type { CommandModule } from 'yargs'
import { formatPlan } from '../plan/format-plan.ts'
import { carryOut } from './carry-out.ts'
import { type CommandDeps, complainAll, EnvironmentError, EXIT } from './deps.ts'
import { type ImageArgs, parseImageGoal, withImageOptions } from './image-args.ts'
import { loadConfig } from './look-up.ts'
import { makePlan } from './make-plan.ts'
import { parseTargetArgs, type RawTargetArgs, withTargetOptions } from './target-args.ts'

type InstallArgs = RawTargetArgs & ImageArgs & { host: string; yes: boolean }

/** `install HOST --image FILE`: plans, and with `--yes` makes the image; without it the plan is printed and nothing is done. */
export const installCommand = (deps: CommandDeps): CommandModule<object, InstallArgs> => ({
  command: 'install <host>',
  describe: 'install a host into a raw disk image; without --yes print the plan',
  builder: yargs =>
    withImageOptions(withTargetOptions(yargs))
      .positional('host', { type: 'string', demandOption: true, describe: 'short or full name, MAC or IP' })
      .option('yes', { type: 'boolean', default: false, describe: 'do what the plan says' }),
  handler: async args => {
    const { value: config, diagnostics } = await loadConfig(args.config, deps)
    complainAll(deps, diagnostics)
    if (config === undefined) return deps.setExitCode(EXIT.findings)
    const made = await makePlan(args.host, parseImageGoal(args), parseTargetArgs(args), config, deps)
    complainAll(deps, made.diagnostics)
    if (made.plan === undefined) return deps.setExitCode(made.exitCode)
    if (!args.yes) {
      deps.print(formatPlan(made.plan).trimEnd())
      return deps.complain('nothing was done; --yes carries the plan out')
    }
    if (!deps.isRoot)
      throw new EnvironmentError('installing needs root: it attaches devices, mounts and changes roots')
    deps.setExitCode(await carryOut(made.plan, { logDirectory: args['log-dir'] }, deps))
  },
})
