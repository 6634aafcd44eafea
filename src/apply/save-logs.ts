import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Handler } from './context.ts'
import { resolveTargetPath } from './target-path.ts'

/**
 * Copies the files of the log directory into the target, as FAI's `savelog` does. A target that is empty was not mounted, and
 * gets nothing: that would be left in the directory below.
 */
export const saveLogs: Handler<'save-logs'> = async ({ to }, context) => {
  if ((await readdir(context.target)).length === 0) return
  const directory = await resolveTargetPath(context.target, to)
  await mkdir(directory, { recursive: true, mode: 0o750 })
  const entries = await readdir(context.logDirectory, { withFileTypes: true })
  for (const entry of entries) {
    if (entry.isFile()) await copyFile(join(context.logDirectory, entry.name), join(directory, entry.name))
  }
}
