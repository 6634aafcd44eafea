import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Storage } from '../../../model/storage.ts'
import { matchGolden, ROOT } from '../../../testing/golden.ts'
import { valueFrom } from '../../../testing/image-plan.ts'
import {
  commandLines,
  content,
  diskLayout,
  foundDisk,
  foundPartition,
  groupLayout,
  keep,
  logical,
  MIB,
  partition,
  raid,
  storagePlanOf,
  volume,
} from '../../../testing/storage-steps.ts'
import type { StorageLayout } from '../layout.ts'
import type { StorageInput } from './draft.ts'

const UNUSED = { mountPoints: [], holders: [] }
const PART: readonly [number, number] = [1, 500]
const REST: readonly [number, number] = [501, 3000]

const twoDisks = (line = volume('-', '-')) => [
  diskLayout('sda', [partition('sda', 1, PART, volume('/boot', 'ext4')), partition('sda', 2, REST, line)]),
  diskLayout('sdb', [partition('sdb', 1, PART), partition('sdb', 2, REST, line)]),
]
const blank = [foundDisk('sda'), foundDisk('sdb')]
const md = { sizeBytes: 3000 * MIB, isFormatted: false }
const array = raid('1', content('-', '-'), { arrayOptions: '--metadata=1.0' })
const luks = {
  ...content('-', '-'),
  kind: 'luks' as const,
  luksOptions: '-s 512',
  randomFill: false,
  device: { text: 'md0', isSpare: false, isMissing: false, origin: content('-', '-').origin },
}
const oldSda2 = foundPartition('sda', 2, REST, 'LVM2_member')
const oldRoot = { name: 'root', device: '/dev/vg0/root', sizeBytes: 800 * MIB, isActive: true, ...UNUSED }
const oldHome = { ...oldRoot, name: 'home', device: '/dev/vg0/home', content: { type: 'ext4', uuid: 'home' } }
const oldGroup = {
  name: 'vg0',
  sizeBytes: 2996 * MIB,
  extentBytes: 4 * MIB,
  physicalVolumes: ['/dev/sda2'],
  volumes: [oldRoot, oldHome],
}

type Case = {
  readonly layout: Partial<StorageLayout>
  readonly machine: Partial<Storage>
  readonly input?: Partial<StorageInput>
}

