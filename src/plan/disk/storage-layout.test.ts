import t from 'tap'
import type { DiskConfig } from '../../language/disk-config.ts'
import type { Storage } from '../../model/storage.ts'
import {
  arrayOf,
  diskConfigOf,
  groupOf,
  logicalOf,
  luksOf,
  refsOf,
  stanzaOf,
  volumeOf,
} from '../../testing/disk-config.ts'
import { foundDisk, holding, partitionedDisk, storageOf } from '../../testing/found-storage.ts'
import { valueFrom } from '../../testing/image-plan.ts'
import { planStorage } from './storage-layout.ts'

const MIB = 1024 ** 2
const LAST = { isInitial: false } as const
const always = { preserve: 'always' } as const

const two = storageOf([foundDisk('sda', 4096), foundDisk('sdb', 4096)])
const bare = volumeOf('-', '1G-')
const pair = [stanzaOf('disk1', [bare]), stanzaOf('disk2', [bare])]
const mirror = arrayOf('1', '/', 'disk1.1 disk2.1')
const vg0 = groupOf('vg0', 'disk1.1', [logicalOf('root', '/', '1G')])

const refusals: Record<string, { config: Partial<DiskConfig>; storage?: Storage; want: string[] }> = {
  'a disk that is not in disklist': {
    config: { disks: [stanzaOf('sdc', [volumeOf('/', '1G')])] },
    want: ['disk-not-found'],
  },
  'a pattern that fits two disks': {
    config: { disks: [stanzaOf('/dev/sd?', [volumeOf('/', '1G')])] },
    want: ['disk-not-found'],
  },
  'a member on a disk that is not there': {
    config: { disks: pair, arrays: [arrayOf('1', '/', 'disk1.1 disk3.1')] },
    want: ['disk-not-found'],
  },
  'a member that no line makes': {
    config: { disks: pair, arrays: [arrayOf('1', '/', 'disk1.1 sdb7')] },
    want: ['disk-not-found'],
  },
  'a member that is mounted itself': {
    config: {
      disks: [stanzaOf('disk1', [volumeOf('/x', '1G')]), pair[1] ?? stanzaOf('sdb', [])],
      arrays: [mirror],
    },
    want: ['disk-config-invalid'],
  },
  'a device in an array and in a group': {
    config: { disks: pair, arrays: [mirror], volumeGroups: [groupOf('vg0', 'sdb1', [])] },
    want: ['disk-config-invalid'],
  },
  'arrays that are made of each other': {
    config: { disks: pair, arrays: [arrayOf('0', '-', 'md1 sda1'), arrayOf('0', '-', 'md0 sdb1')] },
    want: ['disk-config-invalid', 'disk-config-invalid'],
  },
  'a raid6 of two members': {
    config: { disks: pair, arrays: [arrayOf('6', '/', 'disk1.1 disk2.1')] },
    want: ['disk-config-invalid'],
  },
  'a group that is made of its own volume': {
    config: {
      disks: pair,
      volumeGroups: [
        groupOf('vg0', 'disk1.1 vg0/a', [logicalOf('a', '-', '1G'), logicalOf('root', '/', '1G')]),
      ],
    },
    want: ['disk-config-invalid'],
  },
  'lower ends that fill a volume group': {
    config: { disks: pair, volumeGroups: [groupOf('vg0', 'disk1.1', [logicalOf('root', '/', '4G')])] },
    want: ['disk-too-small'],
  },
  'a range of a volume the wrong way round': {
    config: { disks: pair, volumeGroups: [groupOf('vg0', 'disk1.1', [logicalOf('root', '/', '2G-1G')])] },
    want: ['disk-config-invalid'],
  },
  'extents that do not fit where the estimate does': {
    config: {
      disks: [stanzaOf('disk1', [volumeOf('-', '300')])],
      volumeGroups: [
        groupOf(
          'vg0',
          'disk1.1',
          ['a', 'b', 'c'].map(name => logicalOf(name, `/${name}`, '98')),
        ),
      ],
    },
    want: ['disk-too-small'],
  },
  'a root on encryption without /boot': {
    config: { disks: [stanzaOf('disk1', [bare])], encrypted: [luksOf('/', 'disk1.1')] },
    want: ['boot-unreadable'],
  },
  'a /boot in the old spelling of encryption': {
    config: {
      disks: [
        stanzaOf('disk1', [volumeOf('/boot', '1G', { encrypt: { randomFill: false } }), volumeOf('/', '1G')]),
      ],
    },
    want: ['boot-unreadable'],
  },
  'a root on LVM on encryption on an array': {
    config: {
      disks: pair,
      arrays: [arrayOf('1', '-', 'disk1.1 disk2.1')],
      encrypted: [luksOf('-', 'md0')],
      volumeGroups: [groupOf('vg0', 'md0', [logicalOf('root', '/', '1G')])],
    },
    want: ['boot-unreadable'],
  },
  'partitions on a disk that is used as a whole': {
    config: { disks: [stanzaOf('disk1', [volumeOf('/', '1G')], { isWhole: true })] },
    want: ['disk-config-invalid'],
  },
  'a preserved volume of a group that is not there': {
    config: {
      disks: pair,
      volumeGroups: [groupOf('vg0', 'disk1.1', [logicalOf('root', '/', '1G', always)])],
    },
    want: ['preserve-missing'],
  },
  'a preserved array that is not there': {
    config: { disks: pair, arrays: [{ ...mirror, ...always }] },
    want: ['preserve-missing'],
  },
  'a preserved content of a disk that has none': {
    config: { disks: [stanzaOf('disk1', [volumeOf('/', '1G', { kind: 'raw-disk', ...always })])] },
    want: ['preserve-missing'],
  },
}

