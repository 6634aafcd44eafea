import { access } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { devnoOf, readBlockDevice } from '../../inspect/storage/block-device.ts'
import { partitionDevice } from '../../model/storage.ts'

/** Runs a program of the kernel's side; rejects unless it exits 0. */
export type RunTool = (argv: readonly string[]) => Promise<string>

const WAIT_MS = 10_000
const POLL_MS = 50
/** Without udev nobody else makes a device file, so nobody is waited for. */
const UDEV = '/run/udev/control'
const MODE = '0660'

/**
 * Tells the kernel of a new table, and sees that each partition has its device file, whether udev, devtmpfs or nobody makes
 * them.
 */
export const tellKernel = async (disk: string, numbers: readonly number[], run: RunTool): Promise<void> => {
  await run(['partx', '--update', disk])
  const known = (await readBlockDevice(await devnoOf(disk))).partitions
  for (const number of numbers) {
    const device = partitionDevice(disk, number)
    const devno = known.get(number)?.devno
    if (devno === undefined) throw new Error(`the kernel does not know partition ${number} of ${disk}`)
    await ensureDevice(device, devno, run)
  }
}

const ensureDevice = async (device: string, devno: string, run: RunTool): Promise<void> => {
  const hasUdev = await isThere(UDEV)
  for (let waited = 0; hasUdev && waited < WAIT_MS; waited += POLL_MS) {
    if ((await currentDevno(device)) === devno) return
    await delay(POLL_MS)
  }
  if ((await currentDevno(device)) === devno) return
  const [major = '', minor = ''] = devno.split(':')
  if (await isThere(device)) await run(['rm', '-f', device])
  await run(['mknod', '-m', MODE, device, 'b', major, minor])
}

/** Waits until a device is there; its number, or undefined where it does not come. */
export const waitForDevice = async (device: string): Promise<string | undefined> => {
  for (let waited = 0; waited < WAIT_MS; waited += POLL_MS) {
    const devno = await currentDevno(device)
    if (devno !== undefined) return devno
    await delay(POLL_MS)
  }
  return undefined
}

/** `MAJOR:MINOR` of a device that the kernel has too, undefined where it has none: a device file may be left over. */
export const currentDevno = async (device: string): Promise<string | undefined> => {
  const devno = await devnoOf(device).catch(() => undefined)
  return devno !== undefined && (await isThere(`/sys/dev/block/${devno}`)) ? devno : undefined
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
