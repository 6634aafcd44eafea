import t from 'tap'
import type { Storage } from '../model/storage.ts'
import { foundDisk, holding, partitionedDisk, storageOf } from '../testing/found-storage.ts'
import { layoutOf } from '../testing/storage-layout-of.ts'
import { findLosses, lossSentence } from './disk-loss.ts'
import { drawDisks } from './disk-picture.ts'

const MIB = 1024 ** 2
const IDLE = { mountPoints: [], holders: [] }

const fileSystems = partitionedDisk(
  'sda',
  4096,
  'gpt',
  [1, 1, 1024, { content: { type: 'ext4', label: 'root' } }],
  [2, 1025, 1024, holding('xfs')],
  [3, 2049, 512],
)
const onArray = (name: string) =>
  partitionedDisk(name, 2048, 'gpt', [1, 1, 1024, holding('linux_raid_member')])
const array = {
  ...{ device: '/dev/md0', level: '1', isRunning: true, sizeBytes: 1023 * MIB, spares: [], ...IDLE },
  members: ['/dev/sda1', '/dev/sdb1'],
  ...holding('ext4'),
}
const group = {
  ...{ name: 'vg0', sizeBytes: 1020 * MIB, extentBytes: 4 * MIB, physicalVolumes: ['/dev/sda1'] },
  volumes: [
    { name: 'a', device: '/dev/vg0/a', sizeBytes: 100 * MIB, isActive: true, ...IDLE, ...holding('ext4') },
    { name: 'b', device: '/dev/vg0/b', sizeBytes: 100 * MIB, isActive: true, ...IDLE },
  ],
}
const onGroup = partitionedDisk('sda', 2048, 'gpt', [1, 1, 1024, holding('LVM2_member')])

type Row = readonly [machine: Storage, config: string, losses: readonly string[], sentence: string]

const rows: Readonly<Record<string, Row>> = {
  'a new disk': [
    storageOf([foundDisk('sda', 4096)]),
    'disk_config disk1\nprimary / 0- ext4 rw\n',
    [],
    'nothing is lost',
  ],
  'a file system on the disk itself': [
    storageOf([foundDisk('sda', 4096, holding('ext4'))]),
    'disk_config disk1\nprimary / 0- ext4 rw\n',
    ['/dev/sda'],
    'lost: ext4 on /dev/sda (4.0 GiB)',
  ],
  'all of a disk': [
    storageOf([fileSystems]),
    'disk_config disk1 disklabel:gpt\nprimary / 0- ext4 rw\n',
    ['/dev/sda1', '/dev/sda2', '/dev/sda3'],
    'lost: ext4 "root" on /dev/sda1 (1.0 GiB); xfs on /dev/sda2 (1.0 GiB); unrecognised content on /dev/sda3 (512.0 MiB)',
  ],
  'one of three is kept': [
    storageOf([fileSystems]),
    'disk_config disk1 disklabel:gpt preserve_always:2\nprimary / 1024 ext4 rw\nprimary /srv 1024 xfs rw\n',
    ['/dev/sda1', '/dev/sda3'],
    'lost: ext4 "root" on /dev/sda1 (1.0 GiB); unrecognised content on /dev/sda3 (512.0 MiB)',
  ],
  'kept, but formatted': [
    storageOf([fileSystems]),
    'disk_config disk1 disklabel:gpt preserve_always:1,2 always_format:2\nprimary / 1024 ext4 rw\nprimary /srv 1024 xfs rw\n',
    ['/dev/sda2', '/dev/sda3'],
    'lost: xfs on /dev/sda2 (1.0 GiB); unrecognised content on /dev/sda3 (512.0 MiB)',
  ],
  'an array loses what is on it, not what its members are': [
    storageOf([onArray('sda'), onArray('sdb')], { arrays: [array] }),
    'disk_config disk1 disklabel:gpt\nprimary / 0- ext4 rw\n\ndisk_config disk2 disklabel:gpt\nprimary /srv 0- ext4 rw\n',
    ['/dev/sda1', '/dev/sdb1', '/dev/md0'],
    'lost: ext4 on /dev/md0 (1023.0 MiB)',
  ],
  'a group that goes': [
    storageOf([onGroup], { volumeGroups: [group] }),
    'disk_config disk1 disklabel:gpt\nprimary / 0- ext4 rw\n',
    ['/dev/sda1', '/dev/vg0/a', '/dev/vg0/b'],
    'lost: ext4 on /dev/vg0/a (100.0 MiB); unrecognised content on /dev/vg0/b (100.0 MiB)',
  ],
  'a group without volumes is what its disk holds': [
    storageOf([onGroup], { volumeGroups: [{ ...group, volumes: [] }] }),
    'disk_config disk1 disklabel:gpt\nprimary / 0- ext4 rw\n',
    ['/dev/sda1'],
    'lost: LVM2_member on /dev/sda1 (1.0 GiB)',
  ],
  'a volume of a kept group that nobody names': [
    storageOf([onGroup], { volumeGroups: [group] }),
    'disk_config disk1 disklabel:gpt preserve_always:1\nprimary - 1024 - -\n\ndisk_config lvm preserve_always:vg0-a\nvg vg0 disk1.1\nvg0-a / 100 ext4 rw\n',
    ['/dev/vg0/b'],
    'lost: unrecognised content on /dev/vg0/b (100.0 MiB)',
  ],
}

for (const [name, [machine, config, losses, sentence]] of Object.entries(rows)) {
  t.test(name, async t => {
    const layout = layoutOf(config, machine)
    t.strictSame(
      findLosses(machine, layout).map(({ device }) => device),
      losses,
    )
    t.equal(lossSentence(machine, layout), sentence)
    const pictures = drawDisks(machine, layout)
    for (const { before, after, sizeBytes } of pictures)
      for (const pieces of [before, after])
        t.ok(pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0) <= sizeBytes)
    const red = pictures.flatMap(({ before }) => before).filter(({ state }) => state === 'lost')
    t.equal(red.length, losses.length, 'each loss is one marked piece')
  })
}
