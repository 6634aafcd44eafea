import { readFile, stat, utimes } from 'node:fs/promises'
import type { Handler } from './context.ts'
import { findId } from './find-id.ts'
import { replaceFile } from './replace-file.ts'
import { makeParent } from './target-path.ts'

/** A file of the config space into the target, with owner and group as the target names them. */
export const copyFile: Handler<'copy-file'> = async ({ from, to, owner, group, mode }, context) => {
  const [uid, gid] = await Promise.all([
    findId(context.target, '/etc/passwd', owner),
    findId(context.target, '/etc/group', group),
  ])
  if (uid === undefined) throw new Error(`user "${owner}" is not in the passwd file of the target`)
  if (gid === undefined) throw new Error(`group "${group}" is not in the group file of the target`)
  const place = await makeParent(context.target, to)
  await replaceFile(place, await readFile(from), { mode, uid, gid })
  const { atime, mtime } = await stat(from)
  await utimes(place, atime, mtime)
}
