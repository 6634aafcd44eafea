import { randomBytes } from 'node:crypto'
import { chmod, chown, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Who owns a file and may use it. */
export type Permissions = { readonly mode: number; readonly uid: number; readonly gid: number }

/**
 * Puts a file in place at once: written beside it under another name, given owner and mode, renamed. So nobody ever
 * reads half of it, nor all of it before its mode is right. `makeRoom` is called when the new file is whole, which it may not become on
 * a full disk: the old one can be put aside then.
 */
export const replaceFile = async (
  path: string,
  content: Uint8Array,
  permissions: Permissions,
  makeRoom: () => Promise<void> = async () => undefined,
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
    await makeRoom()
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
