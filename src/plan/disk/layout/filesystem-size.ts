import { type Diagnostic, errorAt, type Origin } from '../../../diagnostic/diagnostic.ts'
import type { Content } from '../../../language/disk-config.ts'
import { parseFilesystem } from '../format-command.ts'
import type { StorageLayout } from '../layout.ts'
import { EXTENT_BYTES } from './group.ts'
import { roundUp } from './rounding.ts'

const KIB = 1024
const MIB = 1024 ** 2

/** The least bytes that a program takes a device for, and that it takes with whatever options; 0 where nobody has tried those. */
type Least = { readonly usual: number; readonly any: number }

/** By trial with the programs of Debian 12: mkfs.xfs 6.1, mkfs.btrfs 6.2, mkfs.f2fs 1.15, … */
const LEAST: Readonly<Record<string, Least>> = {
  btrfs: { usual: 109 * MIB, any: 16 * MIB },
  ext2: { usual: 104 * KIB, any: 0 },
  ext3: { usual: 104 * KIB, any: 0 },
  ext4: { usual: 104 * KIB, any: 0 },
  f2fs: { usual: 52 * MIB, any: 0 },
  jfs: { usual: 16 * MIB, any: 16 * MIB },
  msdos: { usual: 52 * KIB, any: 0 },
  ntfs: { usual: 1028 * KIB, any: 0 },
  reiserfs: { usual: 32_848 * KIB, any: 0 },
  swap: { usual: 40 * KIB, any: 40 * KIB },
  vfat: { usual: 52 * KIB, any: 0 },
  xfs: { usual: 300 * MIB, any: 300 * MIB },
}

/** A btrfs of several devices needs this much of each, by its profile. */
const LEAST_OF_EACH: Readonly<Record<string, Least>> = {
  single: { usual: 69 * MIB, any: 16 * MIB },
  other: { usual: 125 * MIB, any: 16 * MIB },
}

/** A device whose file system is to be made. */
type Sized = { readonly device: string; readonly sizeBytes: number; readonly line?: Line }

type Line = Pick<Content, 'filesystem' | 'createOptions' | 'origin'>

/**
 * `disk-too-small` for each device that the program of its file system would refuse. Pure. Sizes of arrays and mappings are
 * estimated, and never too small.
 */
export const filesystemSizeFaults = (layout: StorageLayout): readonly Diagnostic[] => {
  const devices = sizedDevices(layout)
  return [
    ...devices.flatMap(({ device, sizeBytes, line }) => {
      if (line === undefined) return []
      const { type } = parseFilesystem(line.filesystem)
      return fault(device, type, sizeBytes, leastOf(LEAST[type], line), line.origin)
    }),
    ...layout.btrfs
      .filter(({ isLine, isKept }) => !isLine && !isKept)
      .flatMap(({ devices: on, subvolumes }) => {
        const volume = subvolumes[0]?.volume
        if (volume === undefined) return []
        const least =
          on.length === 1 ? LEAST['btrfs'] : (LEAST_OF_EACH[volume.profile] ?? LEAST_OF_EACH['other'])
        return devices
          .filter(({ device }) => on.includes(device))
          .flatMap(({ device, sizeBytes }) =>
            fault(device, 'btrfs', sizeBytes, leastOf(least, volume), volume.origin),
          )
      }),
  ]
}

const leastOf = (least: Least | undefined, { createOptions }: Pick<Line, 'createOptions'>): number =>
  (createOptions === '' ? least?.usual : least?.any) ?? 0

/** The size of a partition of a `virtual` disk is unknown, and 0. */
const fault = (
  device: string,
  type: string,
  found: number,
  wanted: number,
  origin: Origin,
): readonly Diagnostic[] => {
  if (found === 0 || found >= wanted) return []
  const message = `"${device}" is too small for ${type} (wanted at least ${wanted} bytes, found ${found})`
  return [errorAt('disk-too-small', message, origin)]
}

/** Every device with its size, and the line of those that are formatted. */
const sizedDevices = ({ disks, arrays, encrypted, volumeGroups }: StorageLayout): readonly Sized[] => [
  ...disks.flatMap(({ device, sizeBytes, partitions, whole, isWholeKept }) => [
    { device, sizeBytes, ...(whole && !isWholeKept ? { line: whole } : {}) },
    ...partitions.map(({ volume, isFormatted, ...partition }) => ({
      ...partition,
      ...(volume && isFormatted ? { line: withoutLostOptions(volume) } : {}),
    })),
  ]),
  ...arrays.map(formatted),
  ...encrypted.map(each => ({ ...each, line: each.volume })),
  ...volumeGroups.flatMap(({ volumes, kept, group }) =>
    volumes.map(each => ({
      ...formatted(each),
      // An extent of another size is a matter of options, which are not looked into.
      sizeBytes: group.groupOptions === '' ? roundUp(each.sizeBytes, kept?.extentBytes ?? EXTENT_BYTES) : 0,
    })),
  ),
]

const formatted = <T extends Sized>({
  isFormatted,
  volume,
  ...sized
}: T & { readonly isFormatted: boolean; readonly volume: Line }): Sized => ({
  ...sized,
  ...(isFormatted ? { line: volume } : {}),
})

/** They never reach mkfs.btrfs (setup-storage.md, section 7). */
const withoutLostOptions = (line: Line): Line =>
  line.filesystem === 'btrfs' ? { ...line, createOptions: '' } : line
