import { CommandError } from '../apply/apply-error.ts'
import type { Command, CommandResult, Runner } from '../apply/runner.ts'

/** What making an image needs to start programs. */
export type ProgramSetting = { readonly run: Runner; readonly signal: AbortSignal }

/** Runs a program; rejects with a `CommandError` unless it exits with 0. */
export const runGood = async (command: Command, { run, signal }: ProgramSetting): Promise<CommandResult> => {
  const result = await run(command, signal)
  if (result.exitCode !== 0 || result.timedOut) throw new CommandError(command.argv[0] ?? '', result)
  return result
}
