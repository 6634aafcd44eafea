import type { FstabKey, Volume } from '../../language/disk-config.ts'

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
}

/** One partition of a layout. `extended` and `bios-grub` have no volume: no line asked for them. */
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
  readonly active: boolean
}
