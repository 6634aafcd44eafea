import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMountedToInstall, optionsToInstall, parseFstab } from '../plan/disk/fstab-rows.ts'
import { TaskError } from './apply-error.ts'
import { type ApplyContext, type Handler, runForStep } from './context.ts'
import { runUndo } from './device.ts'
import { pushUnmount } from './mount.ts'
import { resolveTargetPath } from './target-path.ts'

/** FAI's code where nothing is mounted at the target (fai-semantics.md, section 2.3). */
const NO_ROOT = 886

/** FAI's task `mountdisks`. The device is the one that it was made as: a member of an array may bear the same UUID. */
export const mountFstab: Handler<'mount-fstab'> = async ({ filledLater }, context, step) => {
  const path = join(context.logDirectory, 'fstab')
  const rows = parseFstab(await readFile(path, 'utf8')).filter(isMountedToInstall)
  if (!rows.some(({ mountPoint }) => mountPoint === '/'))
    throw new TaskError(NO_ROOT, `${path} mounts nothing at "/"`)
  for (const device of swapDevices(context)) {
    await runForStep({ argv: ['swapon', device] }, context, step)
    context.undo.push({ title: `${device} is swap`, undo: () => runUndo(['swapoff', device], context) })
  }
  for (const row of rows) {
    const at = await resolveTargetPath(context.target, row.mountPoint)
    await mkdir(at, { recursive: true, mode: 0o755 })
    const device = row.device ?? row.source
    if (filledLater.includes(row.mountPoint)) {
      context.devices.set(row.mountPoint, device)
    } else {
      const argv = ['mount', '-t', row.filesystem, '-o', optionsToInstall(row), device, at]
      await runForStep({ argv }, context, step)
      pushUnmount(at, context)
    }
  }
}

/** `$SWAPLIST` of `disk_var.sh`. */
const swapDevices = ({ scriptEnvironment }: ApplyContext): readonly string[] =>
  (scriptEnvironment()['SWAPLIST'] ?? '').split(/\s+/).filter(word => word !== '')
