import t from 'tap'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { parseDiskConfig } from './disk-config-parse.ts'

const messages = (text: string): string[] => parseDiskConfig(text, 'CLASS').diagnostics.map(formatDiagnostic)
const SYNTAX = 'error disk-config-syntax: CLASS:'
const INVALID = 'error disk-config-invalid: CLASS:'
const END = 'createopts="...", tuneopts="..." or the end of the line was wanted'
const SIZE = 'a size such as "500", "1G-2G", "10%-" or "RAM:50%" was wanted'
const UNIT =
  'a size is a whole number with a unit, "B", "%", or "k", "M", "G", "T", "P" with or without "B" or "iB"'

/** Below `disk_config disk1`, in line 2. */
const partitions: Record<string, { line: string; want: string }> = {
  'an unknown word': {
    line: 'primry / 1G ext4 rw',
    want: `${SYNTAX}2:1: "primary", "logical", "raw-disk" or "p=NAME" was wanted, found "primry"`,
  },
  'a name that ends too early': {
    line: 'p=a/b / 1G ext4 rw',
    want: `${SYNTAX}2:1: "primary", "logical", "raw-disk" or "p=NAME" was wanted, found "p=a/b"`,
  },
  'a missing column': {
    line: 'primary / 1G ext4',
    want: `${SYNTAX}2:18: a field of mount options was wanted, found the end of the line`,
  },
  'a missing column before a comment': {
    line: 'primary / 1G ext4 # rw',
    want: `${SYNTAX}2:19: a field of mount options was wanted, found the end of the line`,
  },
  'a relative mount point': {
    line: 'primary home 1G ext4 rw',
    want: `${SYNTAX}2:9: a mount point that starts with "/", "swap" or "-" was wanted, found "home"`,
  },
  'an unknown suffix of a mount point': {
    line: 'primary /x:crypt 1G ext4 rw',
    want: `${SYNTAX}2:11: ":encrypt" or ":encrypt:randinit" was wanted, found ":crypt"`,
  },
  'a size without digits': { line: 'primary / big ext4 rw', want: `${SYNTAX}2:11: ${SIZE}, found "big"` },
  'a dash as a size': { line: 'primary / - ext4 rw', want: `${SYNTAX}2:11: ${SIZE}, found "-"` },
  'an upper limit without a blank': {
    line: 'primary / -5Gext4 rw',
    want: `${SYNTAX}2:11: ${SIZE}, found "-5Gext4"`,
  },
  'a part of the memory without "%"': {
    line: 'primary / RAM:50 ext4 rw',
    want: `${SYNTAX}2:11: ${SIZE}, found "RAM:50"`,
  },
  'a fraction': { line: 'primary / 1.5G ext4 rw', want: `${INVALID}2:11: ${UNIT}` },
  'a unit in small letters': { line: 'primary / 1g ext4 rw', want: `${INVALID}2:11: ${UNIT}` },
  'a unit that is none': { line: 'primary / 1G-2kM ext4 rw', want: `${INVALID}2:11: ${UNIT}` },
  'a range that ends below its start': {
    line: 'primary / 50%-10% ext4 rw',
    want: `${INVALID}2:11: the size "50%-10%" ends below its start`,
  },
  'a suffix of a size that is none': {
    line: 'primary / 1G:keep ext4 rw',
    want: `${SYNTAX}2:13: ":resize", ":preserve_always", ":preserve_reinstall" or ":preserve_lazy" was wanted, found ":keep"`,
  },
  'an option without quotes': {
    line: 'primary / 1G ext4 rw createopts=-m0',
    want: `${SYNTAX}2:22: ${END}, found "createopts=-m0"`,
  },
  'an option of another kind of volume': {
    line: 'primary / 1G ext4 rw lvcreateopts="-i2"',
    want: `${SYNTAX}2:22: ${END}, found "lvcreateopts=\\"-i2\\""`,
  },
  'a ";" of the syntax of long ago': {
    line: 'primary / 100 rw ;-m 1 ext3',
    want: `${SYNTAX}2:18: a line of the present syntax, which has no ";", was wanted, found ";"`,
  },
  'a ";" in quotes': {
    line: 'primary / 1G ext4 rw createopts="a;b"',
    want: `${SYNTAX}2:35: a line of the present syntax, which has no ";", was wanted, found ";"`,
  },
  'a carriage return': {
    line: 'primary / 1G ext4 rw\r',
    want: `${SYNTAX}2:21: a line without control characters was wanted, found "\\r"`,
  },
  'btrfs without a subvolume': {
    line: 'primary / 1G btrfs noatime',
    want: `${INVALID}2:1: "subvol=NAME" was wanted in the mount options of btrfs, found "noatime"`,
  },
}

for (const [name, { line, want }] of Object.entries(partitions)) {
  t.test(`a partition with ${name}`, async t =>
    t.strictSame(messages(`disk_config disk1\n${line}\nprimary - 1G - -\n`), [want]),
  )
}

