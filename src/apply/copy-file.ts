import { readFile, stat, utimes } from 'node:fs/promises'
import type { Handler } from './context.ts'
import { makeParent, resolveTargetPath } from './target-path.ts'
import { replaceFile } from './write-file.ts'

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

/** The number of a user or group: itself where it is one, 0 for root, else from a file of the target. */
export const findId = async (target: string, file: string, name: string): Promise<number | undefined> => {
  if (/^[0-9]+$/.test(name)) return Number(name)
  if (name === 'root') return 0
  const text = await readFile(await resolveTargetPath(target, file), 'utf8').catch(() => '')
  return parseId(text, name)
}

/** The third field of the line of a name in passwd(5) or group(5). Pure. */
export const parseId = (text: string, name: string): number | undefined => {
  const fields = text
    .split('\n')
    .map(line => line.split(':'))
    .find(([first]) => first === name)
  return fields?.[2] !== undefined && /^[0-9]+$/.test(fields[2]) ? Number(fields[2]) : undefined
}
