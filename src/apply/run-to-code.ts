import { notStartedCode, TIMED_OUT } from '../model/exit-code.ts'
import type { ApplyContext } from './context.ts'
import { type Command, StartError } from './runner.ts'

/** How a program of the config space ended. */
export type RunCode = { readonly exitCode: number; readonly stdout: string }

/** Runs a program whose failure is no failure of ours: one that is late, or cannot be started, has the exit code that a shell gives it. */
export const runToCode = async (
  command: Command,
  { run, signal }: Pick<ApplyContext, 'run' | 'signal'>,
): Promise<RunCode> => {
  try {
    const { exitCode, timedOut, stdout } = await run(command, signal)
    return { exitCode: timedOut ? TIMED_OUT : exitCode, stdout }
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    command.onLine?.(error.message)
    return { exitCode: notStartedCode(error.code), stdout: '' }
  }
}
