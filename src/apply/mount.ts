import { mkdir, readFile } from 'node:fs/promises'
import { isDirectory } from '../inspect/folder.ts'
import { type MountRow, parseMountRows } from '../inspect/storage/mounts.ts'
import type { Step } from '../plan/step.ts'
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

const EFI_VARIABLES = '/sys/firmware/efi/efivars'
const NO_PROGRAMS = 'nosuid,noexec,nodev'
/** The source of a mount of proc is any word: this one says whose it is. */
const OWN_PROC = 'fai-classes'

/** In this order, so that proc is there as long as any other is, and those inside of others come behind them. */
const kernelMounts = (hasFirmware: boolean): readonly (readonly [at: string, ...argv: string[]])[] => [
  ['/proc', '-t', 'proc', '-o', NO_PROGRAMS, OWN_PROC],
  ['/sys', '-t', 'sysfs', '-o', `${NO_PROGRAMS},ro`, 'sysfs'],
  ...(hasFirmware ? [[EFI_VARIABLES, '--bind', '--make-private', EFI_VARIABLES] as const] : []),
  ['/dev', '--bind', '--make-private', '/dev'],
  ['/dev/pts', '--bind', '--make-private', '/dev/pts'],
]

/**
 * What programs of the target need of the kernel. `/dev` is the build machine's; mounts in it do not spread back.
 *
 *     mounted there already by       here
 *     nobody                         mounted, and unmounted at the end
 *     a run that was killed          unmounted, then as by nobody
 *     somebody else                  taken as it is, and left
 */
export const mountKernelFilesystems: Handler<'mount-kernel-filesystems'> = async (
  { efiVariables = false },
  context,
  step,
) => {
  const mounts = kernelMounts(efiVariables && (await isDirectory(EFI_VARIABLES)))
  const places = await Promise.all(
    mounts.map(async ([at, ...words]) => ({
      path: await resolveTargetPath(context.target, at),
      words,
    })),
  )
  await unmountLeftOver(
    places.map(({ path }) => path),
    context,
    step,
  )
  const taken = await readMounts()
  for (const { path, words } of places) {
    if (taken.some(({ mountPoint }) => mountPoint === path)) continue
    await mkdir(path, { recursive: true, mode: 0o755 })
    await runForStep({ argv: ['mount', ...words, path] }, context, step)
    pushUnmount(path, context)
  }
}

/** Unmounts what a run left that was killed: that is so where its proc is there. */
const unmountLeftOver = async (
  paths: readonly string[],
  context: ApplyContext,
  step: Step,
): Promise<void> => {
  const mounts = await readMounts()
  if (!mounts.some(({ mountPoint, source }) => mountPoint === paths[0] && source === OWN_PROC)) return
  const points = mounts.map(({ mountPoint }) => mountPoint)
  for (const path of points.filter(point => paths.includes(point)).toReversed()) {
    await runForStep({ argv: ['umount', path] }, context, step)
  }
}

const readMounts = async (): Promise<readonly MountRow[]> =>
  parseMountRows(await readFile('/proc/self/mountinfo', 'utf8'))

/** The mirror that packages come from; unmounted again at the end of the run. */
export const mountMirror: Handler<'mount-mirror'> = async ({ source, at, options }, context, step) => {
  const path = await resolveTargetPath(context.target, at)
  await mkdir(path, { recursive: true, mode: 0o755 })
  await runForStep({ argv: ['mount', ...options, source, path] }, context, step)
  pushUnmount(path, context)
}

/** Has a mount point unmounted at the end of the run. */
export const pushUnmount = (path: string, context: ApplyContext): void =>
  context.undo.push({
    title: `${path} is mounted`,
    async undo() {
      // A script may have unmounted it: FAI's for GRUB does so with the variables of the firmware.
      if (await isMountPoint(path)) await runUndo(['umount', path], context)
    },
  })

const isMountPoint = async (path: string): Promise<boolean> =>
  (await readMounts()).some(({ mountPoint }) => mountPoint === path)

/** Everything mounted and attached so far is undone now, so that later steps see a finished image. */
export const unmountAll: Handler<'unmount-all'> = async (_action, context) => {
  const failures = await context.undo.undoAll()
  context.devices.clear()
  if (failures.length > 0) throw new CleanupError(failures.join('; '))
}
