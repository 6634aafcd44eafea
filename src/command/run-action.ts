import type { CommandModule } from 'yargs'
import { REPORT_ACTIONS } from '../install/other-actions.ts'
import { isSystemAction } from '../plan/task.ts'
import { type CommandDeps, UsageError } from './deps.ts'
import { installHost } from './prepare-plan.ts'
import { type RawTargetArgs, withTargetOptions } from './target-args.ts'

type RunArgs = RawTargetArgs & { action: string; host: string | undefined }

/** `run ACTION [HOST]`: FAI's actions that install nothing, and those that a config space brings itself. */
export const runActionCommand = (deps: CommandDeps): CommandModule<object, RunArgs> => ({
  command: 'run <action> [host]',
  describe: `${REPORT_ACTIONS.join(', ')}, or hooks/ACTION of the config space`,
  builder: yargs =>
    withTargetOptions(yargs)
      .positional('action', { type: 'string', demandOption: true, describe: 'name of the action' })
      .positional('host', { type: 'string', describe: 'short or full name, MAC, IP or UUID; this machine' }),
  handler: async args => {
    const { action: name, host = deps.hostname } = args
    if (host === '') throw new UsageError('run needs a host: this machine has no name')
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) throw new UsageError(`"${name}" is no name of an action`)
    if (isSystemAction(name)) throw new UsageError(`${name} is a command of its own: fai-classes ${name}`)
    deps.setExitCode(await installHost(host, { kind: 'action', name }, '/', args, deps))
  },
})
