import { join } from 'node:path'
import { isFile } from '../inspect/folder.ts'
import type { FaiRun, ScriptRun } from './run.ts'
import { readIntoShell } from './run-file.ts'

/**
 * Reads `class/CLASS.var` of each class, lowest priority first, and then `additional.var` of the log directory as parts
 * of the shell (fai-semantics.md, section 1.9). What DNS and LDAP say wins: `fromSources` is set before, so that the files
 * see it, and again afterwards.
 */
export const readClassVariables = async (
  run: ScriptRun & Pick<FaiRun, 'classes'>,
  fromSources: Readonly<Record<string, string>>,
): Promise<void> => {
  const folder = join(run.configSpace, 'class')
  run.shell.set(fromSources)
  const files = [
    ...run.classes.map(name => ({ name: `${name}.var`, path: join(folder, `${name}.var`) })),
    { name: 'additional.var', path: join(run.logDirectory, 'additional.var') },
  ]
  for (const { name, path } of files) {
    if (!(await isFile(path))) continue
    const file = { path, task: 'defvar', cwd: folder, before: `${name}: ` } as const
    const { hasExited } = await readIntoShell(file, run)
    if (hasExited)
      run.reporter.complain(`${path} ends the shell that reads it; what stands behind is not read`)
  }
  run.shell.set(fromSources)
}
