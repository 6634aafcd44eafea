import { resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import type { CommandDeps } from './deps.ts'
import { installHost } from './prepare-plan.ts'
import { type RawTargetArgs, withTargetOptions } from './target-args.ts'

type DirinstallArgs = RawTargetArgs & { host: string; dir: string }

/** `dirinstall HOST DIR`: installs into a directory, as FAI's action of that name does. */
export const dirinstallCommand = (deps: CommandDeps): CommandModule<object, DirinstallArgs> => ({
  command: 'dirinstall <host> <dir>',
  describe: 'install a host into a directory',
  builder: yargs =>
    withTargetOptions(yargs)
      .positional('host', {
        type: 'string',
        demandOption: true,
        describe: 'short or full name, MAC, IP or UUID',
      })
      .positional('dir', { type: 'string', demandOption: true, describe: 'an empty directory' }),
  handler: async args => {
    const target = resolve(deps.cwd, args.dir)
    deps.setExitCode(await installHost(args.host, { kind: 'directory' }, target, args, deps))
  },
})
