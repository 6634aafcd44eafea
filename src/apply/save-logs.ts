import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isFile, namesIn } from '../inspect/folder.ts'
import { isSshHostKey } from '../inspect/ssh-host-keys.ts'
import type { ApplyContext, Handler } from './context.ts'
import { resolveTargetPath } from './target-path.ts'

/** Copies the files of the log directory into the target, as FAI's `savelog` does, and its public SSH host keys into the log directory. */
export const saveLogs: Handler<'save-logs'> = async ({ to }, context) => {
  await saveHostKeys(context)
  const directory = await resolveTargetPath(context.target, to)
  await mkdir(directory, { recursive: true, mode: 0o750 })
  const entries = await readdir(context.logDirectory, { withFileTypes: true })
  for (const entry of entries) {
    if (entry.isFile()) await copyFile(join(context.logDirectory, entry.name), join(directory, entry.name))
  }
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
