import type {
  BtrfsVolume,
  CryptVolume,
  FstabKey,
  LogicalVolume,
  RaidVolume,
  Volume,
  VolumeGroup,
} from '../../language/disk-config.ts'
import type { FoundArray, FoundGroup, FoundPartition, FoundVolume } from '../../model/storage.ts'

/** What all disks of a machine will look like; every list is in the order of the configuration. */
export type StorageLayout = {
  readonly disks: readonly DiskLayout[]
  readonly arrays: readonly ArrayLayout[]
  readonly btrfs: readonly BtrfsLayout[]
  readonly encrypted: readonly EncryptedLayout[]
  readonly volumeGroups: readonly GroupLayout[]
}

/** What one disk will look like. Positions are bytes from its start; partitions stand in the order of their numbers. */
export type DiskLayout = {
  /** Device of the disk while it is installed, such as `/dev/sda`. */
  readonly device: string
  readonly table: 'gpt' | 'msdos'
  readonly sizeBytes: number
  readonly sectorBytes: number
  readonly partitions: readonly Partition[]
  readonly fstabKey: FstabKey
  /** Whether the stanza says `bootable:N`. */
  readonly isBootDisk: boolean
  /** No table is written: all of it is preserved, it is `virtual`, or the disk is used as a whole. */
  readonly keepsTable: boolean
  /** `raw-disk`: the disk itself is the volume. */
  readonly whole?: Volume
  /** What is on the disk itself stays: the file system of `whole`, or a physical volume. */
  readonly isWholeKept?: boolean
}

/**
 * One partition of a layout. `extended`, `bios-grub` and those that only a kept table has are without a volume: no line
 * asked for them.
 */
export type Partition = {
  readonly number: number
  readonly kind: 'primary' | 'logical' | 'extended' | 'bios-grub'
  /** Device of the partition while it is installed. */
  readonly device: string
  /** Name in a GPT. FAI gives a partition without a name the name of one blank. */
  readonly name?: string
  readonly startByte: number
  readonly sizeBytes: number
  /** GUID of the type in a GPT, two hexadecimal digits in an msdos table; upper case. */
  readonly type: string
  /** The active flag of an msdos table. */
  readonly active: boolean
  readonly volume?: Volume
  /** What is there and stays, though its size may become another; absent for a new partition. */
  readonly kept?: FoundPartition
  /**
   * Whether its file system is made: a new one always unless something else is built on it, a kept one where the
   * configuration says so. A btrfs is made once, as its `BtrfsLayout` says.
   */
  readonly isFormatted: boolean
}

/** One md array. */
export type ArrayLayout = {
  /** `/dev/md0`, numbered by the order of the configuration. */
  readonly device: string
  /** Devices in the order written, `missing` for those that are not there yet. */
  readonly members: readonly string[]
  readonly spares: readonly string[]
  /** Estimated from the smallest member. */
  readonly sizeBytes: number
  readonly volume: RaidVolume
  readonly kept?: FoundArray
  readonly isFormatted: boolean
}

/** One btrfs over one or more devices, and its subvolumes in file order. */
export type BtrfsLayout = {
  readonly devices: readonly string[]
  readonly subvolumes: readonly { readonly name: string; readonly volume: BtrfsVolume }[]
  /** It is the file system of a line of another stanza, whose row in `fstab` comes from there. */
  readonly isLine?: boolean
  /** It is there and stays: neither it nor its subvolumes are made. */
  readonly isKept?: boolean
}

/** One dm-crypt mapping; whatever uses `on` later uses `device` instead. */
export type EncryptedLayout = {
  /** `crypt` and the path of the device, each `/` as `_`: `crypt_dev_sda4`. */
  readonly name: string
  /** `/dev/mapper/crypt_dev_sda4`. */
  readonly device: string
  readonly on: string
  readonly sizeBytes: number
  readonly volume: CryptVolume
}

/** One volume group. */
export type GroupLayout = {
  readonly name: string
  readonly devices: readonly string[]
  /** Estimated: 99 % of its physical volumes. */
  readonly sizeBytes: number
  readonly group: VolumeGroup
  readonly kept?: FoundGroup
  readonly volumes: readonly LogicalLayout[]
}

/** One logical volume. */
export type LogicalLayout = {
  readonly name: string
  /** `/dev/vg0/root`. */
  readonly device: string
  readonly sizeBytes: number
  readonly volume: LogicalVolume
  readonly kept?: FoundVolume
  readonly isFormatted: boolean
}

/** A partition table with every number of it given, so that the same plan makes the same table. */
export type PartitionTable = {
  readonly format: 'gpt' | 'dos'
  /** GUID of a GPT in upper case, `0x` and eight digits for an msdos table. */
  readonly id: string
  readonly sectorBytes: number
  readonly partitions: readonly TableRow[]
}

/** One row of a partition table; positions in sectors, GUIDs in upper case. */
export type TableRow = {
  readonly number: number
  readonly startSector: number
  readonly sizeSectors: number
  readonly type: string
  readonly name?: string
  readonly uuid?: string
  /** Attributes of a GPT as sfdisk writes them. */
  readonly attributes?: string
  readonly active: boolean
}
