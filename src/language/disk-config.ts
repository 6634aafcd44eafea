import type { Origin } from '../diagnostic/diagnostic.ts'
import type { Size, SizeRange } from './size.ts'

/** What a file of FAI's `disk_config` asks for. */
export type DiskConfig = { readonly disks: readonly DiskStanza[]; readonly tmpfs: readonly Tmpfs[] }

/** How the rows of `fstab` name the devices of a disk. */
export type FstabKey = 'device' | 'label' | 'uuid' | 'partuuid' | 'partlabel'

/** One `disk_config DISK` with its lines. */
export type DiskStanza = {
  /** `disk1` is the first disk of the machine; else a name such as `sda` or `/dev/sda`. */
  readonly disk: string
  readonly partitionTable: 'msdos' | 'gpt' | 'gpt-bios'
  readonly bootable?: number
  readonly fstabKey: FstabKey
  /** Starts and ends are multiples of this; of a sector where it is absent. */
  readonly alignBytes?: number
  readonly volumes: readonly Volume[]
  readonly origin: Origin
}

/** One partition as it is asked for. */
export type Volume = {
  readonly kind: 'primary' | 'logical'
  /** Name in a GPT; absent for a line that starts with `primary`. */
  readonly name?: string
  /** A path, `swap`, or `-` for none. */
  readonly mountPoint: string
  readonly size: SizeRange
  readonly filesystem: Filesystem
  readonly mountOptions: string
  /** Options of `mkfs`, as written: variables are not put in yet. */
  readonly createOptions: string
  /** Options of `tune2fs`, as written. */
  readonly tuneOptions: string
  readonly origin: Origin
}

/** File systems that there is a plan for; `-` is a partition without one. */
export type Filesystem = (typeof FILESYSTEMS)[number]

/** The names of the file systems that there is a plan for. */
export const FILESYSTEMS = ['-', 'swap', 'ext2', 'ext3', 'ext4', 'xfs', 'vfat', 'msdos'] as const

/** A file system in memory. */
export type Tmpfs = {
  readonly mountPoint: string
  readonly size?: Size
  readonly mountOptions: string
  readonly origin: Origin
}
