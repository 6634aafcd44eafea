import { access, open } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type BlockDevice, devnoOf, readBlockDevice } from '../../inspect/storage/block-device.ts'
import { partitionDevice } from '../../model/storage.ts'
import type { PartitionTable } from '../../plan/disk/layout.ts'

/** Runs a program of the kernel's side; rejects unless it exits 0. */
export type RunTool = (argv: readonly string[]) => Promise<string>

type Rows = Pick<PartitionTable, 'partitions' | 'sectorBytes'>

const WAIT_MS = 10_000
const POLL_MS = 50
/** Without udev nobody else makes a device file, so nobody is waited for. */
const UDEV = '/run/udev/control'
const MODE = '0660'

/**
 * Tells the kernel of a new table, and sees that each partition has its device file, whether udev, devtmpfs or nobody makes
 * them.
 */
export const tellKernel = async (disk: string, table: Rows, run: RunTool): Promise<void> => {
  const read = async () => (await readBlockDevice(await devnoOf(disk))).partitions
  // partx adds none where an old one lies, though that one is about to go.
  for (const number of outdatedPartitions(await read(), table))
    await run(['partx', '--delete', '--nr', String(number), disk])
  // Unless told, partx counts the partitions, and looks for no higher number.
  const last = Math.max(0, ...table.partitions.map(({ number }) => number))
  if (last > 0) await run(['partx', '--update', '--nr', `1:${last}`, disk])
  const known = await read()
  for (const { number } of table.partitions) {
    const device = partitionDevice(disk, number)
    const devno = known.get(number)?.devno
    if (devno === undefined) throw new Error(`the kernel does not know partition ${number} of ${disk}`)
    await ensureDevice(device, devno, run)
  }
}

/** Numbers of the partitions that the kernel knows, but not at the place that a table has for them. Pure. */
export const outdatedPartitions = (
  known: BlockDevice['partitions'],
  { partitions, sectorBytes }: Rows,
): readonly number[] =>
  [...known].flatMap(([number, { startByte, sizeBytes }]) => {
    const stays = partitions.some(
      row =>
        row.number === number &&
        row.startSector * sectorBytes === startByte &&
        row.sizeSectors * sectorBytes === sizeBytes,
    )
    return stays ? [] : [number]
  })

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

/**
 * What programs that make devices must be told by their environment: device-mapper leaves the device files to udev, also where
 * none runs, unless it is told not to (libdevmapper, `DM_DISABLE_UDEV`).
 */
export const deviceEnvironment = async (): Promise<Readonly<Record<string, string>>> =>
  (await isThere(UDEV)) ? {} : { DM_DISABLE_UDEV: '1' }

/** Sees that everything written to a device is on it, cache of the disk included; rejects where the device failed at that. */
export const flushDevice = async (device: string): Promise<void> => {
  const file = await open(device, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
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