for (const [name, { config, storage = two, want }] of Object.entries(refusals)) {
  t.test(`${name}: refused`, async t => {
    const { value, diagnostics } = planStorage(diskConfigOf(config), storage, LAST)
    t.equal(value, undefined)
    t.strictSame(
      diagnostics.map(({ code }) => code),
      want,
    )
    t.ok(diagnostics.every(({ origin }) => origin.kind === 'file' && origin.line !== undefined))
  })
}

const layoutOf = (config: Partial<DiskConfig>, storage = two) =>
  valueFrom(planStorage(diskConfigOf(config), storage, LAST))

t.test('disk1 is the first of disklist, and a disk that is gone keeps its number', async t => {
  const config = diskConfigOf({ disks: [stanzaOf('disk2', [bare])] })
  const devices = (disklist: string[]) =>
    planStorage(config, two, { disklist, ...LAST }).value?.disks.map(({ device }) => device)
  t.strictSame(devices(['sdb', '/dev/sda']), ['/dev/sda'])
  t.strictSame(devices(['gone', 'sda']), ['/dev/sda'])
})

const links = ['/dev/disk/by-id/ata-X1']
for (const disk of [
  'disk1',
  'sda',
  '/dev/sda',
  '/dev/disk/by-id/ata-X1',
  '/dev/disk/by-id/ata-*',
  'sd[!b-z]',
]) {
  t.test(`"${disk}" is the first disk`, async t => {
    const storage = storageOf([foundDisk('sda', 4096, { links }), foundDisk('sdb', 4096)])
    t.equal(layoutOf({ disks: [stanzaOf(disk, [bare])] }, storage).disks[0]?.device, '/dev/sda')
  })
}

const sizes: Record<string, { config: Partial<DiskConfig>; arrays: number[] }> = {
  'raid0 of two': { config: { arrays: [arrayOf('0', '/', 'disk1.1 disk2.1')] }, arrays: [3000] },
  'raid1 with a missing member': {
    config: { arrays: [arrayOf('1', '/', 'sda1 sdz9:missing')] },
    arrays: [2000],
  },
  'raid5 with a spare': {
    config: { arrays: [arrayOf('5', '/', 'sda1 sda2 disk2.1 sdb2:spare')] },
    arrays: [2000],
  },
  'raid10 on raid1': {
    config: { arrays: [arrayOf('1', '-', 'sda1 sdb1'), arrayOf('10', '/', 'md0 /dev/md/0:missing')] },
    arrays: [1500, 1500],
  },
}

for (const [name, { config, arrays }] of Object.entries(sizes)) {
  t.test(`the size of ${name} is that of its smallest member times those that hold data`, async t => {
    const disks = [
      stanzaOf('disk1', [volumeOf('-', '2000'), volumeOf('-', '1000')]),
      stanzaOf('disk2', [volumeOf('-', '1500'), volumeOf('-', '1000')]),
    ]
    const layout = layoutOf({ disks, ...config })
    t.strictSame(
      layout.arrays.map(({ sizeBytes }) => sizeBytes / MIB),
      arrays,
    )
  })
}

t.test('members and physical volumes have their types and no file system', async t => {
  const types = (partitionTable: 'msdos' | 'gpt') =>
    layoutOf({
      disks: [stanzaOf('disk1', [volumeOf('-', '1G'), volumeOf('-', '1G')], { partitionTable })],
      arrays: [arrayOf('1', '/', 'disk1.1 sdb1:missing')],
      volumeGroups: [groupOf('vg0', 'sda2', [])],
    }).disks.flatMap(({ partitions }) => partitions.map(({ type, isFormatted }) => `${type} ${isFormatted}`))
  t.strictSame(types('msdos'), ['FD false', '8E false'])
  t.strictSame(types('gpt'), [
    'A19D880F-05FC-4D3B-A006-743F0F84911E false',
    'E6D6D379-F507-44C2-A23C-238F2A3DF928 false',
  ])
})

t.test('encryption takes the place of its device in groups', async t => {
  const config = {
    disks: [stanzaOf('disk1', [volumeOf('/boot', '300'), bare])],
    encrypted: [luksOf('-', 'disk1.2')],
    volumeGroups: [groupOf('vg1', 'disk1.2', [logicalOf('root', '/', '30%-')])],
  }
  const { encrypted, volumeGroups } = layoutOf(config)
  t.match(encrypted, [{ name: 'crypt_dev_sda2', device: '/dev/mapper/crypt_dev_sda2', on: '/dev/sda2' }])
  t.strictSame(volumeGroups[0]?.devices, ['/dev/mapper/crypt_dev_sda2'])
})

