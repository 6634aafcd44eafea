import t from 'tap'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { partitionNumbers } from './disk-config-check.ts'
import { parseDiskConfig } from './disk-config-parse.ts'

const messages = (text: string): string[] => parseDiskConfig(text, 'CLASS').diagnostics.map(formatDiagnostic)
const SYNTAX = 'error disk-config-syntax: CLASS:'
const INVALID = 'error disk-config-invalid: CLASS:'
const UNSUPPORTED = 'error disk-config-unsupported: CLASS:'
const DISK = 'disk_config disk1\n'
const ROOT = 'primary / 1G ext4 rw\n'

t.test('a file with all common forms', async t => {
  const text = `# comment
disk_config /dev/sda disklabel:gpt bootable:1 fstabkey:partlabel align-at:1M

p=efi  /boot/efi 200    vfat umask=0077 createopts="-F 32"
p=     /         1G-2G  ext4 rw,noatime tuneopts="-c 0" createopts="-m 1"
primary swap RAM:50% swap sw
disk_config tmpfs
tmpfs /tmp 1G nosuid
disk_config end
`
  const { value, diagnostics } = parseDiskConfig(text, 'CLASS')
  t.strictSame(diagnostics, [])
  t.match(value?.disks[0], {
    disk: '/dev/sda',
    partitionTable: 'gpt',
    bootable: 1,
    fstabKey: 'partlabel',
    alignBytes: 1024 ** 2,
    origin: { kind: 'file', path: 'CLASS', line: 2, column: 13 },
  })
  t.match(value?.disks[0]?.volumes, [
    {
      kind: 'primary',
      name: 'efi',
      mountPoint: '/boot/efi',
      createOptions: '-F 32',
      origin: { line: 4, column: 1 },
    },
    { name: '', mountPoint: '/', mountOptions: 'rw,noatime', tuneOptions: '-c 0', createOptions: '-m 1' },
    { mountPoint: 'swap', filesystem: 'swap', size: { lower: { kind: 'memory', percent: 50 } } },
  ])
  t.notOk('name' in (value?.disks[0]?.volumes[2] ?? {}), '"primary" gives no name')
  t.match(value?.tmpfs, [{ mountPoint: '/tmp', mountOptions: 'nosuid' }])
})

