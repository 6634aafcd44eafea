import { join } from 'node:path'
import { isFile } from '../inspect/folder.ts'
import type { FaiRun } from './run.ts'

/**
 * Reads `class/CLASS.var` of each class, lowest priority first, and then `additional.var` of the log directory as parts
 * of the shell (fai-semantics.md, section 1.9). What DNS and LDAP say wins: `fromSources` is set before, so that the files
 * see it, and again afterwards.
 */
export const readClassVariables = async (
  run: FaiRun,
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
    const { hasExited } = await run.shell.source(path, {
      cwd: folder,
      signal: run.signal,
      timeoutSeconds: run.scriptSeconds,
      onLine: line => run.log.line('defvar', `${name}: ${line}`),
    })
    if (hasExited)
      run.reporter.complain(`${path} ends the shell that reads it; what stands behind is not read`)
  }
  run.shell.set(fromSources)
}
