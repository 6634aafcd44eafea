import { resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import { carryOut } from './carry-out.ts'
import { type CommandDeps, complainAll, EnvironmentError, EXIT } from './deps.ts'
import { loadConfig } from './look-up.ts'
import { makePlan } from './make-plan.ts'
import { parseTargetArgs, type RawTargetArgs, withTargetOptions } from './target-args.ts'

type DirinstallArgs = RawTargetArgs & { host: string; dir: string }

/** `dirinstall HOST DIR`: installs into a directory, as FAI's action of that name does. */
export const dirinstallCommand = (deps: CommandDeps): CommandModule<object, DirinstallArgs> => ({
  command: 'dirinstall <host> <dir>',
  describe: 'install a host into a directory',
  builder: yargs =>
    withTargetOptions(yargs)
      .positional('host', { type: 'string', demandOption: true, describe: 'short or full name, MAC or IP' })
      .positional('dir', { type: 'string', demandOption: true, describe: 'an empty directory' }),
  handler: async args => {
    const { value: config, diagnostics } = await loadConfig(args.config, deps)
    complainAll(deps, diagnostics)
    if (config === undefined) return deps.setExitCode(EXIT.findings)
    const made = await makePlan(args.host, { kind: 'directory' }, parseTargetArgs(args), config, deps)
    complainAll(deps, made.diagnostics)
    if (made.plan === undefined) return deps.setExitCode(made.exitCode)
    if (!deps.isRoot) throw new EnvironmentError('installing needs root: it mounts and changes roots')
    const target = resolve(deps.cwd, args.dir)
    deps.setExitCode(await carryOut(made.plan, { target, logDirectory: args['log-dir'] }, deps))
  },
})
