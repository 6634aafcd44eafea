import { type BlockDevice, devnoOf, readBlockDevice } from '../../inspect/storage/block-device.ts'
import { useOf } from '../../inspect/storage/read-disk.ts'
import { readUses } from '../../inspect/storage/read-storage.ts'
import { type FoundDisk, partitionDevice, type Storage } from '../../model/storage.ts'
import type { StorageStep } from '../../plan/disk/storage-plan.ts'
import { RefusedError } from '../apply-error.ts'
import { nameUses } from './refuse-storage.ts'

/**
 * Rejects where a disk of the steps that are left is not the one that the run was begun with, for names of disks may change
 * at a start, or where somebody uses it by now. Its tables and contents may be half written, and are not looked at.
 */
export const refuseResume = async (begunWith: Storage, left: readonly StorageStep[]): Promise<void> => {
  const wanted = new Set(left.flatMap(({ disks }) => disks))
  const table = await readUses()
  for (const disk of begunWith.disks.filter(({ device }) => wanted.has(device))) {
    const found = await readBlockDevice(await devnoOf(disk.device))
    const [change] = identityChanges(disk, found)
    if (change !== undefined)
      throw new RefusedError(
        `${disk.device} is not the disk that the run was begun with (${change}); see that each disk has the name again that it had`,
      )
    const parts = [...found.partitions].map(
      ([number, partition]) => [partitionDevice(disk.device, number), partition] as const,
    )
    const uses = [[disk.device, found] as const, ...parts].flatMap(([device, each]) =>
      nameUses(device, useOf(device, each, { uses: table })),
    )
    if (uses.length > 0) throw new RefusedError(`in use: ${uses.join('; ')}`)
  }
}

/** In what a disk differs from one that was found before, wanted before found. Pure. */
export const identityChanges = (
  disk: Pick<FoundDisk, 'sizeBytes' | 'sectorBytes' | 'model' | 'serial'>,
  found: Pick<BlockDevice, 'sizeBytes' | 'sectorBytes' | 'model' | 'serial'>,
): readonly string[] =>
  (
    [
      ['size', disk.sizeBytes, found.sizeBytes],
      ['sector size', disk.sectorBytes, found.sectorBytes],
      ['model', disk.model, found.model],
      ['serial number', disk.serial, found.serial],
    ] as const
  ).flatMap(([what, wanted, now]) =>
    wanted === now ? [] : [`${what}: wanted ${wanted ?? 'none'}, found ${now ?? 'none'}`],
  )
