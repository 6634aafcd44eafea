import { join } from 'node:path'
import { readScriptType } from '../inspect/script-type.ts'
import type { Handler } from './context.ts'
import { StartError } from './runner.ts'

/** What a shell says of a program that it finds but cannot execute, and of one that it does not find. */
const NOT_EXECUTABLE = 126
const NOT_FOUND = 127
/** What timeout(1) says of a program that did not end in time. */
const TIMED_OUT = 124

/**
 * Runs a script of the config space as FAI does (fai-semantics.md, sections 1.8 and 3.3): in the scripts directory, with
 * FAI's variables, its output in `scripts.log` below a header, its status in `status.log`. A failure is recorded, and
 * the run goes on.
 */
export const runScript: Handler<'run-script'> = async (
  { directory, name, timeoutSeconds },
  context,
  step,
) => {
  const { log, run, signal } = context
  const path = join(directory, name)
  log.line(step.task, `=====   ${await readScriptType(path)}: ${name}   =====`)
  const onLine = (line: string): void => log.line(step.task, line)
  const env = context.scriptEnvironment()
  const exitCode = await run({ argv: [path], cwd: directory, env, timeoutSeconds, onLine }, signal).then(
    result => (result.timedOut ? TIMED_OUT : result.exitCode),
    error => {
      if (!(error instanceof StartError)) throw error
      log.line(step.task, error.message)
      return error.code === 'EACCES' ? NOT_EXECUTABLE : NOT_FOUND
    },
  )
  log.status(step.task, name, exitCode)
  if (exitCode !== 0) context.failedScripts.push({ name, exitCode })
}
