import type { Origin } from '../diagnostic/diagnostic.ts'
import type { Size, SizeRange } from './size.ts'

/** What a file of FAI's `disk_config` asks for (setup-storage.md, section 3); every list is in file order. */
export type DiskConfig = {
  readonly disks: readonly DiskStanza[]
  /** Numbered md0, md1, … in this order. */
  readonly arrays: readonly RaidVolume[]
  readonly btrfs: readonly BtrfsVolume[]
  readonly encrypted: readonly CryptVolume[]
  readonly volumeGroups: readonly VolumeGroup[]
  readonly tmpfs: readonly Tmpfs[]
  readonly nfs: readonly NfsMount[]
}

/** How the rows of `fstab` name devices. */
export type FstabKey = 'device' | 'label' | 'uuid' | 'partuuid' | 'partlabel'

/** What becomes of a volume that is there already (setup-storage.md, section 8). */
export type Keep = {
  /** It stays: always; unless this is a first installation; or, where it is there, instead of being made. */
  readonly preserve?: 'always' | 'reinstall' | 'lazy'
  /** It stays, with another size. */
  readonly resize: boolean
  /** Its file system is made anew, though it stays. */
  readonly alwaysFormat: boolean
}

/** What the line of a volume says of its content. */
export type Content = {
  /** A path, `swap`, or `-` for none. */
  readonly mountPoint: string
  /** Behind the mount point: the old spelling of LUKS with a key file. */
  readonly encrypt?: { readonly randomFill: boolean }
  /** As written: `ext4`, `swap`, `-`, `ext4:journal=/dev/sdb1`, `xfs_journal`. */
  readonly filesystem: string
  readonly mountOptions: string
  /** Options of `mkfs`, as written: variables are not put in yet. */
  readonly createOptions: string
  /** Options of `tune2fs` or `reiserfstune`, as written. */
  readonly tuneOptions: string
  readonly origin: Origin
}

/** One `disk_config DISK` with its lines; what `sameas` copies is in it already. */
export type DiskStanza = {
  /** `disk1` is the first disk of the machine; else a name such as `sda` or `/dev/sda`, or a pattern of the shell. */
  readonly disk: string
  readonly partitionTable: 'msdos' | 'gpt' | 'gpt-bios'
  readonly bootable?: number
  readonly fstabKey: FstabKey
  /** Starts and ends are multiples of this; of a sector where it is absent. */
  readonly alignBytes?: number
  /** Its partitions are there and stay as they are: no table is written. */
  readonly isVirtual: boolean
  /** `vg:1`: no partitions are wanted, the disk is used as a whole. */
  readonly isWhole: boolean
  /** `preserve_…:all`, which also keeps the table itself. */
  readonly preserveAll?: 'always' | 'reinstall' | 'lazy'
  readonly volumes: readonly Volume[]
  readonly origin: Origin
}

/** One partition as it is asked for, or with `raw-disk` the disk itself. */
export type Volume = Content &
  Keep & {
    readonly kind: 'primary' | 'logical' | 'raw-disk'
    /** Name in a GPT; absent for a line that starts with `primary`. */
    readonly name?: string
    readonly size: SizeRange
  }

/** A word of a list of devices. */
export type DeviceRef = {
  /** As written, without `:spare` and `:missing`: `disk2.1`, `sda1`, `md0`, `/dev/disk/by-id/X-part1`. */
  readonly text: string
  /** Of `disk2.1`: 2, and 1. */
  readonly disk?: number
  readonly partition?: number
  readonly isSpare: boolean
  readonly isMissing: boolean
  readonly origin: Origin
}

/** A line of a raid stanza. */
export type RaidVolume = Content &
  Keep & {
    readonly level: '0' | '1' | '5' | '6' | '10'
    readonly devices: readonly DeviceRef[]
    /** `mdcreateopts`, as written. */
    readonly arrayOptions: string
    readonly fstabKey: FstabKey
  }

/** A line of a btrfs stanza: one file system, or one more subvolume of the one that is on the same devices. */
export type BtrfsVolume = Pick<
  Content,
  'mountPoint' | 'mountOptions' | 'createOptions' | 'tuneOptions' | 'origin'
> & {
  readonly profile: 'single' | 'raid0' | 'raid1' | 'raid5' | 'raid6' | 'raid10'
  readonly devices: readonly DeviceRef[]
  /** `btrfscreateopts`, as written. */
  readonly btrfsOptions: string
  readonly fstabKey: FstabKey
}

/** A line of a cryptsetup stanza. */
export type CryptVolume = Content & {
  readonly kind: 'luks' | 'tmp' | 'swap'
  /** Of `luks:"…"`; a key file is made where it is absent. Never shown. */
  readonly passphrase?: string
  readonly device: DeviceRef
  /** `lukscreateopts`, as written. */
  readonly luksOptions: string
  /** The device is filled with random octets first. */
  readonly randomFill: boolean
}

/** A `vg` line, and the `VG-LV` lines that name it. */
export type VolumeGroup = {
  readonly name: string
  readonly devices: readonly DeviceRef[]
  /** `pvcreateopts` and `vgcreateopts`, as written. */
  readonly physicalOptions: string
  readonly groupOptions: string
  readonly fstabKey: FstabKey
  readonly volumes: readonly LogicalVolume[]
  readonly origin: Origin
}

/** A `VG-LV` line. */
export type LogicalVolume = Content &
  Keep & {
    readonly name: string
    readonly size: SizeRange
    /** `lvcreateopts`, as written. */
    readonly volumeOptions: string
  }

/** A file system in memory. */
export type Tmpfs = {
  readonly mountPoint: string
  readonly size?: Size
  readonly mountOptions: string
  readonly origin: Origin
}

/** A line of an nfs stanza. */
export type NfsMount = {
  readonly source: string
  readonly mountPoint: string
  readonly mountOptions: string
  readonly origin: Origin
}
