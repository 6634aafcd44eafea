import { readdir, stat } from 'node:fs/promises'

/** Whether a regular file is there; a symbolic link to one counts, as in FAI. */
export const isFile = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}

/** Whether a regular file is there that somebody may execute. */
export const isExecutable = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() === true && (found.mode & 0o111) !== 0
}

/** Whether a directory is there. */
export const isDirectory = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() ?? false
}

/** The names in a folder in the order of their bytes; none where there is no such folder. */
export const namesIn = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder).catch((): string[] => [])
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}