/** Layouts and machines; what is run for each is in `fixtures/disk-steps/NAME/commands.txt`. */
const cases: Readonly<Record<string, Case>> = {
  'raid-luks-lvm': {
    layout: {
      disks: twoDisks(),
      arrays: [{ device: '/dev/md0', members: ['/dev/sda2', '/dev/sdb2'], spares: [], volume: array, ...md }],
      encrypted: [
        {
          name: 'crypt_dev_md0',
          device: '/dev/mapper/crypt_dev_md0',
          on: '/dev/md0',
          sizeBytes: 0,
          volume: luks,
        },
      ],
      volumeGroups: [
        groupLayout(
          'vg0',
          ['/dev/mapper/crypt_dev_md0'],
          [
            logical('vg0', 'root', 1000, content('/', 'ext4', { tuneOptions: '-c 0' })),
            logical('vg0', 'swap', 101, content('swap', 'swap')),
          ],
        ),
      ],
    },
    machine: { disks: blank },
  },
  'tear-down': {
    layout: { disks: [diskLayout('sda', [partition('sda', 1, [1, 4000], volume('/', 'xfs'))])] },
    machine: {
      disks: [foundDisk('sda', [foundPartition('sda', 1, PART, 'linux_raid_member'), oldSda2])],
      arrays: [
        {
          ...{ device: '/dev/md127', level: '1', isRunning: true, members: ['/dev/sda1'], spares: [] },
          ...UNUSED,
        },
      ],
      volumeGroups: [oldGroup],
      encrypted: [
        { name: 'home', device: '/dev/mapper/home', on: '/dev/vg0/home', ...UNUSED },
        { name: 'boot', device: '/dev/mapper/boot', on: '/dev/md127', ...UNUSED },
      ],
    },
  },
  'keep-group': {
    layout: {
      disks: [
        diskLayout('sda', [
          partition('sda', 1, PART, volume('/boot', 'ext4')),
          keep(oldSda2, volume('-', '-')),
        ]),
        diskLayout('sdb', [partition('sdb', 1, REST)]),
      ],
      volumeGroups: [
        groupLayout(
          'vg0',
          ['/dev/sda2', '/dev/sdb1'],
          [
            logical('vg0', 'new', 300, content('/', 'ext4')),
            logical('vg0', 'home', 400, content('/home', 'ext4'), { kept: oldHome, isFormatted: false }),
          ],
          { kept: oldGroup },
        ),
      ],
    },
    machine: {
      disks: [foundDisk('sda', [foundPartition('sda', 1, PART, 'ext4'), oldSda2]), foundDisk('sdb')],
      volumeGroups: [oldGroup],
    },
  },
  'keep-array': {
    layout: {
      disks: twoDisks().map(({ device, ...disk }) => ({
        ...disk,
        device,
        partitions: [
          disk.partitions[0],
          keep(foundPartition(device.slice(5), 2, REST, 'linux_raid_member'), volume('-', '-')),
        ].flatMap(each => each ?? []),
      })),
      arrays: [
        {
          device: '/dev/md0',
          members: ['/dev/sda2', '/dev/sdb2'],
          spares: [],
          volume: raid('1', content('/home', 'ext4')),
          ...md,
          kept: {
            ...{ device: '/dev/md127', level: '1', uuid: '01234567:89abcdef:01234567:89abcdef' },
            ...{ isRunning: true, members: ['/dev/sda2', '/dev/sdb2'], spares: [], ...UNUSED },
          },
        },
      ],
    },
    machine: {
      disks: ['sda', 'sdb'].map(name =>
        foundDisk(name, [foundPartition(name, 1, PART), foundPartition(name, 2, REST, 'linux_raid_member')]),
      ),
    },
  },
  'resize-partitions': {
    layout: {
      disks: [
        diskLayout('sda', [
          keep(foundPartition('sda', 1, [1, 1000], 'ext4'), volume('/', 'ext4'), 600),
          keep(foundPartition('sda', 2, [1001, 500], 'xfs'), volume('/home', 'xfs'), 800),
          keep(foundPartition('sda', 3, [2001, 100], 'swap'), volume('swap', 'swap'), 200),
          keep(foundPartition('sda', 4, [3001, 500], 'jfs'), volume('/jfs', 'jfs'), 600),
          partition('sda', 5, [601, 300], volume('/new', 'ext4')),
        ]),
      ],
    },
    machine: {
      disks: [
        foundDisk('sda', [
          foundPartition('sda', 1, [1, 1000], 'ext4'),
          foundPartition('sda', 2, [1001, 500], 'xfs'),
          foundPartition('sda', 3, [2001, 100], 'swap'),
          foundPartition('sda', 4, [3001, 500], 'jfs'),
        ]),
      ],
    },
  },
  'btrfs-and-journals': {
    layout: {
      disks: [
        diskLayout('sda', [
          partition('sda', 1, PART, volume('/', 'btrfs', { mountOptions: 'noatime,subvol=@' })),
          partition('sda', 2, [501, 500]),
          partition('sda', 3, [1001, 100], volume('-', 'ext4_journal')),
          partition('sda', 4, [1101, 500], volume('/var', 'ext4:journal=/dev/sda3')),
        ]),
        diskLayout('sdb', [partition('sdb', 1, PART)]),
      ],
      btrfs: [
        {
          devices: ['/dev/sda2', '/dev/sdb1'],
          subvolumes: ['@home', '@srv'].map(name => ({
            name,
            volume: {
              ...content(`/${name.slice(1)}`, 'btrfs', { mountOptions: `subvol=${name}` }),
              ...{ profile: 'raid1', devices: [], btrfsOptions: '', fstabKey: 'uuid' },
            },
          })),
        },
      ],
    },
    machine: { disks: blank },
  },
}

for (const [name, { layout, machine, input }] of Object.entries(cases)) {
  t.test(`what is run for ${name}`, async t => {
    const plan = valueFrom(storagePlanOf(layout, machine, input))
    const folder = `fixtures/disk-steps/${name}`
    if (process.env['UPDATE_GOLDEN'] === '1') await mkdir(join(ROOT, folder), { recursive: true })
    await matchGolden(t, `${folder}/commands.txt`, commandLines(plan))
    await matchGolden(t, `${folder}/fstab`, plan.fstab)
  })
}

t.test('createopts of a btrfs on a partition are dropped, as FAI does, and told', async t => {
  const line = volume('/', 'btrfs', { mountOptions: 'subvol=@', createOptions: '-L lost' })
  const layout = { disks: [diskLayout('sda', [partition('sda', 1, PART, line)])] }
  const { value, diagnostics } = storagePlanOf(layout, { disks: blank })
  t.match(diagnostics, [{ severity: 'warning', code: 'create-options-ignored', origin: line.origin }])
  t.match(value && commandLines(value), /mkfs\.btrfs -f -U \S+ \/dev\/sda1$/m)
})
