import { StartError } from '../apply/runner.ts'
import type { Task } from '../plan/task.ts'
import { type ScriptRun, StopRun } from './run.ts'
import type { ScriptKind } from './run-event.ts'
import { type Shell, TIMED_OUT } from './shell.ts'
import { stopAbove } from './task-errors.ts'

/** What a shell says of a program that it finds but cannot execute, and of one that it does not find. */
const NOT_EXECUTABLE = 126
const NOT_FOUND = 127

/** A file of the config space that is run for a task. */
export type RunFile = {
  readonly task: Task
  readonly kind: ScriptKind
  /** As it stands in `status.log`. */
  readonly name: string
  readonly path: string
}

/** How it is run: a program of its own, or as part of the shell. */
export type FileKind = 'executed' | 'sourced'

/**
 * Runs a class script or a hook, logs what it prints and how it ended, and ends the run (`StopRun`) where it raised an
 * error above `STOP_ON_ERROR`. Its exit code is never fatal, as in FAI. `stdout` is that of a program.
 */
export const runFile = async (
  file: RunFile,
  how: FileKind,
  run: ScriptRun,
  { shell = run.shell, cwd }: { readonly shell?: Shell; readonly cwd: string },
): Promise<RunFileEnd> => {
  const { task, name } = file
  const start = how === 'sourced' ? sourceFile : executeFile
  run.reporter.scriptBegins(task, name, file.kind)
  const { exitCode, stdout } = await start(file, run, shell, cwd)
  run.log.status(task, name, exitCode)
  if (exitCode === TIMED_OUT) run.reporter.complain(`${name} did not end within ${run.scriptSeconds} seconds`)
  stopWhereRaised(run, name)
  return { exitCode, stdout }
}

/** How a file ended. */
export type RunFileEnd = { readonly exitCode: number; readonly stdout: string }

/** Ends the run where somebody raised an error above `STOP_ON_ERROR`. */
export const stopWhereRaised = ({ errors, shell, reporter }: ScriptRun, where: string): void => {
  const limit = stopAbove(shell.variables)
  if (errors.worst() <= limit) return
  const message = `${where}: error ${errors.worst()} is above STOP_ON_ERROR (${limit}), the run ends here`
  reporter.complain(message)
  throw new StopRun(message)
}

const sourceFile = async (
  { task, name, path }: RunFile,
  run: ScriptRun,
  shell: Shell,
  cwd: string,
): Promise<RunFileEnd> => {
  const { exitCode, hasExited } = await shell.source(path, {
    cwd,
    signal: run.signal,
    timeoutSeconds: run.scriptSeconds,
    onLine: line => run.log.line(task, line),
  })
  if (hasExited && exitCode !== TIMED_OUT) {
    run.reporter.complain(`${name} ends the shell that reads it; "return" would end the file alone`)
  }
  return { exitCode, stdout: '' }
}

const executeFile = async (
  { task, kind, path }: RunFile,
  run: ScriptRun,
  shell: Shell,
  cwd: string,
): Promise<RunFileEnd> => {
  // FAI's way to tell hooks of flag `debug`.
  const argv = kind === 'hook' && shell.variables.get('debug') === '1' ? [path, '-d'] : [path]
  const onLine = (line: string): void => run.log.line(task, line)
  const command = { argv, cwd, env: shell.environment(), timeoutSeconds: run.scriptSeconds, onLine }
  try {
    const { exitCode, timedOut, stdout } = await run.run(command, run.signal)
    return { exitCode: timedOut ? TIMED_OUT : exitCode, stdout }
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    onLine(error.message)
    return { exitCode: error.code === 'EACCES' ? NOT_EXECUTABLE : NOT_FOUND, stdout: '' }
  }
}
