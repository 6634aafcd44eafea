import t from 'tap'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { parseDiskConfig } from './disk-config-parse.ts'

const messages = (text: string): string[] => parseDiskConfig(text, 'CLASS').diagnostics.map(formatDiagnostic)
const INVALID = 'error disk-config-invalid: CLASS:'
const LEFT_ASIDE = 'warning disk-config-invalid: CLASS:'
const DISK = 'disk_config disk1\n'
const NONE = 'primary - 1G - -\n'
const primaries = (count: number) => NONE.repeat(count)

const contradictions: Record<string, { text: string; want: string[] }> = {
  'an empty file': { text: '# nothing\n', want: ['error disk-config-invalid: CLASS: no disk is configured'] },
  'a line before any stanza': {
    text: NONE,
    want: [`${INVALID}1:1: "primary" was wanted below "disk_config DISK", found below no "disk_config"`],
  },
  'a line behind the end': {
    text: `${DISK}${NONE}disk_config end\nvg a sda1\n`,
    want: [`${INVALID}4:1: "vg" was wanted below "disk_config lvm", found below "disk_config end"`],
  },
  'lines in wrong stanzas': {
    text: `${DISK}raid1 / sda1,sdb1 ext4 rw\nluks:"secret" / sda1 ext4 rw\ndisk_config tmpfs\nswap swap sda1 swap sw\ndisk_config nfs\na-b / 1G ext4 rw\n`,
    want: [
      `${INVALID}2:1: "raid1" was wanted below "disk_config raid", found below "disk_config disk1"`,
      `${INVALID}3:1: "luks" was wanted below "disk_config cryptsetup", found below "disk_config disk1"`,
      `${INVALID}5:1: "swap" was wanted below "disk_config cryptsetup", found below "disk_config tmpfs"`,
      `${INVALID}7:1: "a-b" was wanted below "disk_config lvm", found below "disk_config nfs"`,
    ],
  },
  'a stanza without a line': { text: DISK, want: [`${INVALID}1:13: the stanza has no partition`] },
  'arrays and btrfs without a line': {
    text: 'disk_config raid\ndisk_config btrfs\ndisk_config lvm\ndisk_config cryptsetup\n',
    want: [
      `${INVALID}1:13: "disk_config raid" has no line`,
      `${INVALID}2:13: "disk_config btrfs" has no line`,
    ],
  },
  'a disk configured twice': {
    text: `disk_config sda\n${NONE}disk_config /dev/sda\n${NONE}`,
    want: [`${INVALID}3:13: disk "/dev/sda" is configured twice\n  CLASS:1:13`],
  },
  'five primary partitions': {
    text: `${DISK}${primaries(5)}`,
    want: [`${INVALID}6:1: at most 4 primary partitions were wanted, found 5`],
  },
  'no room for the extended partition': {
    text: `${DISK}logical - 1G - -\n${primaries(4)}`,
    want: [`${INVALID}2:1: with 4 primary partitions there is no room for an extended one`],
  },
  'logical partitions in a GPT': {
    text: 'disk_config disk1 disklabel:gpt-bios\nlogical - 1G - -\n',
    want: [`${INVALID}2:1: a GPT has no logical partitions`],
  },
  'raw-disk beside a partition': {
    text: `${DISK}${NONE}raw-disk / 0 ext4 rw\n`,
    want: [`${INVALID}3:1: "raw-disk" takes the whole disk, so that it is the only line of its stanza`],
  },
  'options for partitions that are not defined': {
    text: `disk_config disk1 bootable:4 preserve_always:1,3 resize:2 always_format:5,0\n${NONE}logical - 1G - -\n`,
    want: [
      `${INVALID}1:13: partition 4 of "bootable" is not defined`,
      `${INVALID}1:46: partition 3 of "preserve_always" is not defined`,
      `${INVALID}1:57: the logical partitions were wanted in "resize", found the extended one, 2`,
      `${INVALID}1:73: partition 0 of "always_format" is not defined`,
    ],
  },
  'options for arrays and volumes that are not defined': {
    text: 'disk_config raid preserve_lazy:0,1\nraid1 / sda1,sdb1 ext4 rw\ndisk_config lvm resize:a-b,a-c\nvg a sda2\na-b - 1G - -\n',
    want: [
      `${INVALID}1:32: array md1 of "preserve_lazy" is not defined`,
      `${INVALID}3:24: volume a-c of "resize" is not defined`,
    ],
  },
  'a group declared twice': {
    text: 'disk_config lvm\nvg a sda1\nvg a sda2\n',
    want: [`${INVALID}3:1: volume group "a" is declared twice\n  CLASS:2:1`],
  },
  'a volume declared twice': {
    text: 'disk_config lvm\nvg a sda1\na-b - 1G - -\na-b - 2G - -\n',
    want: [`${INVALID}4:1: volume "a-b" is declared twice\n  CLASS:3:1`],
  },
  'a volume before its group': {
    text: 'disk_config lvm\na-b - 1G - -\nvg a sda1\n',
    want: [`${INVALID}2:1: a line "vg a DEVICES" was wanted above its volumes, found none`],
  },
  'mount points used twice': {
    text: `disk_config tmpfs\ntmpfs /a - rw\ndisk_config disk1\nprimary /a 1G ext4 rw\nprimary /b 1G ext4 rw\nprimary swap 1G swap sw\nlogical swap 1G swap sw\ndisk_config nfs\nnfs srv:/b /b rw\n`,
    want: [
      `${INVALID}4:1: mount point "/a" is used twice\n  CLASS:2:1`,
      `${INVALID}9:1: mount point "/b" is used twice\n  CLASS:5:1`,
    ],
  },
  'mount points that sameas copies': {
    text: `${DISK}primary /a 1G ext4 rw\nprimary /b 1G ext4 rw\ndisk_config disk2 sameas:disk1\n`,
    want: [`${INVALID}4:13: mount point "/a" is used twice\n  CLASS:2:1`],
  },
  'mount points on members': {
    text: `${DISK}primary /a 1G ext4 rw\nprimary - 1G - -
disk_config /dev/nvme0n1\nprimary swap 1G swap sw
disk_config /dev/disk/by-id/X\nprimary /c 1G ext4 rw
disk_config sdz\nraw-disk /z 0 ext4 rw
disk_config raid\nraid1 /d disk1.1,disk1.2 ext4 rw
disk_config lvm\nvg v md0,nvme0n1p1\nv-w /w 1G ext4 rw\nvg y sdz
disk_config cryptsetup\nluks - /dev/v/w - -\nluks - /dev/disk/by-id/X-part1 - -
luks /e sdy1 ext4 rw
disk_config btrfs\nbtrfs single /f sdy1 subvol=@\n`,
    want: [
      `${INVALID}2:1: "disk1.1" cannot be mounted at "/a" and belong to something else\n  CLASS:11:10`,
      `${INVALID}5:1: "nvme0n1p1" cannot be mounted at "swap" and belong to something else\n  CLASS:13:10`,
      `${INVALID}7:1: "/dev/disk/by-id/X-part1" cannot be mounted at "/c" and belong to something else\n  CLASS:18:8`,
      `${INVALID}9:1: "sdz" cannot be mounted at "/z" and belong to something else\n  CLASS:15:6`,
      `${INVALID}11:1: "md0" cannot be mounted at "/d" and belong to something else\n  CLASS:13:6`,
      `${INVALID}14:1: "/dev/v/w" cannot be mounted at "/w" and belong to something else\n  CLASS:17:8`,
      `${INVALID}19:1: "sdy1" cannot be mounted at "/e" and belong to something else\n  CLASS:21:17`,
    ],
  },
  'devices used twice': {
    text: `disk_config raid\nraid1 - sda1,sdb1 - -\nraid1 - /dev/sda1,sdc1,sdx1:missing - -\nraid1 - disk1.1,disk01.01,sdx1:missing - -
disk_config lvm\nvg v sdb1\ndisk_config cryptsetup\nluks - md0 - -\nluks - md0 - -\n`,
    want: [
      `${INVALID}3:9: "/dev/sda1" is used twice\n  CLASS:2:9`,
      `${INVALID}4:17: "disk01.01" is used twice\n  CLASS:4:9`,
      `${INVALID}6:6: "sdb1" is used twice\n  CLASS:2:14`,
      `${INVALID}9:8: "md0" is used twice\n  CLASS:8:8`,
    ],
  },
  'columns that do not fit together': {
    text: `${DISK}primary swap 1G ext4 sw\nprimary /a 1G swap sw\nprimary /b 1G - rw\ndisk_config cryptsetup\nluks /c sda9 - rw\n`,
    want: [
      `${INVALID}2:1: file system "ext4" did not fit the mount point "swap"`,
      `${INVALID}3:1: file system "swap" did not fit the mount point "/a"`,
      `${INVALID}4:1: a file system was wanted for the mount point "/b"`,
      `${INVALID}6:1: a file system was wanted for the mount point "/c"`,
    ],
  },
  tuneopts: {
    text: `disk_config disk1 preserve_always:2
primary /a 1G xfs rw tuneopts="-c 3"
primary /b 1G xfs rw tuneopts="-c 3"
primary - 1G ext4_journal - tuneopts="-c 3"
logical /c 1G ext4:journal=/dev/sda3 rw tuneopts="-c 3"
logical /d 1G reiserfs rw tuneopts="-c 3"
`,
    want: [
      `${INVALID}2:1: tuneopts do not apply to "xfs"`,
      `${LEFT_ASIDE}3:1: tuneopts do not apply to "xfs" and are left aside`,
      `${LEFT_ASIDE}4:1: tuneopts do not apply to "ext4_journal" and are left aside`,
    ],
  },
  'a line that sameas copies': {
    text: `${DISK}primary - 1G xfs - tuneopts="-c 3"\ndisk_config disk2 sameas:disk1\n`,
    want: [`${INVALID}2:1: tuneopts do not apply to "xfs"`],
  },
}