const faults: Record<string, { text: string; want: string[] }> = {
  'a volume before any stanza': {
    text: ROOT,
    want: [`${SYNTAX}1:1: "disk_config" was wanted, found "primary"`],
  },
  'an unknown option of a disk': {
    text: `disk_config disk1 colour:red\n${ROOT}`,
    want: [`${SYNTAX}1:19: an option of the disk was wanted, found "colour:red"`],
  },
  'an unknown kind of table': {
    text: `disk_config disk1 disklabel:bsd\n${ROOT}`,
    want: [`${SYNTAX}1:29: "msdos", "gpt" or "gpt-bios" was wanted, found "bsd"`],
  },
  'a column that is missing': {
    text: `${DISK}primary / 1G ext4\n`,
    want: [`${SYNTAX}2:18: mount options was wanted, found the end of the line`],
  },
  'a relative mount point': {
    text: `${DISK}primary home 1G ext4 rw\n`,
    want: [`${SYNTAX}2:9: a mount point that starts with "/", "swap" or "-" was wanted, found "home"`],
  },
  'a comment behind a line': {
    text: `${DISK}primary / 1G ext4 rw # root\n`,
    want: [`${SYNTAX}2:22: createopts="...", tuneopts="..." or the end of the line was wanted, found "#"`],
  },
  'a size with a fraction': {
    text: `${DISK}primary / 1.5G ext4 rw\n`,
    want: [`${INVALID}2:11: a size is a whole number with a unit`],
  },
  'a ";" of the syntax of long ago': {
    text: `${DISK}primary / 100 rw ; -m 1 ext3\n`,
    want: [`${SYNTAX}2:18: a line of the present syntax, which has no ";", was wanted, found ";"`],
  },
  'no newline at the end': {
    text: `${DISK}primary / 1G ext4 rw`,
    want: [`${SYNTAX}2: the last line does not end in a newline`],
  },
  'all faults are reported': {
    text: `disk_config disk1 disklabel:bsd\nprimary / big ext4 rw\nprimary swap 1G ext4 sw\n`,
    want: [
      `${SYNTAX}1:29: "msdos", "gpt" or "gpt-bios" was wanted, found "bsd"`,
      `${SYNTAX}2:11: a size such as "500", "1G-2G", "10%-" or "RAM:50%" was wanted, found "big"`,
      `${INVALID}3:1: file system "ext4" did not fit the mount point "swap"`,
    ],
  },
  'a stanza that comes later': {
    text: `${DISK}${ROOT}disk_config lvm\nvg vg0 disk1.1\n`,
    want: [`${UNSUPPORTED}3:13: "disk_config lvm" is not supported yet`],
  },
  'an option that comes later': {
    text: `disk_config disk1 preserve_always:1\n${ROOT}`,
    want: [`${UNSUPPORTED}1:19: the option "preserve_always" is not supported yet`],
  },
  'a size that is to be kept': {
    text: `${DISK}primary / 1G:preserve_always ext4 rw\n`,
    want: [`${UNSUPPORTED}2:13: ":preserve_always" is not supported yet`],
  },
  'an encrypted mount point': {
    text: `${DISK}primary /x:encrypt 1G ext4 rw\n`,
    want: [`${UNSUPPORTED}2:11: ":encrypt" is not supported yet`],
  },
  'a disk without a table': {
    text: `${DISK}raw-disk / 1G ext4 rw\n`,
    want: [`${UNSUPPORTED}2:1: "raw-disk" is not supported yet`],
  },
  'a pattern of disks': {
    text: `disk_config /dev/sd?\n${ROOT}`,
    want: [`${UNSUPPORTED}1:13: the pattern "/dev/sd?" as a disk is not supported yet`],
  },
  'a file system that comes later': {
    text: `${DISK}primary / 1G btrfs subvol=@\n`,
    want: [`${UNSUPPORTED}2:14: the file system "btrfs" is not supported yet`],
  },
  'an unknown file system': {
    text: `${DISK}primary / 1G ext9 rw\n`,
    want: [`${INVALID}2:14: file system "ext9" is not known`],
  },
  'a mount point used twice': {
    text: `${DISK}${ROOT}primary / 2G ext4 rw\n`,
    want: [`${INVALID}3:1: mount point "/" is used twice\n  CLASS:2:1`],
  },
  'logical partitions in a GPT': {
    text: 'disk_config disk1 disklabel:gpt\nlogical / 1G ext4 rw\n',
    want: [`${INVALID}2:1: a GPT has no logical partitions`],
  },
  'names before the GPT is asked for': {
    text: `disk_config disk1 fstabkey:partlabel\n${ROOT}`,
    want: [`${INVALID}1:28: partitions have names only after "disklabel:gpt"`],
  },
  'bootable without the partition': {
    text: `disk_config disk1 bootable:2\n${ROOT}`,
    want: [`${INVALID}1:13: partition 2 of "bootable" is not defined`],
  },
  'tuneopts of xfs': {
    text: `${DISK}primary / 1G xfs rw tuneopts="-c 3"\n`,
    want: [`${INVALID}2:1: tuneopts do not apply to "xfs"`],
  },
  'a stanza without a line': { text: DISK, want: [`${INVALID}1:13: the stanza has no partition`] },
  'an empty file': { text: '', want: ['error disk-config-invalid: CLASS: no disk is configured'] },
}

for (const [name, { text, want }] of Object.entries(faults)) {
  t.test(name, async t => t.strictSame(messages(text), want))
}

t.test('the extended partition takes the number that is next when the first logical one comes', async t => {
  const text = `${DISK}primary / 1G ext4 rw\nlogical /a 1G ext4 rw\nprimary /b 1G ext4 rw\nlogical /c 1G ext4 rw\n`
  const [stanza] = parseDiskConfig(text, 'CLASS').value?.disks ?? []
  t.strictSame(stanza && partitionNumbers(stanza), [1, 5, 3, 6])
})
