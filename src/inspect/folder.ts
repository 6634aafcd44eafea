import type { Dirent, Stats } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SourceError } from '../diagnostic/source-error.ts'

/** Whether a regular file is there; a symbolic link to one counts, as in FAI. */
export const isFile = async (path: string): Promise<boolean> => (await readStatus(path))?.isFile() ?? false

/** Whether a regular file is there that somebody may execute. */
export const isExecutable = async (path: string): Promise<boolean> => {
  const found = await readStatus(path)
  return found?.isFile() === true && (found.mode & 0o111) !== 0
}

/** Whether a directory is there. */
export const isDirectory = async (path: string): Promise<boolean> =>
  (await readStatus(path))?.isDirectory() ?? false

/** The folders of a config space that FAI's tasks read. */
const FOLDERS = [
  'class',
  'disk_config',
  'package_config',
  'files',
  'scripts',
  'hooks',
  'basefiles',
  'debconf',
]

/**
 * Rejects with a `SourceError` where a config space is no directory, and with the code `config-space-invalid` where it has none of
 * FAI's folders. FAI asks for `class/`, which a site whose classes stand in DNS or LDAP does not need.
 */
export const requireConfigSpace = async (directory: string): Promise<void> => {
  const origin = { kind: 'file', path: directory } as const
  if (!(await isDirectory(directory)))
    throw new SourceError('the config space cannot be read: it is no directory', origin)
  const present = await Promise.all(FOLDERS.map(name => isDirectory(join(directory, name))))
  if (present.includes(true)) return
  const message = `this is no config space: it has none of ${FOLDERS.join(', ')}`
  throw new SourceError(message, origin, { code: 'config-space-invalid' })
}

/** The entries of a folder in the order of the bytes of their names; none where there is no such folder. */
export const entriesIn = async (folder: string): Promise<readonly Dirent[]> => {
  const entries = (await unlessAbsent(folder, readdir(folder, { withFileTypes: true }))) ?? []
  return entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
}

/** The names in a folder, as `entriesIn`. */
export const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await entriesIn(folder)).map(({ name }) => name)

/** The text of a file; rejects with a `SourceError` where it cannot be read. */
export const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

const readStatus = (path: string): Promise<Stats | undefined> => unlessAbsent(path, stat(path))

/** What is not there is no fault; what is there and may not be read is one, and never taken for absent. */
const unlessAbsent = async <T>(path: string, reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreadable(path, cause)
  }
}

const unreadable = (path: string, cause: unknown): SourceError =>
  new SourceError('cannot be read', { kind: 'file', path }, { cause })
