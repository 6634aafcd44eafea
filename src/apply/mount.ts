import { mkdir } from 'node:fs/promises'
import { CleanupError } from './apply-error.ts'
import { type ApplyContext, deviceOf, type Handler, runForStep } from './context.ts'
import { runUndo } from './device.ts'
import { resolveTargetPath } from './target-path.ts'

/** Mounts an attached device below the target; unmounted again at the end of the run, however it ends. */
export const mountDevice: Handler<'mount'> = async ({ device, at, filesystem, options }, context, step) => {
  const path = await resolveTargetPath(context.target, at)
  await mkdir(path, { recursive: true, mode: 0o755 })
  const argv = ['mount', '-t', filesystem, '-o', options.join(','), deviceOf(device, context), path]
  await runForStep({ argv }, context, step)
  pushUnmount(path, context)
}

const NO_PROGRAMS = 'nosuid,noexec,nodev'

/** What programs of the target need of the kernel. `/dev` is the build machine's; mounts in it do not spread back. */
export const mountKernelFilesystems: Handler<'mount-kernel-filesystems'> = async (_action, context, step) => {
  const mounts: readonly (readonly [at: string, ...argv: string[]])[] = [
    ['/proc', '-t', 'proc', '-o', NO_PROGRAMS, 'proc'],
    ['/sys', '-t', 'sysfs', '-o', `${NO_PROGRAMS},ro`, 'sysfs'],
    ['/dev', '--bind', '--make-private', '/dev'],
    ['/dev/pts', '--bind', '--make-private', '/dev/pts'],
  ]
  for (const [at, ...words] of mounts) {
    const path = await resolveTargetPath(context.target, at)
    await mkdir(path, { recursive: true, mode: 0o755 })
    await runForStep({ argv: ['mount', ...words, path] }, context, step)
    pushUnmount(path, context)
  }
}

/** The mirror that packages come from; unmounted again at the end of the run. */
export const mountMirror: Handler<'mount-mirror'> = async ({ source, at, options }, context, step) => {
  const path = await resolveTargetPath(context.target, at)
  await mkdir(path, { recursive: true, mode: 0o755 })
  await runForStep({ argv: ['mount', ...options, source, path] }, context, step)
  pushUnmount(path, context)
}

const pushUnmount = (path: string, context: ApplyContext): void =>
  context.undo.push({ title: `${path} is mounted`, undo: () => runUndo(['umount', path], context) })

/** Everything mounted and attached so far is undone now, so that later steps see a finished image. */
export const unmountAll: Handler<'unmount-all'> = async (_action, context) => {
  const failures = await context.undo.undoAll()
  context.devices.clear()
  if (failures.length > 0) throw new CleanupError(failures.join('; '))
}
