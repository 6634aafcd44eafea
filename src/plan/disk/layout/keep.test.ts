import t from 'tap'
import type { DiskConfig } from '../../../language/disk-config.ts'
import type { Storage } from '../../../model/storage.ts'
import {
  arrayOf,
  diskConfigOf,
  groupOf,
  logicalOf,
  luksOf,
  stanzaOf,
  volumeOf,
} from '../../../testing/disk-config.ts'
import { foundDisk, holding, partitionedDisk, storageOf } from '../../../testing/found-storage.ts'
import { valueFrom } from '../../../testing/image-plan.ts'
import { planStorage } from '../storage-layout.ts'

const MIB = 1024 ** 2
const always = { preserve: 'always' } as const
const reinstall = { preserve: 'reinstall' } as const
const lazy = { preserve: 'lazy' } as const
const resize = { resize: true } as const

const IDLE = { mountPoints: [], holders: [] } as const
const gpt = (type = 'ext4') => partitionedDisk('sda', 4096, 'gpt', [1, 1, 512], [2, 513, 1024, holding(type)])
const blank = foundDisk('sda', 4096)

const lines = (more: object, size = '1G') => [volumeOf('/', '512'), volumeOf('/home', size, more)]

type Row = { more: object; size?: string; initial?: true; disk?: Storage['disks'][number]; want: string[] }

const kept = 'kept as it is'
const rows: Record<string, Row> = {
  'always, there': { more: always, want: [kept] },
  'always, on a blank disk': { more: always, disk: blank, want: ['preserve-missing'] },
  'always, without this partition': {
    more: always,
    disk: partitionedDisk('sda', 4096, 'gpt', [1, 1, 512]),
    want: ['preserve-missing'],
  },
  'always, with an msdos table': {
    more: always,
    disk: partitionedDisk('sda', 4096, 'dos', [1, 1, 512], [2, 513, 1024]),
    want: ['preserve-impossible'],
  },
  'always and another size': { more: always, size: '2G', want: [kept, 'preserve-size'] },
  'always and formatted': { more: { ...always, alwaysFormat: true }, want: ['kept and formatted'] },
  'always and resize': { more: { ...always, ...resize }, size: '2G', want: [kept, 'preserve-size'] },
  'reinstall, there': { more: reinstall, want: [kept] },
  'reinstall, first installation': { more: reinstall, initial: true, want: ['made'] },
  'lazy, there': { more: lazy, want: [kept] },
  'lazy, on a blank disk': { more: lazy, disk: blank, want: ['made'] },
  'lazy and resize, on a blank disk': {
    more: { ...lazy, ...resize },
    disk: blank,
    want: ['preserve-missing'],
  },
  'resize, there': { more: resize, size: '2G', want: ['kept with 2048 MiB'] },
  'resize, on a blank disk': { more: resize, disk: blank, want: ['preserve-missing'] },
  'resize to less, ext4': { more: resize, size: '900', want: ['kept with 900 MiB'] },
  'resize to less, nothing known in it': {
    more: resize,
    size: '900',
    disk: partitionedDisk('sda', 4096, 'gpt', [2, 513, 1024]),
    want: ['kept with 900 MiB'],
  },
  'resize to less, xfs': { more: resize, size: '900', disk: gpt('xfs'), want: ['resize-impossible'] },
  'resize to less, a physical volume': {
    more: resize,
    size: '900',
    disk: gpt('LVM2_member'),
    want: ['resize-impossible'],
  },
  'resize to less and formatted, xfs': {
    more: { ...resize, alwaysFormat: true },
    size: '900',
    disk: gpt('xfs'),
    want: ['made'],
  },
  neither: { more: {}, want: ['made'] },
}

for (const [name, { more, size, initial = false, disk = gpt(), want }] of Object.entries(rows)) {
  t.test(`${name}: ${want.join(', ')}`, async t => {
    const config = diskConfigOf({ disks: [stanzaOf('disk1', lines(more, size))] })
    const { value, diagnostics } = planStorage(config, storageOf([disk]), { isInitial: initial })
    const partition = value?.disks[0]?.partitions[1]
    const codes = diagnostics.map(({ code }) => code)
    const fate = () => {
      if (partition?.kept === undefined) return 'made'
      if (partition.isFormatted) return 'kept and formatted'
      const { sizeBytes } = partition
      return sizeBytes === partition.kept.sizeBytes ? kept : `kept with ${sizeBytes / MIB} MiB`
    }
    t.strictSame(partition === undefined ? codes : [fate(), ...codes], want)
  })
}

