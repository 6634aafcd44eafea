/** A configuration for a machine that another one was applied to before. */
export type KillCase = {
  /** Of the disks, in MiB. */
  readonly sizes: readonly number[]
  readonly before: string
  /** Devices that then get files; all of them are preserved. */
  readonly marked: readonly string[]
  readonly config: string
  readonly options?: readonly string[]
}

/** Layouts to be killed in, by name: the plain ones. */
export const PLAIN_CASES: Readonly<Record<string, KillCase>> = {
  'msdos over gpt': {
    sizes: [160],
    before: `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary /var 40- ext4 rw
`,
    marked: [],
    config: `disk_config disk1 disklabel:msdos bootable:1
primary / 60 ext4 rw createopts="-L root" tuneopts="-c 0"
primary swap 20 swap sw createopts="-L paging"
primary /home 40- ext4 rw createopts="-L home"
`,
  },
  'labels in fstab': {
    sizes: [160],
    before: `disk_config disk1 disklabel:gpt
primary / 100 ext4 rw
`,
    marked: [],
    config: `disk_config disk1 disklabel:gpt fstabkey:label
primary / 60 ext4 rw createopts="-L root"
primary swap 20- swap sw createopts="-L swap"
`,
  },
  'gpt-bios with the second preserved': {
    sizes: [160],
    before: `disk_config disk1 disklabel:gpt-bios
primary / 40 ext4 rw
primary /home 60 ext4 rw
`,
    marked: ['/dev/sdx2'],
    config: `disk_config disk1 disklabel:gpt-bios preserve_always:2
primary / 40 ext4 rw
primary /home 60 ext4 rw
primary /var 20- ext4 rw
`,
  },
  preserve_reinstall: {
    sizes: [160],
    before: `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary /home 60 ext4 rw
`,
    marked: ['/dev/sdx2'],
    config: `disk_config disk1 disklabel:gpt preserve_reinstall:2
primary / 40 ext4 rw createopts="-L root"
primary /home 60 ext4 rw
primary swap 20- swap sw
`,
  },
  preserve_lazy: {
    sizes: [160],
    before: `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary /home 60 ext4 rw
`,
    marked: ['/dev/sdx2'],
    config: `disk_config disk1 disklabel:gpt preserve_lazy:2,3
primary / 40 ext4 rw
primary /home 60 ext4 rw
primary /srv 20- ext4 rw
`,
  },
  'a file system on the whole disk': {
    sizes: [120],
    before: `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary swap 20- swap sw
`,
    marked: [],
    config: `disk_config disk1 fstabkey:uuid
raw-disk /srv 100 ext4 rw createopts="-F"
`,
  },
}

/** The rich ones: everything is killed once. */
export const RICH_CASES: Readonly<Record<string, KillCase>> = {
  'msdos with a preserved logical partition': {
    sizes: [200],
    before: `disk_config disk1 disklabel:msdos
primary / 40 ext4 rw
logical /home 60 ext4 rw
logical /tmp 20 ext4 rw
`,
    marked: ['/dev/sdx5'],
    config: `disk_config disk1 disklabel:msdos preserve_always:5 fstabkey:uuid
primary / 30 ext4 rw createopts="-L root"
logical /home 60 ext4 rw
logical swap 20 swap sw
logical /srv 20- ext4 rw tuneopts="-c 0"
`,
  },
  'two disks, one with a preserved partition': {
    sizes: [160, 160],
    before: `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary /home 60 ext4 rw
disk_config disk2 disklabel:msdos
primary /srv 100 ext4 rw
`,
    marked: ['/dev/sdx2'],
    config: `disk_config disk1 disklabel:gpt preserve_always:2 fstabkey:partuuid
primary / 40 ext4 rw
primary /home 60 ext4 rw
disk_config disk2 disklabel:gpt
primary swap 20 swap sw
primary /srv 60 ext4 rw createopts="-L srv"
primary /esp 30- vfat rw
`,
  },
  'btrfs with a subvolume': {
    sizes: [320],
    before: `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary /home 60 ext4 rw
`,
    marked: ['/dev/sdx2'],
    config: `disk_config disk1 disklabel:gpt preserve_always:2 fstabkey:uuid
primary /boot 40 ext4 rw
primary /home 60 ext4 rw
primary / 130- btrfs noatime,subvol=@
`,
  },
}

const LARGE = `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary /home 120 ext4 rw
`

/** Those in which a preserved file system gets another size. */
export const RESIZE_CASES: Readonly<Record<string, KillCase>> = {
  'ext4 shrinks and gives room': {
    sizes: [200],
    before: LARGE,
    marked: ['/dev/sdx2'],
    config: `disk_config disk1 disklabel:gpt resize:2 fstabkey:uuid
primary / 40 ext4 rw
primary /home 60 ext4 rw
primary /srv 30- ext4 rw
`,
  },
  'ext4 grows': {
    sizes: [200],
    before: `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary /home 60 ext4 rw
primary /srv 30- ext4 rw
`,
    marked: ['/dev/sdx2'],
    config: `disk_config disk1 disklabel:gpt resize:2 fstabkey:uuid
primary / 40 ext4 rw
primary /home 120- ext4 rw
`,
  },
  'btrfs shrinks': {
    sizes: [420],
    before: `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary /home 340 btrfs subvol=@home
`,
    marked: ['/dev/sdx2'],
    config: `disk_config disk1 disklabel:gpt resize:2 fstabkey:uuid
primary / 40 ext4 rw
primary /home 280 btrfs subvol=@home
primary swap 20- swap sw
`,
  },
  'xfs grows': {
    sizes: [420],
    before: `disk_config disk1 disklabel:gpt
primary / 40 ext4 rw
primary /home 310 xfs rw
`,
    marked: ['/dev/sdx2'],
    config: `disk_config disk1 disklabel:gpt resize:2
primary / 40 ext4 rw
primary /home 360- xfs rw
`,
  },
}
