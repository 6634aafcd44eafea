import type { Stats } from 'node:fs'
import { cp, lchown, lstat, mkdir, readlink, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Backup } from './fcopy-settings.ts'

/** Moves the old version of a file, or the link that stands in its place, to where backups go. */
export const putAside = async (place: string, name: string, backup: Backup): Promise<void> => {
  const to = backup.kind === 'below' ? join(backup.directory, name) : `${place}.pre_fcopy`
  await mkdir(dirname(to), { recursive: true, mode: 0o755 })
  await rename(place, to).catch(async error => {
    if (error.code !== 'EXDEV') throw error
    const { uid, gid } = await lstat(place)
    await cp(place, to, { preserveTimestamps: true, verbatimSymlinks: true, force: true })
    await lchown(to, uid, gid)
    await rm(place)
  })
}

/** What stands at a path, a link itself; undefined where there is nothing. */
export const readStatus = (path: string): Promise<Stats | undefined> => unlessAbsent(lstat(path))

/** Where a symbolic link leads; undefined where there is none. */
export const readLink = async (path: string): Promise<string | undefined> =>
  (await readStatus(path))?.isSymbolicLink() ? readlink(path) : undefined

const unlessAbsent = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch(error => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
