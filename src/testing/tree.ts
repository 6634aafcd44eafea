import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** A file, directory or symbolic link that a test puts somewhere. */
export type TreeEntry = {
  readonly text?: string | Uint8Array
  readonly link?: string
  /** A second name of a file of this tree. */
  readonly sameAs?: string
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
}

/** Entries by their path below the directory; one without text, link and `sameAs` is a directory. */
export type Tree = Readonly<Record<string, TreeEntry>>

/** When every file of a planted tree was changed last, in seconds; what is younger was changed by the test. */
const PLANTED = 1_600_000_000

/** Writes a tree below a directory. */
export const plantTree = (directory: string, tree: Tree): void => {
  for (const [name, { text, link, sameAs, mode, uid = 0, gid = 0 }] of Object.entries(tree)) {
    const path = join(directory, name)
    if (sameAs !== undefined) {
      linkSync(join(directory, sameAs), path)
      continue
    }
    mkdirSync(text === undefined && link === undefined ? path : dirname(path), { recursive: true })
    if (link !== undefined) {
      symlinkSync(link, path)
      lchownSync(path, uid, gid)
      continue
    }
    if (text !== undefined) writeFileSync(path, text)
    chownSync(path, uid, gid)
    chmodSync(path, mode ?? (text === undefined ? 0o755 : 0o644))
    utimesSync(path, PLANTED, PLANTED)
  }
}

/** What is below a directory, a line each: path, kind, mode, owner, group, `old` where its time is that of a planted file, content. */
export const readTree = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map(name => {
      const path = join(directory, name)
      const status = lstatSync(path)
      const { mode, uid, gid, mtimeMs } = status
      if (status.isSymbolicLink()) return `${name} -> ${readlinkSync(path)} ${uid}:${gid}`
      const rights = `${(mode & 0o7777).toString(8)} ${uid}:${gid}`
      if (status.isDirectory()) return `${name}/ ${rights}`
      const age = Math.floor(mtimeMs / 1000) === PLANTED ? 'old' : 'new'
      return `${name} ${rights} ${age} ${JSON.stringify(readFileSync(path, 'latin1'))}`
    })
