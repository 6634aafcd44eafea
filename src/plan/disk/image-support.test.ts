import t from 'tap'
import { formatDiagnostic } from '../../diagnostic/format.ts'
import { parseDiskConfig } from '../../language/disk-config-parse.ts'
import { imagePlanOf, valueFrom } from '../../testing/image-plan.ts'
import { checkImageSupport } from './image-support.ts'

const ROOT = 'primary / 1G ext4 rw\n'
const DISK = `disk_config disk1\n${ROOT}`

/** Configurations, and where and what the first thing is that an image cannot be made of. */
const beyond: Record<string, { text: string; want: string }> = {
  'a virtual disk': { text: `disk_config disk1 virtual\n${ROOT}`, want: '1:13: "virtual"' },
  'a disk used as a whole': { text: 'disk_config disk1 vg:1\n', want: '1:13: "vg:1"' },
  'a table that stays': {
    text: `disk_config disk1 preserve_lazy:all\n${ROOT}`,
    want: '1:13: "preserve_lazy:all"',
  },
  'a disk without a table': { text: 'disk_config disk1\nraw-disk / 0 ext4 rw\n', want: '2:1: "raw-disk"' },
  'a partition that stays': {
    text: `disk_config disk1 preserve_always:2\n${ROOT}primary - 1G - -\n`,
    want: '3:1: "preserve_always"',
  },
  'a partition that gets another size': {
    text: `${DISK}primary /b 1G:resize ext4 rw\n`,
    want: '3:1: "resize"',
  },
  'an encrypted mount point': { text: `${DISK}primary /b:encrypt 1G ext4 rw\n`, want: '3:1: ":encrypt"' },
  'btrfs on a partition': {
    text: `${DISK}primary /b 1G btrfs subvol=@\n`,
    want: '3:1: the file system "btrfs"',
  },
  'a journal elsewhere': {
    text: `${DISK}primary /b 1G ext4:journal=/dev/sda3 rw\n`,
    want: '3:1: the file system "ext4:journal=/dev/sda3"',
  },
  'an array': { text: `${DISK}disk_config raid\nraid1 /b sdb1,sdc1 ext4 rw\n`, want: '4:1: a RAID array' },
  'btrfs over devices': {
    text: `${DISK}disk_config btrfs\nbtrfs single /b sdb1 subvol=@\n`,
    want: '4:1: btrfs',
  },
  'an encrypted device': {
    text: `${DISK}disk_config cryptsetup\nluks /b sdb1 ext4 rw\n`,
    want: '4:1: an encrypted device',
  },
  'a volume group': { text: `${DISK}disk_config lvm\nvg v sdb1\n`, want: '4:1: a volume group' },
  nfs: { text: `${DISK}disk_config nfs\nnfs srv:/b /b rw\n`, want: '4:1: nfs' },
  'the first of several': {
    text: `disk_config nfs\nnfs srv:/b /b rw\n${DISK}primary /c 1G btrfs subvol=@\n`,
    want: '2:1: nfs',
  },
}

for (const [name, { text, want }] of Object.entries(beyond)) {
  t.test(`${name}: refused`, async t => {
    const config = valueFrom(parseDiskConfig(text, 'CLASS'))
    const wanted = [`error disk-config-unsupported: CLASS:${want} is not supported in an image yet`]
    t.strictSame(checkImageSupport(config).map(formatDiagnostic), wanted)
    t.match(imagePlanOf(text), { value: undefined, diagnostics: [{ code: 'disk-config-unsupported' }] })
  })
}

t.test('plain partitions and tmpfs are supported', async t => {
  const text = `disk_config disk1 disklabel:gpt-bios always_format:1 bootable:1
primary /boot/efi 100 vfat rw
primary / 1G xfs rw
primary swap 100 swap sw
primary - 100 - -
disk_config tmpfs
tmpfs /tmp 1G rw
`
  t.strictSame(checkImageSupport(valueFrom(parseDiskConfig(text, 'CLASS'))), [])
})
