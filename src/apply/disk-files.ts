import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApplyContext, Handler } from './context.ts'
import { replaceFile } from './replace-file.ts'
import { makeParent } from './target-path.ts'

/** Where the target keeps the keys of its encrypted devices. */
const KEYS = '/etc/keys'

/** The end of FAI's task `extrbase`: the files that tell the installed system about its disks. */
export const installDiskFiles: Handler<'install-disk-files'> = async (_action, context) => {
  const [fstab, crypttab, mdadm] = await Promise.all(
    ['fstab', 'crypttab', 'mdadm.conf'].map(name => readLogFile(name, context)),
  )
  if (fstab !== undefined) {
    const path = await makeParent(context.target, '/etc/fstab')
    await rename(path, `${path}.old`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    await writeTarget('/etc/fstab', fstab, 0o644, context)
  }
  if (crypttab !== undefined) {
    const { text, keys } = moveKeys(crypttab.toString(), context.logDirectory)
    for (const name of keys) {
      const key = await readLogFile(name, context)
      if (key === undefined) throw new Error(`the key ${name} of crypttab is not in the log directory`)
      await writeTarget(join(KEYS, name), key, 0o400, context)
    }
    await writeTarget('/etc/crypttab', Buffer.from(text), 0o644, context)
  }
  if (mdadm !== undefined) await writeTarget('/etc/mdadm/mdadm.conf', mdadm, 0o644, context)
}

const readLogFile = (name: string, { logDirectory }: ApplyContext): Promise<Buffer | undefined> =>
  readFile(join(logDirectory, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

const writeTarget = async (path: string, content: Uint8Array, mode: number, context: ApplyContext) =>
  replaceFile(await makeParent(context.target, path), content, { mode, uid: 0, gid: 0 })

/**
 * A `crypttab` whose keys in the log directory are in the target instead, and the names of these keys. Pure. The third
 * field of a row is its key (crypttab(5)).
 */
export const moveKeys = (
  crypttab: string,
  logDirectory: string,
): { readonly text: string; readonly keys: readonly string[] } => {
  const keys: string[] = []
  const text = crypttab.replaceAll(/^(\S+\s+\S+\s+)(\/\S+)/gm, (row, before: string, key: string) => {
    if (!key.startsWith(`${logDirectory}/`)) return row
    const name = key.slice(logDirectory.length + 1)
    keys.push(name)
    return `${before}${join(KEYS, name)}`
  })
  return { text, keys }
}
