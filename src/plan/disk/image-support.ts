import { type Diagnostic, errorAt, type Origin } from '../../diagnostic/diagnostic.ts'
import type { DiskConfig, DiskStanza, Volume } from '../../language/disk-config.ts'
import { comparePlaces } from '../../language/disk-config-cursor.ts'

/** File systems that an image can hold; `-` is a partition without one. */
const FILESYSTEMS: readonly string[] = ['-', 'swap', 'ext2', 'ext3', 'ext4', 'xfs', 'vfat', 'msdos']

/**
 * The first thing of a configuration that an image cannot be made of, as the error `disk-config-unsupported`: anything
 * but new partitions with a common file system, and tmpfs. Pure.
 */
export const checkImageSupport = (config: DiskConfig): readonly Diagnostic[] => {
  const beyond = [
    ...config.disks.flatMap(beyondStanza),
    ...config.arrays.map(({ origin }) => ({ what: 'a RAID array', origin })),
    ...config.btrfs.map(({ origin }) => ({ what: 'btrfs', origin })),
    ...config.encrypted.map(({ origin }) => ({ what: 'an encrypted device', origin })),
    ...config.volumeGroups.map(({ origin }) => ({ what: 'a volume group', origin })),
    ...config.nfs.map(({ origin }) => ({ what: 'nfs', origin })),
  ]
  const [first] = beyond.sort((left, right) => comparePlaces(left.origin, right.origin))
  if (first === undefined) return []
  const message = `${first.what} is not supported in an image yet`
  return [errorAt('disk-config-unsupported', message, first.origin)]
}

type Beyond = { readonly what: string; readonly origin: Origin }

const beyondStanza = ({
  isVirtual,
  isWhole,
  preserveAll,
  volumes,
  origin,
}: DiskStanza): readonly Beyond[] => [
  ...(isVirtual ? [{ what: '"virtual"', origin }] : []),
  ...(isWhole ? [{ what: '"vg:1"', origin }] : []),
  ...(preserveAll === undefined ? [] : [{ what: `"preserve_${preserveAll}:all"`, origin }]),
  ...volumes.flatMap(beyondVolume),
]

const beyondVolume = (volume: Volume): readonly Beyond[] => {
  const { kind, preserve, resize, encrypt, filesystem, origin } = volume
  return [
    ...(kind === 'raw-disk' ? [{ what: '"raw-disk"', origin }] : []),
    ...(preserve === undefined ? [] : [{ what: `"preserve_${preserve}"`, origin }]),
    ...(resize ? [{ what: '"resize"', origin }] : []),
    ...(encrypt === undefined ? [] : [{ what: '":encrypt"', origin }]),
    ...(FILESYSTEMS.includes(filesystem) ? [] : [{ what: `the file system "${filesystem}"`, origin }]),
  ]
}
