import { closeSync, openSync } from 'node:fs'
import { loadCLibrary } from './c-library.ts'

/** Numbers of Linux, the same everywhere (flock(2)). */
const LOCK_EX = 2
const LOCK_NB = 4

const MODE = 0o640

/**
 * Holds a file, made where it is not there, for this process alone, and gives the function that lets go of it; undefined where
 * another one holds it. With a process ends its hold too, however it ends (flock(2)). Rejects where the file cannot be made.
 */
export const holdFile = async (path: string): Promise<(() => void) | undefined> => {
  const libc = await loadCLibrary()
  const fd = openSync(path, 'a', MODE)
  if (libc.flock(fd, LOCK_EX | LOCK_NB) === 0) return () => closeSync(fd)
  closeSync(fd)
  return undefined
}