t.test('an extended partition cannot stay as such', async t => {
  const disk = partitionedDisk('sda', 4096, 'dos', [1, 1, 1000, { kind: 'extended' }], [5, 2, 500])
  const config = diskConfigOf({
    disks: [stanzaOf('sda', [volumeOf('/', '1G', always)], { partitionTable: 'msdos' })],
  })
  t.match(planStorage(config, storageOf([disk]), { isInitial: false }).diagnostics, [
    { code: 'preserve-impossible', message: /extended/ },
  ])
})

t.test('preserve_always:all keeps the table, also partitions of which no line knows', async t => {
  const disk = partitionedDisk('sda', 4096, 'gpt', [1, 1, 512, { name: 'one' }], [2, 513, 1024], [3, 2000, 9])
  const volumes = [volumeOf('/', '0'), volumeOf('/home', '0', { alwaysFormat: true })]
  const disks = [stanzaOf('disk1', volumes, { partitionTable: 'msdos', preserveAll: 'always' })]
  const layout = valueFrom(planStorage(diskConfigOf({ disks }), storageOf([disk]), { isInitial: true }))
  t.match(layout.disks, [
    {
      table: 'gpt',
      keepsTable: true,
      partitions: [
        { number: 1, name: 'one', isFormatted: false, volume: { mountPoint: '/' } },
        { number: 2, isFormatted: true, volume: { mountPoint: '/home' } },
        { number: 3, isFormatted: false, volume: undefined },
      ],
    },
  ])
})

t.test('preserve_lazy:all writes the table with what is there', async t => {
  const disk = partitionedDisk('sda', 4096, 'gpt', [2, 513, 1024])
  const disks = [stanzaOf('disk1', lines({}), { preserveAll: 'lazy' })]
  const layout = valueFrom(planStorage(diskConfigOf({ disks }), storageOf([disk]), { isInitial: false }))
  t.match(layout.disks, [{ keepsTable: false, partitions: [{ kept: undefined }, { kept: { number: 2 } }] }])
})

const member = (name: string, content = 'LVM2_member') =>
  partitionedDisk(name, 4096, 'gpt', [1, 1, 500], [2, 501, 3000, holding(content)])
const pvLines = (more = {}) => [volumeOf('-', '500'), volumeOf('-', '3000', more)]
const oldGroup = (...physicalVolumes: string[]) => ({
  name: 'vg0',
  sizeBytes: 2996 * MIB,
  extentBytes: 4 * MIB,
  physicalVolumes,
  volumes: [
    {
      ...IDLE,
      name: 'home',
      device: '/dev/vg0/home',
      sizeBytes: 1000 * MIB,
      isActive: false,
      ...holding('xfs'),
    },
  ],
})
const lvm = (storageMore: Partial<Storage>): Storage => storageOf([member('sda'), member('sdb')], storageMore)
const withGroup = lvm({ volumeGroups: [oldGroup('/dev/sda2')] })
const withTwo = lvm({ volumeGroups: [oldGroup('/dev/sda2', '/dev/sdb2')] })
const raid = (members: string[], device = '/dev/md127') => [
  { ...IDLE, device, level: '1', isRunning: true, sizeBytes: 2999 * MIB, members, spares: [] },
]
const withArray = storageOf([member('sda'), member('sdb')], { arrays: raid(['/dev/sda2', '/dev/sdb2']) })

const home = (more: object, size = '1000') => [
  logicalOf('home', '/home', size, more),
  logicalOf('new', '/', '1G'),
]
const oneDisk = [stanzaOf('disk1', pvLines())]
const twoDisks = [...oneDisk, stanzaOf('disk2', pvLines())]
const mirror = arrayOf('1', '/', 'disk1.2 disk2.2', always)

const stays: Record<string, { config: Partial<DiskConfig>; storage: Storage; want: string[] }> = {
  'a volume and its physical volume': {
    config: { disks: oneDisk, volumeGroups: [groupOf('vg0', 'sda2', home(always))] },
    storage: withGroup,
    want: ['/dev/sda2', 'vg0', '/dev/vg0/home'],
  },
  'a volume that grows': {
    config: { disks: oneDisk, volumeGroups: [groupOf('vg0', 'sda2', home(resize, '1500'))] },
    storage: withGroup,
    want: ['/dev/sda2', 'vg0', '/dev/vg0/home'],
  },
  'a volume whose group gets one more disk': {
    config: { disks: twoDisks, volumeGroups: [groupOf('vg0', 'sda2 sdb1', home(always))] },
    storage: withGroup,
    want: ['/dev/sda2', 'vg0', '/dev/vg0/home'],
  },
  'an array under another number, and its members': {
    config: { disks: twoDisks, arrays: [mirror] },
    storage: withArray,
    want: ['/dev/sda2', '/dev/sdb2', '/dev/md0'],
  },
  'a volume on an array': {
    config: {
      disks: twoDisks,
      arrays: [{ ...mirror, mountPoint: '-', preserve: 'lazy' }],
      volumeGroups: [groupOf('vg0', 'md0', home(lazy))],
    },
    storage: { ...withArray, volumeGroups: [oldGroup('/dev/md127')] },
    want: ['/dev/sda2', '/dev/sdb2', '/dev/md0', 'vg0', '/dev/vg0/home'],
  },
  'a group of which nothing is to stay, on a partition that stays': {
    config: { disks: [stanzaOf('disk1', pvLines(always))], volumeGroups: [groupOf('vg0', 'sda2', home({}))] },
    storage: withGroup,
    want: ['/dev/sda2', 'vg0'],
  },
  'nothing of a group whose partition is made anew': {
    config: { disks: oneDisk, volumeGroups: [groupOf('vg0', 'sda2', home(lazy))] },
    storage: storageOf([member('sda')]),
    want: [],
  },
}

