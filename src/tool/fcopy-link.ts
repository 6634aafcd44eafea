import { lstat, rm, symlink } from 'node:fs/promises'
import { makeParent } from '../apply/target-path.ts'
import { isFile } from '../inspect/folder.ts'
import { putAside, readLink, readStatus } from './fcopy-backup.ts'
import type { FcopyRun, Job } from './fcopy-copy.ts'
import { runPostinst, setLinkOwner, wantedPermissions } from './fcopy-modes.ts'

/** Makes the symbolic link that a template is (`-H`). Where it leads is no concern: it is a path of the target. */
export const copyLink = async (job: Job, link: string, run: FcopyRun): Promise<void> => {
  const { settings, world, fail, log } = run
  const present = await readLink(job.place)
  const isEqual = present === link
  await log(job.name, job.className, isEqual ? 'preserved symlink' : 'new symlink')
  if (!isEqual && settings.refuseLinks && present !== undefined)
    return fail(`${job.shown} is a symbolic link`)
  if (isEqual && settings.verbose) world.complain(`fcopy: ${job.name} is as it should be`)
  if (settings.dryRun) {
    if (!isEqual) world.print(`fcopy: would link ${job.shown} to ${link}`)
    return
  }
  const wanted = await wantedPermissions(job.folder, job.className, run)
  const { mtime } = await lstat(job.template)
  if (isEqual) return setLinkOwner(job.place, wanted, mtime)

  const found = await readStatus(job.place)
  if (found !== undefined && !found.isFile() && !found.isSymbolicLink()) {
    return fail(`${job.shown} is neither a file nor a symbolic link and is left alone`)
  }
  await makeParent(settings.target, job.name)
  if (settings.backup.kind !== 'none' && (await isFile(job.opened)))
    await putAside(job.place, job.name, settings.backup)
  else await rm(job.place, { force: true })
  await symlink(link, job.place)
  await setLinkOwner(job.place, wanted, mtime)
  world.print(`fcopy: symlinked ${job.template} -> ${link} to ${job.shown}`)
  await runPostinst(job, run)
}
