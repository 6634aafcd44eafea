import { realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { entriesIn, isDirectory } from '../inspect/folder.ts'
import { ToolError } from './tool.ts'

const NO_DIRECTORY = 4
const ROOT_DIRECTORY = 3

/** Empties a directory before something is extracted there: of plain files only, or of everything. Never `/`. */
export const removeContent = async (
  directory: string,
  { plainFiles, everything }: { readonly plainFiles: boolean; readonly everything: boolean },
): Promise<void> => {
  if (!plainFiles && !everything) return
  if (!(await isDirectory(directory))) {
    if (!everything) return
    throw new ToolError(`there is no directory ${directory}`, NO_DIRECTORY)
  }
  if (everything && (await realpath(directory)) === '/') {
    throw new ToolError('the root directory is not emptied', ROOT_DIRECTORY)
  }
  for (const entry of await entriesIn(directory)) {
    if (everything || !entry.isDirectory())
      await rm(join(directory, entry.name), { recursive: everything, force: true })
  }
}
