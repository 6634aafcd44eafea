import { join } from 'node:path'
import { readScriptType } from '../inspect/script-type.ts'
import type { Handler } from './context.ts'
import { runToCode } from './run-to-code.ts'

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
  const { log } = context
  const path = join(directory, name)
  log.line(step.task, `=====   ${await readScriptType(path)}: ${name}   =====`)
  const onLine = (line: string): void => log.line(step.task, line)
  const env = context.scriptEnvironment()
  const { exitCode } = await runToCode({ argv: [path], cwd: directory, env, timeoutSeconds, onLine }, context)
  log.status(step.task, name, exitCode)
  if (exitCode !== 0) context.failedScripts.push({ name, exitCode })
}