for (const [name, { text, want }] of Object.entries(contradictions)) {
  t.test(name, async t => t.strictSame(messages(text), want))
}

/** What looks like a contradiction and is none. */
const fine: Record<string, string> = {
  'virtual has as many primary partitions as there are': `disk_config disk1 virtual\n${primaries(6)}`,
  'vg:1 needs no partition': 'disk_config disk1 vg:1 bootable:1\n',
  'bootable of the extended partition': 'disk_config disk1 bootable:1\nlogical - 1G - -\n',
  'bootable:0 and bootable of a raw disk': `disk_config disk1 bootable:0\n${NONE}disk_config disk2 bootable:1\nraw-disk / 0 ext4 rw\n`,
  'a group on what is encrypted': 'disk_config cryptsetup\nluks - sda1 - -\ndisk_config lvm\nvg v sda1\n',
  'several subvolumes of the same devices':
    'disk_config btrfs\nbtrfs single /a sda1 subvol=@a\nbtrfs single /b sda1 subvol=@b\n',
  'btrfs on a logical volume has no subvolume': 'disk_config lvm\nvg v sda1\nv-a / 1G btrfs rw\n',
  'an empty stanza beside one of its kind': 'disk_config raid\nraid1 - sda1,sdb1 - -\ndisk_config raid\n',
  'only what is no disk': 'disk_config nfs\nnfs srv:/a /a rw\n',
}

for (const [name, text] of Object.entries(fine)) {
  t.test(name, async t => {
    const { value, diagnostics } = parseDiskConfig(text, 'CLASS')
    t.strictSame(diagnostics, [])
    t.ok(value)
  })
}
