import { chmod, chown, copyFile, cp, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isFile, namesIn } from '../inspect/folder.ts'
import { isSshHostKey } from '../inspect/ssh-host-keys.ts'
import type { ApplyContext, Handler } from './context.ts'
import { findId } from './find-id.ts'
import { linkLogs } from './log-links.ts'
import { resolveTargetPath } from './target-path.ts'

/** What the next softupdate starts from. */
const STATE_FILES = ['FAI_CLASSES', 'disk_var.sh']

/**
 * Copies the log directory into the target, as FAI's `savelog` does (fai-semantics.md, section 6.2): for root and group
 * `adm` alone, empty files left out, with FAI's links; and the files that the next softupdate reads to `/var/lib/fai`. The target's
 * public SSH host keys come into the log directory. A target that is empty was not mounted, and gets nothing: that would be
 * left in the directory below.
 */
export const saveLogs: Handler<'save-logs'> = async ({ to }, context) => {
  const { target, logDirectory } = context
  await saveHostKeys(context)
  if ((await readdir(target)).length === 0) return
  const directory = await resolveTargetPath(target, to)
  await mkdir(directory, { recursive: true, mode: 0o750 })
  // A softupdate has them there from the beginning.
  if (directory !== logDirectory) await copyLogs(logDirectory, directory)
  await giveToAdministrators(directory, target)
  await linkLogs(directory)
  await keepState(context)
}

const copyLogs = (from: string, to: string): Promise<void> =>
  cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: async path => {
      const found = await stat(path).catch(() => undefined)
      return found === undefined || !found.isFile() || found.size > 0
    },
  })

/** Root's, group `adm` may read: `target` knows its number. Without root everything stays the caller's own. */
export const giveToAdministrators = async (directory: string, target: string): Promise<void> => {
  await chmod(directory, 0o750)
  if (process.getuid?.() !== 0) return
  const group = (await findId(target, '/etc/group', 'adm')) ?? 0
  await chown(directory, 0, group)
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isFile()) await chown(join(directory, entry.name), 0, group)
  }
}

const keepState = async ({ target, logDirectory }: ApplyContext): Promise<void> => {
  const directory = await resolveTargetPath(target, '/var/lib/fai')
  await mkdir(directory, { recursive: true, mode: 0o755 })
  const names = (await readdir(logDirectory)).filter(name => STATE_FILES.includes(name))
  for (const name of names) await copyFile(join(logDirectory, name), join(directory, name))
}

/** What is registered once the target is unmounted. Keys of an earlier run in this directory are another system's. */
const saveHostKeys = async ({ target, logDirectory }: ApplyContext): Promise<void> => {
  for (const name of (await namesIn(logDirectory)).filter(isSshHostKey)) await rm(join(logDirectory, name))
  const names = await namesIn(await resolveTargetPath(target, '/etc/ssh'))
  for (const name of names.filter(isSshHostKey)) {
    const path = await resolveTargetPath(target, `/etc/ssh/${name}`)
    if (await isFile(path)) await copyFile(path, join(logDirectory, name))
  }
}
