import { type RunCode, runToCode } from '../apply/run-to-code.ts'
import { TIMED_OUT } from '../model/exit-code.ts'
import type { Task } from '../plan/task.ts'
import { type ScriptRun, StopRun } from './run.ts'
import type { ScriptKind } from './run-event.ts'
import type { Shell, Sourced } from './shell.ts'
import { stopAbove } from './task-errors.ts'

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
): Promise<RunCode> => {
  const { task, name } = file
  const start = how === 'sourced' ? sourceFile : executeFile
  run.reporter.scriptBegins(task, name, file.kind)
  const { exitCode, stdout } = await start(file, run, shell, cwd)
  run.log.status(task, name, exitCode)
  if (exitCode === TIMED_OUT) tellLate(name, run)
  stopWhereRaised(run, name)
  return { exitCode, stdout }
}

/** Tells of a file that was ended at the limit. */
export const tellLate = (
  name: string,
  { reporter, scriptSeconds }: Pick<ScriptRun, 'reporter' | 'scriptSeconds'>,
): void => reporter.complain(`${name} did not end within ${scriptSeconds} seconds`)

/** Ends the run where somebody raised an error above `STOP_ON_ERROR`. */
export const stopWhereRaised = ({ errors, shell, reporter }: ScriptRun, where: string): void => {
  const limit = stopAbove(shell.variables)
  if (errors.worst() <= limit) return
  const message = `${where}: error ${errors.worst()} is above STOP_ON_ERROR (${limit}), the run ends here`
  reporter.complain(message)
  throw new StopRun(message)
}

/** Has the shell of a run read a file for a task; what it prints is logged, each line behind `before`. */
export const readIntoShell = (
  { path, task, cwd, before = '' }: IntoShell,
  { log, signal, scriptSeconds, shell: own }: ScriptRun,
  shell: Shell = own,
): Promise<Sourced> =>
  shell.source(path, {
    cwd,
    signal,
    timeoutSeconds: scriptSeconds,
    onLine: line => log.line(task, `${before}${line}`),
  })

/** A file that the shell reads. */
export type IntoShell = {
  readonly path: string
  readonly task: Task
  readonly cwd: string
  readonly before?: string
}

const sourceFile = async (
  { task, name, path }: RunFile,
  run: ScriptRun,
  shell: Shell,
  cwd: string,
): Promise<RunCode> => {
  const { exitCode, hasExited } = await readIntoShell({ path, task, cwd }, run, shell)
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
): Promise<RunCode> => {
  // FAI's way to tell hooks of flag `debug`.
  const argv = kind === 'hook' && shell.variables.get('debug') === '1' ? [path, '-d'] : [path]
  const onLine = (line: string): void => run.log.line(task, line)
  return runToCode({ argv, cwd, env: shell.environment(), timeoutSeconds: run.scriptSeconds, onLine }, run)
}