/** A `disk_config` line, above a good line where one belongs there. */
const stanzas: Record<string, { text: string; want: string }> = {
  'no word': {
    text: 'disk_config',
    want: `${SYNTAX}1:12: a disk, "raid", "btrfs", "cryptsetup", "lvm", "tmpfs", "nfs" or "end" was wanted, found the end of the line`,
  },
  'an unknown option of a disk': {
    text: 'disk_config disk1 colour:red\nprimary - 1G - -',
    want: `${SYNTAX}1:19: "disklabel:", "bootable:", "fstabkey:", "align-at:", "virtual", "vg:", "sameas:", "preserve_always:", "preserve_reinstall:", "preserve_lazy:", "always_format:", "resize:" or the end of the line was wanted, found "colour:red"`,
  },
  'an unknown kind of table': {
    text: 'disk_config disk1 disklabel:bsd\nlogical - 1G - -',
    want: `${SYNTAX}1:29: "msdos", "gpt" or "gpt-bios" was wanted, found "bsd"`,
  },
  'names before the GPT is asked for': {
    text: 'disk_config disk1 fstabkey:partlabel disklabel:gpt\nprimary - 1G - -',
    want: `${INVALID}1:28: partitions have names only after "disklabel:gpt"`,
  },
  'an unknown key': {
    text: 'disk_config disk1 fstabkey:name\nprimary - 1G - -',
    want: `${SYNTAX}1:28: "device", "label", "uuid", "partuuid" or "partlabel" was wanted, found "name"`,
  },
  'a key that logical volumes lack': {
    text: 'disk_config lvm fstabkey:partuuid',
    want: `${SYNTAX}1:26: "device", "label" or "uuid" was wanted, found "partuuid"`,
  },
  'no number of a partition': {
    text: 'disk_config disk1 bootable:x\nprimary - 1G - -',
    want: `${SYNTAX}1:28: the number of a partition was wanted, found "x"`,
  },
  'no list': {
    text: 'disk_config disk1 preserve_always:a-b\nprimary - 1G - -',
    want: `${SYNTAX}1:35: "all" or a list of numbers such as "1,2" was wanted, found "a-b"`,
  },
  'no list of names': {
    text: 'disk_config lvm resize:1',
    want: `${SYNTAX}1:24: "all" or a list of volumes such as "vg0-root,vg0-home" was wanted, found "1"`,
  },
  'an alignment that is none': {
    text: 'disk_config disk1 align-at:5%\nprimary - 1G - -',
    want: `${INVALID}1:28: "5%" is no alignment`,
  },
  'sameas of a later disk': {
    text: 'disk_config disk1 sameas:disk2\ndisk_config disk2\nprimary - 1G - -',
    want: `${INVALID}1:26: there is no earlier stanza for "disk2"`,
  },
  'an option that arrays lack': {
    text: 'disk_config raid resize:1\nraid1 / sda1,sdb1 ext4 rw',
    want: `${SYNTAX}1:18: "preserve_always:", "preserve_reinstall:", "preserve_lazy:", "always_format:", "fstabkey:" or the end of the line was wanted, found "resize:1"`,
  },
  'an option where there are none': {
    text: 'disk_config end virtual',
    want: `${SYNTAX}1:17: the end of the line was wanted, found "virtual"`,
  },
}

for (const [name, { text, want }] of Object.entries(stanzas)) {
  t.test(`a stanza with ${name}`, async t => t.strictSame(messages(`${text}\n`), [want]))
}

