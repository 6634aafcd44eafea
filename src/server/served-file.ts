import { constants } from 'node:fs'
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** A file that may be sent, open, or why there is none; the reason is for the log. */
export type ServedFile =
  | {
      readonly kind: 'file'
      readonly handle: FileHandle
      readonly sizeBytes: number
      readonly modifiedMs: number
    }
  | { readonly kind: 'missing' | 'refused'; readonly reason: string }

/** Neither waits for the other end of a FIFO, nor follows a link that was put there since. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOFOLLOW

/** What the system says where there is nothing by that name, and where we may not read it. */
const ABSENT: readonly string[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']
const FORBIDDEN: readonly string[] = ['EACCES', 'EPERM', 'ELOOP']

/**
 * The path below the root that a name means; undefined where it leads out of it. Some firmware writes a slash in front
 * or backslashes between, and means the same. Pure.
 */
export const toServedPath = (name: string): string | undefined => {
  const path: string[] = []
  for (const part of name.split(/[/\\]+/)) {
    if (part === '..' && path.pop() === undefined) return undefined
    if (part !== '' && part !== '.' && part !== '..') path.push(part)
  }
  return path.join('/')
}

/**
 * Opens a file below a directory by a path of `toServedPath`. Links are followed as long as they stay below the
 * directory. Rejects where the file cannot be read for another reason than its own.
 */
export const openServedFile = async (root: string, path: string): Promise<ServedFile> => {
  try {
    const top = await realpath(root)
    const found = await realpath(join(top, path))
    if (!found.startsWith(top === '/' ? top : `${top}/`)) return refused('is outside of the root')
    const handle = await open(found, FLAGS)
    const file = await checkOpen(handle, found)
    if (file.kind !== 'file') await handle.close()
    return file
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (ABSENT.includes(code)) return { kind: 'missing', reason: 'is not there' }
    if (FORBIDDEN.includes(code)) return refused('may not be read')
    throw error
  }
}

const checkOpen = async (handle: FileHandle, path: string): Promise<ServedFile> => {
  // Between looking and opening, a directory on the way may have become a link.
  if ((await readlink(`/proc/self/fd/${handle.fd}`)) !== path) return refused('was moved meanwhile')
  const stats = await handle.stat()
  if (!stats.isFile()) return refused(stats.isDirectory() ? 'is a directory' : 'is no regular file')
  return { kind: 'file', handle, sizeBytes: stats.size, modifiedMs: stats.mtimeMs }
}

const refused = (reason: string): ServedFile => ({ kind: 'refused', reason })
