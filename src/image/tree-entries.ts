import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** A file that goes into an image. */
export type TreeEntry = {
  /** Its name in the image, without a slash at the begin. */
  readonly path: string
  /** Kind and permissions, as `st_mode`. */
  readonly mode: number
  /** A file to copy, or the content itself: the target of a symbolic link; nothing for a directory. */
  readonly content: { readonly file: string } | Buffer
  /** The same text for names of one file. */
  readonly hardLink?: string
}

/** Kinds of file in `st_mode` (sys/stat.h). */
export const MODE = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const

/**
 * The files below a directory, by the octets of their paths, as they go into an image at `prefix`: regular files, directories and
 * symbolic links for which `keep` holds. What is below a directory that is not kept is not looked at.
 */
export const readTree = async (
  root: string,
  keep: (path: string) => boolean = () => true,
  prefix = '',
): Promise<readonly TreeEntry[]> => {
  const names = (await readdir(root, { withFileTypes: true })).map(({ name }) => name)
  const found = await Promise.all(
    names.map(async name => {
      const path = prefix === '' ? name : `${prefix}/${name}`
      return keep(path) ? readEntry(join(root, name), path, keep) : []
    }),
  )
  return inOrder(found.flat())
}

/** By the octets of their paths, so that a directory comes before what is in it. Pure. */
export const inOrder = (entries: readonly TreeEntry[]): readonly TreeEntry[] =>
  entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))

const readEntry = async (
  file: string,
  path: string,
  keep: (path: string) => boolean,
): Promise<readonly TreeEntry[]> => {
  const status = await lstat(file)
  const { mode } = status
  if (status.isDirectory())
    return [{ path, mode, content: Buffer.alloc(0) }, ...(await readTree(file, keep, path))]
  if (status.isSymbolicLink()) return [{ path, mode, content: Buffer.from(await readlink(file)) }]
  if (!status.isFile()) return []
  const hardLink = status.nlink > 1 ? { hardLink: `${status.dev}:${status.ino}` } : {}
  return [{ path, mode, content: { file }, ...hardLink }]
}