/** A line in the stanza of its kind, in line 2. */
const others: Record<string, { stanza: string; line: string; want: string }> = {
  'a level that is none': {
    stanza: 'raid',
    line: 'raid4 / sda1 ext4 rw',
    want: `${SYNTAX}2:1: "raid0", "raid1", "raid5", "raid6" or "raid10" was wanted, found "raid4"`,
  },
  'no devices': {
    stanza: 'raid',
    line: 'raid1 / ext4',
    want: `${SYNTAX}2:13: a file system was wanted, found the end of the line`,
  },
  'a device that starts with a digit': {
    stanza: 'raid',
    line: 'raid1 / 1.1,2.1 ext4 rw',
    want: `${SYNTAX}2:9: a list of devices such as "disk1.2,sdb1" was wanted, found "1.1,2.1"`,
  },
  'a blank in the list': {
    stanza: 'raid',
    line: 'raid1 / sda1, sdb1 ext4 rw',
    want: `${SYNTAX}2:13: the name of a device, ":spare" or ":missing" was wanted, found ","`,
  },
  'a flag that is none': {
    stanza: 'raid',
    line: 'raid1 / sda1:hot ext4 rw',
    want: `${SYNTAX}2:13: the name of a device, ":spare" or ":missing" was wanted, found ":hot"`,
  },
  'a spare of level 0': {
    stanza: 'raid',
    line: 'raid0 / sda1,sdb1:spare ext4 rw',
    want: `${INVALID}2:14: ":spare" and ":missing" are for raid1, raid5, raid6 and raid10`,
  },
  'a missing device of a group': {
    stanza: 'lvm',
    line: 'vg v sda1:missing',
    want: `${INVALID}2:6: ":spare" and ":missing" are for raid1, raid5, raid6 and raid10`,
  },
  'special options behind common ones': {
    stanza: 'raid',
    line: 'raid1 / sda1,sdb1 ext4 rw createopts="" mdcreateopts=""',
    want: `${SYNTAX}2:41: mdcreateopts="...", ${END}, found "mdcreateopts=\\"\\""`,
  },
  'a profile that is none': {
    stanza: 'btrfs',
    line: 'btrfs dup / sda1 subvol=@',
    want: `${SYNTAX}2:7: "single", "raid0", "raid1", "raid5", "raid6" or "raid10" was wanted, found "dup"`,
  },
  'no subvolume': {
    stanza: 'btrfs',
    line: 'btrfs single / sda1 rw',
    want: `${INVALID}2:1: "subvol=NAME" was wanted in the mount options of btrfs, found "rw"`,
  },
  ':encrypt of btrfs': {
    stanza: 'btrfs',
    line: 'btrfs single /:encrypt sda1 subvol=@',
    want: `${INVALID}2:1: a line of btrfs has no ":encrypt"`,
  },
  'a passphrase without its end': {
    stanza: 'cryptsetup',
    line: 'luks:"hunter2 - sda1 - -',
    want: `${SYNTAX}2:1: "luks", "luks:\\"PASSPHRASE\\"", "tmp" or "swap" was wanted, found "luks:\\"…\\""`,
  },
  'two devices to encrypt': {
    stanza: 'cryptsetup',
    line: 'luks - sda1,sdb1 - -',
    want: `${INVALID}2:8: one device was wanted, found a list`,
  },
  'no name of a group': {
    stanza: 'lvm',
    line: 'vg a-b sda1',
    want: `${SYNTAX}2:5: a list of devices such as "disk1.2,sdb1" was wanted, found "-b"`,
  },
  'an option that groups lack': {
    stanza: 'lvm',
    line: 'vg a sda1 createopts=""',
    want: `${SYNTAX}2:11: pvcreateopts="...", vgcreateopts="..." or the end of the line was wanted, found "createopts=\\"\\""`,
  },
  'a volume with two dashes': {
    stanza: 'lvm',
    line: 'a-b-c / 1G ext4 rw',
    want: `${SYNTAX}2:1: "vg" or "VG-LV" was wanted, found "a-b-c"`,
  },
  'a part of the disk for tmpfs': {
    stanza: 'tmpfs',
    line: 'tmpfs /tmp 10% rw',
    want: `${SYNTAX}2:12: a size such as "500", "1G" or "RAM:20%", or "-" for none, was wanted, found "10%"`,
  },
  'a size of tmpfs that is none': {
    stanza: 'tmpfs',
    line: 'tmpfs /tmp 10kk rw',
    want: `${INVALID}2:12: "10kk" is no size`,
  },
  'swap on tmpfs': {
    stanza: 'tmpfs',
    line: 'tmpfs swap 1G rw',
    want: `${SYNTAX}2:7: a mount point that starts with "/" was wanted, found "swap"`,
  },
  'options of mkfs for nfs': {
    stanza: 'nfs',
    line: 'nfs srv:/home /home rw createopts=""',
    want: `${SYNTAX}2:24: the end of the line was wanted, found "createopts=\\"\\""`,
  },
}

for (const [name, { stanza, line, want }] of Object.entries(others)) {
  t.test(`a line of ${stanza} with ${name}`, async t =>
    t.strictSame(messages(`disk_config ${stanza}\n${line}\n`), [want]),
  )
}

t.test('all faults are reported, in the order of the file, and none twice', async t => {
  const text = `disk_config disk1 disklabel:bsd preserve_always:9
primary / big ext4 rw
primary swap 1G ext4 sw
disk_config raid
raid4 / sda1 ext4 rw
disk_config lvm preserve_always:a-b
vg a 1
a-b / 1G xfs
disk_config
vg b sda1
`
  t.strictSame(messages(text), [
    `${SYNTAX}1:29: "msdos", "gpt" or "gpt-bios" was wanted, found "bsd"`,
    `${SYNTAX}2:11: ${SIZE}, found "big"`,
    `${INVALID}3:1: file system "ext4" did not fit the mount point "swap"`,
    `${SYNTAX}5:1: "raid0", "raid1", "raid5", "raid6" or "raid10" was wanted, found "raid4"`,
    `${SYNTAX}7:6: a list of devices such as "disk1.2,sdb1" was wanted, found "1"`,
    `${SYNTAX}8:13: a field of mount options was wanted, found the end of the line`,
    `${SYNTAX}9:12: a disk, "raid", "btrfs", "cryptsetup", "lvm", "tmpfs", "nfs" or "end" was wanted, found the end of the line`,
  ])
})
