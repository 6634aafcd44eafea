import { resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import { checkUpdate } from './check-update.ts'
import { type CommandDeps, UsageError } from './deps.ts'
import { installHost, readSetting } from './prepare-plan.ts'
import { type RawTargetArgs, withTargetOptions } from './target-args.ts'

type SoftupdateArgs = RawTargetArgs & {
  host: string | undefined
  target: string
  check: boolean
  format: 'text' | 'json'
}

/** `softupdate [HOST]`: brings an installed system to its present class list, which is looked up anew. */
export const softupdateCommand = (deps: CommandDeps): CommandModule<object, SoftupdateArgs> => ({
  command: 'softupdate [host]',
  describe: 'bring an installed system to its present class list',
  builder: yargs =>
    withTargetOptions(yargs)
      .positional('host', {
        type: 'string',
        describe: 'short or full name, MAC, IP or UUID; this machine where it is left out',
      })
      .option('target', { type: 'string', default: '/', describe: 'root of the system' })
      .option('check', {
        type: 'boolean',
        default: false,
        describe: 'report what would change; change nothing',
      })
      .option('format', {
        choices: ['text', 'json'] as const,
        default: 'text' as const,
        describe: 'of the report',
      }),
  handler: async args => {
    const host = args.host ?? deps.hostname
    if (host === '') throw new UsageError('softupdate needs a host: this machine has no name')
    const goal = { kind: 'update', target: resolve(deps.cwd, args.target), format: args.format } as const
    if (!args.check) return deps.setExitCode(await installHost(host, goal, goal.target, args, deps))
    const setting = await readSetting(host, goal, args, deps)
    if (setting !== undefined) deps.setExitCode(await checkUpdate(setting, goal))
  },
})
