import { randomBytes } from 'node:crypto'
import { rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** What FAI calls the directory of a run: the action, and the local time of its begin. */
const RUN_DIRECTORY = /^(.+)-[0-9]{8}_[0-9]{6}$/

/**
 * Has FAI's links lead to the logs of the run in `directory`, `…/HOST/ACTION-YYYYMMDD_HHMMSS` (fai-semantics.md, section
 * 6.2): `last` and `last-ACTION` beside it, `localhost` to the directory of the host.
 */
export const linkLogs = async (directory: string): Promise<void> => {
  const [name, ofHost] = [basename(directory), dirname(directory)]
  const action = RUN_DIRECTORY.exec(name)?.[1]
  await replaceLink(join(ofHost, 'last'), name)
  if (action !== undefined) await replaceLink(join(ofHost, `last-${action}`), name)
  await replaceLink(join(dirname(ofHost), 'localhost'), basename(ofHost))
}

/** At every moment there is the old link or the new one. A directory of that name is an error. */
const replaceLink = async (path: string, to: string): Promise<void> => {
  const part = `${path}.${randomBytes(6).toString('hex')}`
  await symlink(to, part)
  try {
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