t.test('the old spelling is LUKS with a key file on a bare partition', async t => {
  const encrypt = { randomFill: true }
  const disks = [stanzaOf('disk1', [volumeOf('/', '1G'), volumeOf('/home', '1G', { encrypt })])]
  const { disks: laid, encrypted } = layoutOf({ disks })
  t.match(encrypted, [
    { on: '/dev/sda2', volume: { mountPoint: '/home', filesystem: 'ext4', randomFill: true } },
  ])
  t.match(laid[0]?.partitions[1]?.volume, { mountPoint: '-', filesystem: '-' })
})

t.test('btrfs of a stanza with the same devices is one, that of a line is one too', async t => {
  const line = { filesystem: 'btrfs', mountOptions: 'subvol=@,noatime' }
  const subvolume = (mountPoint: string, mountOptions: string) => ({
    ...volumeOf(mountPoint, '0', { mountOptions }),
    ...({
      profile: 'single',
      devices: refsOf('disk1.2 disk2.1'),
      btrfsOptions: '',
      fstabKey: 'uuid',
    } as const),
  })
  const { btrfs } = layoutOf({
    disks: [stanzaOf('disk1', [volumeOf('/', '1G', line), bare]), stanzaOf('disk2', [bare])],
    btrfs: [subvolume('/srv', 'subvol=@srv'), subvolume('/home', 'rw,subvol=@home')],
  })
  t.strictSame(
    btrfs.map(({ devices, subvolumes, isLine }) => [devices, subvolumes.map(({ name }) => name), isLine]),
    [
      [['/dev/sda2', '/dev/sdb1'], ['@srv', '@home'], undefined],
      [['/dev/sda1'], ['@'], true],
    ],
  )
})

t.test('a whole disk is a physical volume, another one a file system', async t => {
  const { disks, volumeGroups } = layoutOf({
    disks: [
      stanzaOf('disk1', [], { isWhole: true }),
      stanzaOf('disk2', [volumeOf('/', '1G', { kind: 'raw-disk' })]),
    ],
    volumeGroups: [groupOf('v', 'sda', [logicalOf('data', '/data', '1G-')])],
  })
  t.match(disks, [
    { partitions: [], keepsTable: true },
    { partitions: [], keepsTable: true, whole: { mountPoint: '/' } },
  ])
  t.equal(Math.round((volumeGroups[0]?.volumes[0]?.sizeBytes ?? 0) / MIB), 4055)
})

t.test('a /boot in memory is only a warning, as FAI allows it', async t => {
  const tmpfs = [{ mountPoint: '/boot', mountOptions: 'rw', origin: volumeOf('/', '1').origin }]
  const config = diskConfigOf({ disks: [stanzaOf('disk1', [volumeOf('/x', '1G')])], tmpfs })
  t.match(planStorage(config, two, LAST), {
    value: { disks: [{}] },
    diagnostics: [{ severity: 'warning', code: 'boot-unreadable' }],
  })
})

t.test(
  'a virtual disk has the partitions of its lines, with or without a table, and formats them',
  async t => {
    const disks = [stanzaOf('disk1', [volumeOf('/', '0'), volumeOf('/a', '0')], { isVirtual: true })]
    const found = storageOf([partitionedDisk('xvda', 4096, 'gpt', [1, 1, 100, holding('ext4')])])
    t.match(layoutOf({ disks }, found).disks[0], {
      keepsTable: true,
      partitions: [
        { device: '/dev/xvda1', startByte: MIB, sizeBytes: 100 * MIB, isFormatted: true },
        { device: '/dev/xvda2', sizeBytes: 0, isFormatted: true },
      ],
    })
    t.equal(layoutOf({ disks }).disks[0]?.partitions.length, 2)
  },
)

t.test('volumes share what is left by one factor', async t => {
  const disks = [stanzaOf('disk1', [volumeOf('-', '7891')])]
  const volumes = [
    logicalOf('a', '/a', '10%-30%'),
    logicalOf('b', '/b', '500-'),
    logicalOf('c', '/c', '1G-2G'),
    logicalOf('d', '-', '200'),
  ]
  const config = { disks, volumeGroups: [groupOf('data', 'disk1.1', volumes)] }
  const { volumeGroups } = layoutOf(config, storageOf([foundDisk('sda', 8192)]))
  t.strictSame(
    volumeGroups[0]?.volumes.map(({ sizeBytes }) => (sizeBytes / MIB).toFixed(3)),
    ['1618.867', '4420.226', '1572.996', '200.000'],
    'as the real program shares them',
  )
  t.equal(layoutOf({ disks: pair, volumeGroups: [vg0] }).volumeGroups[0]?.kept, undefined)
})
