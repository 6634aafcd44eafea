import { lstat, open, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RefusedError } from './apply-error.ts'
import type { ApplyContext, Handler } from './context.ts'

/** Holds what `shadow` holds, so nobody but the owner reads it. */
const IMAGE_MODE = 0o600

/** A sparse file under the name of an unfinished image. What a failed run left there is replaced. */
export const createImage: Handler<'create-image'> = async (
  { path, partPath, sizeBytes, replace },
  context,
) => {
  await refuseUsedImage({ path, partPath, replace }, context)
  await rm(partPath, { force: true })
  const file = await open(partPath, 'wx', IMAGE_MODE)
  try {
    await file.truncate(sizeBytes)
  } finally {
    await file.close()
  }
}

/** The unfinished image gets its name, once all its bytes are on the disk. */
export const finishImage: Handler<'finish-image'> = async ({ path, partPath, replace }, context) => {
  const failed = context.failedScripts.map(({ name, exitCode }) => `${name} (exit code ${exitCode})`)
  if (failed.length > 0) {
    throw new Error(`${failed.length} scripts failed: ${failed.join(', ')}; the image stays at ${partPath}`)
  }
  await refuseUsedImage({ path, partPath, replace }, context)
  const file = await open(partPath, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(partPath, path)
  const directory = await open(dirname(path), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Rejects where the image is there and must not be replaced, or where a loop device (and so perhaps a mount) uses it. */
export const refuseUsedImage = async (
  image: { readonly path: string; readonly partPath: string; readonly replace: boolean },
  context: Pick<ApplyContext, 'run' | 'signal'>,
): Promise<void> => {
  const present = await lstat(image.path).catch(() => undefined)
  if (present !== undefined && !present.isFile()) throw new RefusedError(`${image.path} is no regular file`)
  if (present !== undefined && !image.replace) throw new RefusedError(`${image.path} is there already`)
  for (const path of [image.path, image.partPath]) {
    const devices = await readLoopDevices(path, context)
    if (devices.length > 0) {
      const remedy = `unmount it and run "losetup --detach ${devices[0]}"`
      throw new RefusedError(`${path} is in use as ${devices.join(', ')}: ${remedy}`)
    }
  }
}

/** The loop devices that a file is attached to. */
const readLoopDevices = async (
  path: string,
  { run, signal }: Pick<ApplyContext, 'run' | 'signal'>,
): Promise<readonly string[]> => {
  const directory = await realpath(dirname(path))
  const file = join(directory, path.slice(path.lastIndexOf('/') + 1))
  if ((await lstat(file).catch(() => undefined)) === undefined) return []
  const argv = ['losetup', '--noheadings', '--output', 'NAME', '--associated', file]
  const { stdout } = await run({ argv }, signal)
  return stdout.split('\n').filter(line => line !== '')
}
