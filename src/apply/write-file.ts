import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Word } from '../plan/step.ts'
import { type ApplyContext, type Handler, resolveText, resolveWord } from './context.ts'
import { makeParent, resolveTargetPath } from './target-path.ts'

/** Makes a directory and those above it; one that is there gets the mode. */
export const makeDirectory: Handler<'make-directory'> = async ({ path, mode }, context) => {
  const directory =
    typeof path === 'object' && 'target' in path
      ? await resolveTargetPath(context.target, path.target)
      : resolveWord(path, context)
  await mkdir(directory, { recursive: true, mode: 0o755 })
  await chmod(directory, mode)
}

/** Writes a file of root. */
export const writeFile: Handler<'write-file'> = async ({ path, content, mode }, context) => {
  const text = resolveText(content, context, typeof path === 'object' && 'target' in path)
  await replaceFile(await placeOf(path, context), Buffer.from(text), { mode, uid: 0, gid: 0 })
}

/** Removes a file where there is one; a directory is an error. */
export const removeFile: Handler<'remove-file'> = async ({ path }, context) =>
  rm(await placeOf(path, context), { force: true })

/** Where a file is to be, its directory made. */
const placeOf = async (path: Word, context: ApplyContext): Promise<string> => {
  if (typeof path === 'object' && 'target' in path) return makeParent(context.target, path.target)
  const place = resolveWord(path, context)
  await mkdir(dirname(place), { recursive: true, mode: 0o755 })
  return place
}

/** Who owns a file and may use it. */
export type Permissions = { readonly mode: number; readonly uid: number; readonly gid: number }

/**
 * Puts a file in place at once: written beside it under another name, given owner and mode, renamed. So nobody ever
 * reads half of it, nor all of it before its mode is right.
 */
export const replaceFile = async (
  path: string,
  content: Uint8Array,
  permissions: Permissions,
): Promise<void> => {
  const part = join(dirname(path), `.${randomBytes(6).toString('hex')}.part`)
  try {
    const file = await open(part, 'wx', 0o600)
    try {
      await file.writeFile(content)
    } finally {
      await file.close()
    }
    await setPermissions(part, permissions)
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Without root nobody can give a file away, and everything is the caller's own. */
const setPermissions = async (path: string, { mode, uid, gid }: Permissions): Promise<void> => {
  if (process.getuid?.() === 0) await chown(path, uid, gid)
  // After chown, which clears the set-user-ID bit.
  await chmod(path, mode)
}
