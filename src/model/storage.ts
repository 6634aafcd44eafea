/**
 * The storage of a machine as plain data: what `disks inspect` prints, `--machine FILE` reads, and a layout is planned
 * from. Sizes and positions are bytes, devices are absolute paths.
 */
export type Storage = {
  /** Of the machine, for sizes such as `RAM:50%`. */
  readonly memoryBytes: number
  /** Disks with a size, in the order of their names. */
  readonly disks: readonly FoundDisk[]
  readonly arrays: readonly FoundArray[]
  readonly volumeGroups: readonly FoundGroup[]
  readonly encrypted: readonly FoundEncrypted[]
}

/** What uses a device now: nothing may write to one that is in use. */
export type Use = {
  /** Mount points, and `swap` for active swap. */
  readonly mountPoints: readonly string[]
  /** Names of devices that are built on this one: `md0`, `dm-3`. */
  readonly holders: readonly string[]
}

/** The signature of what a device holds (`blkid -p`). */
export type FoundContent = {
  /** `ext4`, `swap`, `LVM2_member`, `linux_raid_member`, `crypto_LUKS`, … */
  readonly type: string
  readonly uuid?: string
  readonly label?: string
}

/** A disk as it was found. */
export type FoundDisk = Use & {
  /** Short: `sda`, `nvme0n1`. */
  readonly name: string
  /** `/dev/sda`. */
  readonly device: string
  /** Further names below `/dev/disk`. */
  readonly links: readonly string[]
  readonly sizeBytes: number
  /** Logical sectors, which positions in a table are counted in. */
  readonly sectorBytes: number
  readonly isReadOnly: boolean
  /** What a BIOS would say, for the alignment of an msdos table that keeps a partition. */
  readonly geometry?: { readonly heads: number; readonly sectors: number }
  readonly model?: string
  readonly serial?: string
  readonly table?: FoundTable
  /** On the disk as a whole, where there is no table. */
  readonly content?: FoundContent
}

/** A partition table as it was found. */
export type FoundTable = {
  readonly format: 'gpt' | 'dos'
  /** GUID of a GPT in upper case, `0x` and eight digits for an msdos table. */
  readonly id?: string
  /** In the order of their numbers, extended ones included. */
  readonly partitions: readonly FoundPartition[]
}

/** A partition as it was found. */
export type FoundPartition = Use & {
  readonly number: number
  readonly device: string
  readonly kind: 'primary' | 'extended' | 'logical'
  readonly startByte: number
  readonly sizeBytes: number
  /** GUID of the type in a GPT, hexadecimal digits in an msdos table; upper case. */
  readonly type: string
  readonly name?: string
  readonly uuid?: string
  /** Attributes of a GPT as sfdisk writes them. */
  readonly attributes?: string
  /** The active flag of an msdos table. */
  readonly isActive: boolean
  readonly content?: FoundContent
}

/** An md array, running or only in the superblocks of its members. */
export type FoundArray = Use & {
  readonly device: string
  readonly level: string
  readonly uuid?: string
  readonly isRunning: boolean
  readonly sizeBytes?: number
  readonly members: readonly string[]
  readonly spares: readonly string[]
  readonly content?: FoundContent
}

/** An LVM volume group. */
export type FoundGroup = {
  readonly name: string
  readonly uuid?: string
  readonly sizeBytes: number
  readonly extentBytes: number
  /** Devices of its physical volumes; `[unknown]` for one that is missing. */
  readonly physicalVolumes: readonly string[]
  readonly volumes: readonly FoundVolume[]
}

/** An LVM logical volume. */
export type FoundVolume = Use & {
  readonly name: string
  /** `/dev/VG/LV`. */
  readonly device: string
  readonly sizeBytes: number
  readonly isActive: boolean
  readonly content?: FoundContent
}

/** An open dm-crypt mapping. */
export type FoundEncrypted = Use & {
  /** Below `/dev/mapper`. */
  readonly name: string
  readonly device: string
  /** What it lies on. */
  readonly on: string
  readonly content?: FoundContent
}

/** Device of a partition: behind a name that ends in a digit stands a `p`, as the kernel has it. Pure. */
export const partitionDevice = (device: string, number: number): string =>
  /[0-9]$/.test(device) ? `${device}p${number}` : `${device}${number}`
