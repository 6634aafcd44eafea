import t from 'tap'
import { parseDiskConfig } from '../../../language/disk-config-parse.ts'
import { foundDisk, holding, partitionedDisk, storageOf } from '../../../testing/found-storage.ts'
import { valueFrom } from '../../../testing/image-plan.ts'
import { planStorage } from '../storage-layout.ts'

const BLANK = storageOf([foundDisk('sda', 4096), foundDisk('sdb', 4096)])

/** What a configuration is refused for, with its line. */
const faultsOf = (text: string, storage = BLANK): readonly string[] =>
  planStorage(valueFrom(parseDiskConfig(text, 'SMALL')), storage, { isInitial: false }).diagnostics.map(
    ({ code, message, origin }) => `${'line' in origin ? origin.line : ''} ${code} ${message}`,
  )

const on = (line: string): readonly string[] =>
  faultsOf(`disk_config sda disklabel:gpt\nprimary /x ${line}\n`)

/** The smallest size in MiB that each program takes, here and one MiB less. */
const SMALLEST: Readonly<Record<string, number>> = {
  xfs: 300,
  btrfs: 109,
  f2fs: 52,
  jfs: 16,
  reiserfs: 33,
  ntfs: 2,
}

for (const [filesystem, mib] of Object.entries(SMALLEST)) {
  t.test(`a partition too small for ${filesystem} is refused`, async t => {
    t.strictSame(on(`${mib} ${filesystem} rw,subvol=@`), [])
    const [fault = '', ...more] = on(`${mib - 1} ${filesystem} rw,subvol=@`)
    t.match(fault, `2 disk-too-small "/dev/sda1" is too small for ${filesystem} (wanted at least `)
    t.match(fault, ` bytes, found ${(mib - 1) * 1024 ** 2})`)
    t.strictSame(more, [])
  })
}

t.test('options can make a file system smaller; what none of them can is refused all the same', async t => {
  t.match(on('299 xfs rw createopts="-L x"'), ['disk-too-small'])
  t.strictSame(on('51 f2fs rw createopts="-w 4096"'), [])
  t.match(
    on('108 btrfs rw,subvol=@ createopts="--mixed"'),
    ['disk-too-small'],
    'they have no effect, as in FAI',
  )
})

t.test('what is built on disks is looked at too, and what stays is not', async t => {
  const disk = 'disk_config sda disklabel:gpt\nprimary - 1G - -\nprimary - 1G - -\n'
  t.match(faultsOf(`${disk}disk_config lvm\nvg v sda1\nv-x /x 296 xfs rw\n`), ['6 disk-too-small "/dev/v/x"'])
  t.strictSame(
    faultsOf(`${disk}disk_config lvm\nvg v sda1\nv-x /x 297 xfs rw\n`),
    [],
    'LVM gives whole extents',
  )
  const small = 'disk_config sda disklabel:gpt\nprimary - 100 - -\nprimary - 310 - -\n'
  t.match(faultsOf(`${small}disk_config raid\nraid1 /x sda1,sda2 xfs rw\n`), ['5 disk-too-small "/dev/md0"'])
  t.match(faultsOf(`${small}disk_config cryptsetup\nluks /x sda2 xfs rw\n`), [
    '5 disk-too-small "/dev/mapper/crypt_dev_sda2"',
  ])
  t.match(faultsOf(`${small}disk_config btrfs\nbtrfs raid1 /x sda1,sda2 rw,subvol=@\n`), [
    '5 disk-too-small "/dev/sda1"',
  ])
  t.strictSame(faultsOf(`${small}disk_config btrfs\nbtrfs single /x sda1,sda2 rw,subvol=@\n`), [])
  const there = storageOf([partitionedDisk('sda', 4096, 'gpt', [1, 1, 100, holding('xfs')])])
  const kept = 'disk_config sda disklabel:gpt preserve_always:1\nprimary /x 100 xfs rw\n'
  t.strictSame(faultsOf(kept, there), [])
})
