import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readScripts } from '../inspect/config-space-scripts.ts'
import { failureCode } from '../plan/task.ts'
import type { FaiRun } from './run.ts'
import { runFile, stopWhereRaised } from './run-file.ts'

/**
 * The scripts of `tests/` (fai-semantics.md, section 2.3). They write what they found to `test.log`; a line with `FAILED with`
 * there is the error of the task.
 */
export const runTests = async (run: FaiRun): Promise<void> => {
  const folder = join(run.configSpace, 'tests')
  const { value: scripts = [] } = await readScripts(folder, run.classes)
  for (const { name, path } of scripts) {
    await runFile({ task: 'tests', kind: 'test', name, path }, 'executed', run, { cwd: folder })
  }
  const log = await readFile(join(run.logDirectory, 'test.log'), 'utf8').catch(() => '')
  if (!log.includes('FAILED with ')) return
  run.reporter.complain(`tests failed: ${join(run.logDirectory, 'test.log')}`)
  run.monitor.send(`TASKERROR tests ${failureCode('tests')}`)
  run.errors.raise(failureCode('tests'))
  stopWhereRaised(run, 'task tests')
}