for (const [name, { config, storage, want }] of Object.entries(stays)) {
  t.test(`stays: ${name}`, async t => {
    const layout = valueFrom(planStorage(diskConfigOf(config), storage, { isInitial: false }))
    const partitions = layout.disks.flatMap(disk => disk.partitions)
    const volumes = layout.volumeGroups.flatMap(({ volumes: each }) => each)
    const names = [...partitions, ...layout.arrays].filter(each => each.kept).map(({ device }) => device)
    const groups = layout.volumeGroups.filter(each => each.kept).map(each => each.name)
    t.strictSame(
      [...names, ...groups, ...volumes.filter(each => each.kept).map(({ device }) => device)],
      want,
    )
    t.ok(
      partitions.every(each => !each.kept || each.startByte === each.kept.startByte),
      'nothing moves',
    )
  })
}

t.test('a preserved partition without a signature may become a physical volume', async t => {
  const storage = storageOf([partitionedDisk('sda', 4096, 'gpt', [1, 1, 500], [2, 501, 3000])])
  const disks = [stanzaOf('disk1', pvLines(always))]
  const config = diskConfigOf({ disks, volumeGroups: [groupOf('vg0', 'sda2', home({}))] })
  const layout = valueFrom(planStorage(config, storage, { isInitial: false }))
  t.match(layout.disks[0]?.partitions[1], {
    kept: { number: 2 },
    type: 'E6D6D379-F507-44C2-A23C-238F2A3DF928',
  })
})

const conflicts: Record<string, { config: Partial<DiskConfig>; storage: Storage; want: string }> = {
  'encryption on a preserved partition': {
    config: { disks: [stanzaOf('disk1', pvLines(always))], encrypted: [luksOf('/x', 'sda2')] },
    storage: withGroup,
    want: 'preserve-impossible',
  },
  'a preserved volume on encryption': {
    config: {
      disks: oneDisk,
      encrypted: [luksOf('-', 'sda2')],
      volumeGroups: [groupOf('vg0', 'sda2', home(always))],
    },
    storage: withGroup,
    want: 'preserve-impossible',
  },
  'a new array on preserved partitions': {
    config: {
      disks: [stanzaOf('disk1', pvLines(always)), stanzaOf('disk2', pvLines())],
      arrays: [arrayOf('1', '/', 'sda2 sdb2')],
    },
    storage: withGroup,
    want: 'preserve-impossible',
  },
  'a new group on a preserved partition': {
    config: { disks: [stanzaOf('disk1', pvLines(always))], volumeGroups: [groupOf('other', 'sda2', [])] },
    storage: withGroup,
    want: 'preserve-impossible',
  },
  'a preserved volume whose group loses a disk': {
    config: { disks: twoDisks, volumeGroups: [groupOf('vg0', 'sda2', home(always))] },
    storage: withTwo,
    want: 'preserve-impossible',
  },
  'a preserved array with other members': {
    config: { disks: twoDisks, arrays: [mirror] },
    storage: { ...withArray, arrays: raid(['/dev/sda2', '/dev/sdc2']) },
    want: 'preserve-impossible',
  },
  'a volume of xfs that shrinks': {
    config: { disks: oneDisk, volumeGroups: [groupOf('vg0', 'sda2', home(resize, '500'))] },
    storage: withGroup,
    want: 'resize-impossible',
  },
}

for (const [name, { config, storage, want }] of Object.entries(conflicts)) {
  t.test(`${name}: refused`, async t => {
    const { value, diagnostics } = planStorage(diskConfigOf(config), storage, { isInitial: false })
    t.equal(value, undefined)
    t.match(diagnostics, [{ code: want, origin: { kind: 'file', line: Number } }])
  })
}
