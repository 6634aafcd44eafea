import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Handler } from './context.ts'
import { resolveTargetPath } from './target-path.ts'

/** Copies the files of the log directory into the target, as FAI's `savelog` does. */
export const saveLogs: Handler<'save-logs'> = async ({ to }, context) => {
  const directory = await resolveTargetPath(context.target, to)
  await mkdir(directory, { recursive: true, mode: 0o750 })
  const entries = await readdir(context.logDirectory, { withFileTypes: true })
  for (const entry of entries) {
    if (entry.isFile()) await copyFile(join(context.logDirectory, entry.name), join(directory, entry.name))
  }
}
