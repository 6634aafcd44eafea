import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** A file that goes into an archive. */
export type TreeEntry = {
  /** Its name there, without a slash at the begin. */
  readonly path: string
  /** Kind and permissions, as `st_mode`. */
  readonly mode: number
  /** A file to copy, or the content itself: the target of a symbolic link; nothing for a directory. */
  readonly content: { readonly file: string } | Buffer
}

/** Kinds of file in `st_mode` (sys/stat.h). */
export const MODE = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const

/** A directory that anybody may look into. */
export const directoryEntry = (path: string): TreeEntry => ({
  path,
  mode: MODE.directory | 0o755,
  content: Buffer.alloc(0),
})

/** A copy of a file. */
export const fileEntry = (path: string, file: string, permissions: number): TreeEntry => ({
  path,
  mode: MODE.file | permissions,
  content: { file },
})

/** A symbolic link. */
export const linkEntry = (path: string, target: string): TreeEntry => ({
  path,
  mode: MODE.symlink | 0o777,
  content: Buffer.from(target),
})

/** The regular files, directories and symbolic links below a directory, as they are named below `prefix`, in the order of the octets. */
export const readTree = async (root: string, prefix = ''): Promise<readonly TreeEntry[]> => {
  const names = await readdir(root)
  const found = await Promise.all(
    names.map(name => readEntry(join(root, name), prefix === '' ? name : `${prefix}/${name}`)),
  )
  return inOrder(found.flat())
}

/** In the order of the octets of their paths, so that a directory comes before what is in it. Pure. */
export const inOrder = (entries: readonly TreeEntry[]): readonly TreeEntry[] =>
  entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))

const readEntry = async (file: string, path: string): Promise<readonly TreeEntry[]> => {
  const status = await lstat(file)
  const { mode } = status
  if (status.isDirectory()) return [{ path, mode, content: Buffer.alloc(0) }, ...(await readTree(file, path))]
  if (status.isSymbolicLink()) return [{ path, mode, content: Buffer.from(await readlink(file)) }]
  return status.isFile() ? [{ path, mode, content: { file } }] : []
}
