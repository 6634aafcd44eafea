import { join } from 'node:path'
import { isExecutable, isFile } from '../inspect/folder.ts'
import type { Task } from '../plan/task.ts'
import type { FaiRun } from './run.ts'
import { runFile } from './run-file.ts'

/**
 * Runs the hooks of a task (fai-semantics.md, section 2.5): for each class, lowest priority first, `hooks/TASK.CLASS.sh`
 * as part of the shell, then `hooks/TASK.CLASS` as a program. One that may not be executed is told and passed over.
 */
export const runHooks = async (task: Task, run: FaiRun): Promise<void> => {
  const folder = join(run.configSpace, 'hooks')
  for (const className of run.classes) {
    for (const [suffix, how] of [
      ['.sh', 'sourced'],
      ['', 'executed'],
    ] as const) {
      const name = `${task}.${className}${suffix}`
      const path = join(folder, name)
      if (await isExecutable(path)) {
        run.monitor.send(`HOOK ${name}`)
        await runFile({ task, kind: 'hook', name, path }, how, run, { cwd: run.configSpace })
      } else if (await isFile(path)) {
        run.reporter.complain(`${path}: the hook is not executable and is not run`)
      }
    }
  }
}
