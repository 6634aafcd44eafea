import type { Content, FstabKey } from '../../../language/disk-config.ts'
import type { FoundContent, Storage } from '../../../model/storage.ts'
import type { DiskLayout, Partition, StorageLayout } from '../layout.ts'

/** A device that holds what a line asks for: a file system, swap, or nothing. */
export type ContentDevice = {
  readonly device: string
  readonly content: Content
  readonly key: FstabKey
  readonly isFormatted: boolean
  /** What is on it now, where it stays. */
  readonly kept?: FoundContent
  /** Of a partition, or a disk that is used as a whole: the disk. */
  readonly disk?: string
  readonly partition?: Partition
}

type Described = { readonly layout: StorageLayout; readonly machine: Storage }

/**
 * Every device with a line of its own that is part of nothing else, in the order disks, arrays, mappings, groups. A btrfs
 * of such a line is among them. Pure.
 */
export const contentDevices = ({ layout, machine }: Described): readonly ContentDevice[] => {
  const parts = partDevices(layout)
  const { disks, arrays, encrypted, volumeGroups } = layout
  const all: readonly ContentDevice[] = [
    ...disks.flatMap(disk => [...partitionDevices(disk), ...wholeDevice(disk, machine)]),
    ...arrays.map(({ device, volume, kept, isFormatted }) => ({
      ...{ device, content: volume, key: volume.fstabKey, isFormatted },
      ...keptContent(kept),
    })),
    ...encrypted.map(({ device, volume }) => ({
      ...{ device, content: volume, key: 'device' as const, isFormatted: true },
    })),
    ...volumeGroups.flatMap(({ volumes, group }) =>
      volumes.map(({ device, volume, kept, isFormatted }) => ({
        ...{ device, content: volume, key: group.fstabKey, isFormatted },
        ...keptContent(kept),
      })),
    ),
  ]
  return all.filter(({ device }) => !parts.has(device))
}

/** Devices that are part of something else: members, physical volumes, what is encrypted. */
const partDevices = ({ arrays, btrfs, encrypted, volumeGroups }: StorageLayout): ReadonlySet<string> =>
  new Set([
    ...arrays.flatMap(({ members, spares }) => [...members, ...spares]),
    ...encrypted.map(({ on }) => on),
    ...btrfs.flatMap(({ devices, isLine }) => (isLine ? [] : devices)),
    ...volumeGroups.flatMap(({ devices }) => devices),
  ])

const partitionDevices = ({ partitions, fstabKey, device: disk }: DiskLayout): readonly ContentDevice[] =>
  partitions.flatMap(partition => {
    const { device, volume, isFormatted, kept } = partition
    if (volume === undefined) return []
    return [{ device, content: volume, key: fstabKey, isFormatted, ...keptContent(kept), disk, partition }]
  })

const wholeDevice = (
  { whole, isWholeKept = false, fstabKey, device }: DiskLayout,
  { disks }: Storage,
): readonly ContentDevice[] => {
  if (whole === undefined) return []
  const kept = isWholeKept ? disks.find(disk => disk.device === device) : undefined
  return [
    {
      ...{ device, content: whole, key: fstabKey, isFormatted: !isWholeKept, disk: device },
      ...keptContent(kept),
    },
  ]
}

const keptContent = (kept: { readonly content?: FoundContent } | undefined): Pick<ContentDevice, 'kept'> =>
  kept?.content === undefined ? {} : { kept: kept.content }

/** What is on a partition, array or logical volume that stays. Pure. */
export const keptContentOf = (
  { disks, arrays, volumeGroups }: StorageLayout,
  device: string,
): FoundContent | undefined =>
  [
    ...disks.flatMap(({ partitions }) => partitions),
    ...arrays,
    ...volumeGroups.flatMap(({ volumes }) => volumes),
  ].find(each => each.device === device)?.kept?.content
