import t from 'tap'
import type { FoundDisk } from '../../../model/storage.ts'
import { valueFrom } from '../../../testing/image-plan.ts'
import {
  diskLayout,
  foundDisk,
  foundPartition,
  keep,
  partition,
  storagePlanOf,
  volume,
} from '../../../testing/storage-steps.ts'
import type { DiskLayout } from '../layout.ts'

const HOME: readonly [number, number] = [601, 1000]
const home = foundPartition('sda', 2, HOME, 'ext4', { attributes: 'RequiredPartition GUID:48' })
const root = partition('sda', 1, [1, 600], volume('/', 'ext4'))

const stepsOf = (layout: DiskLayout, disk: FoundDisk) =>
  valueFrom(storagePlanOf({ disks: [layout] }, { disks: [disk] })).steps

const scriptOf = (layout: DiskLayout, disk: FoundDisk) =>
  stepsOf(layout, disk).find(({ kind }) => kind === 'write-table')?.stdin

t.test('a kept partition keeps its place, UUID and attributes, and its table the identifier', async t => {
  const script = scriptOf(
    diskLayout('sda', [root, keep(home, volume('/home', 'ext4'))]),
    foundDisk('sda', [home]),
  )
  t.match(script, 'label-id: AAAAAAAA-0000-4000-8000-000000000000\n')
  t.match(
    script,
    '\n2 : start=1230848, size=2048000, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, uuid=00000002-1111-4222-8333-000000009700, name=" ", attrs="RequiredPartition GUID:48"\n',
  )
})

t.test('without a kept partition the table is a new one, and sfdisk wipes what it finds', async t => {
  const steps = stepsOf(diskLayout('sda', [root]), foundDisk('sda', [home]))
  const write = steps.find(({ kind }) => kind === 'write-table')
  t.match(write?.stdin, 'label-id: AAAA0000-BBBB-4CCC-8DDD-EEEEEEEEEEEE\n')
  t.strictSame(write?.argv.slice(3, 7), ['--wipe', 'always', '--wipe-partitions', 'always'])
  t.equal(write?.destroys, true)
})

t.test('beside a kept partition sfdisk wipes nothing: the new ones are wiped one by one', async t => {
  const steps = stepsOf(
    diskLayout('sda', [root, keep(home, volume('/home', 'ext4'))]),
    foundDisk('sda', [home]),
  )
  const write = steps.find(({ kind }) => kind === 'write-table')
  t.strictSame(write?.argv.slice(3, 7), ['--wipe', 'never', '--wipe-partitions', 'never'])
  t.equal(write?.destroys, false)
  t.strictSame(
    steps.filter(({ kind }) => kind === 'wipe').map(({ id }) => id),
    ['wipe:/dev/sda1:new'],
  )
})

t.test('an msdos table that keeps a partition keeps the geometry that its entries tell of', async t => {
  const found = foundPartition('sda', 2, HOME, 'ext4')
  const layout = diskLayout('sda', [root, keep(found, volume('/home', 'ext4'))], { table: 'msdos' })
  const table = { format: 'dos', id: '0x1234abcd', partitions: [found] } as const
  const writing = (geometry?: FoundDisk['geometry']) =>
    stepsOf(layout, foundDisk('sda', undefined, { table, ...(geometry && { geometry }) })).filter(
      ({ kind, id }) => kind === 'write-table' || id.endsWith(':new-table'),
    )
  t.match(writing(), [{ argv: ['sfdisk'] }])
  t.match(writing({ heads: 255, sectors: 63 }), [{ argv: ['sfdisk'] }], 'sfdisk writes these')
  const wipe = ['--wipe', 'never', '--wipe-partitions', 'never']
  t.match(writing({ heads: 255, sectors: 2 }), [
    { argv: ['cat'], stdin: /^label: dos\n/, stdout: { log: 'table_dev_sda.new' } },
    {
      argv: ['fdisk', '--heads', '255', '--sectors', '2', ...wipe, '/dev/sda'],
      stdin: 'I\n/tmp/fai/table_dev_sda.new\nw\n',
    },
  ])
})

t.test('an msdos table with a kept partition keeps its identifier, and so every PARTUUID', async t => {
  const found = foundPartition('sda', 1, HOME, 'ext4')
  const disk = foundDisk('sda', undefined, {
    table: { format: 'dos', id: '0x12345678', partitions: [found] },
  })
  const kept = keep(found, volume('/home', 'ext4'))
  const grown = { ...kept, type: '83', name: undefined, sizeBytes: kept.sizeBytes * 2 }
  const layout = diskLayout(
    'sda',
    [{ ...grown }].map(({ name: _, ...rest }) => rest),
    {
      table: 'msdos',
      fstabKey: 'partuuid',
    },
  )
  const plan = valueFrom(storagePlanOf({ disks: [layout] }, { disks: [disk] }))
  t.match(plan.steps.find(({ kind }) => kind === 'write-table')?.stdin, 'label-id: 0x12345678\n')
  t.match(plan.fstab, '\nPARTUUID=12345678-01\t/home\t')
})

t.test('a table that would be the same is not written', async t => {
  t.strictSame(
    stepsOf(diskLayout('sda', [keep(home, volume('/home', 'ext4'))]), foundDisk('sda', [home])),
    [],
  )
})

t.test('only the name has changed: the table is written, and nothing is destroyed', async t => {
  const renamed = { ...keep(home, volume('/home', 'ext4')), name: 'home' }
  const steps = stepsOf(diskLayout('sda', [renamed]), foundDisk('sda', [home]))
  t.strictSame(
    steps.map(({ id }) => id),
    [
      'save-table:/dev/sda',
      'save-table:/dev/sda:first',
      'save-table:/dev/sda:second',
      'write-table:/dev/sda',
    ],
  )
  t.notOk(steps.some(({ destroys }) => destroys))
})

t.test('a disk that keeps its table is only formatted', async t => {
  const layout = diskLayout('sda', [{ ...keep(home, volume('/', 'xfs')), isFormatted: true }], {
    keepsTable: true,
  })
  t.strictSame(
    stepsOf(layout, foundDisk('sda', [home])).map(({ id }) => id),
    ['create-filesystem:/dev/sda2'],
  )
})

t.test('a disk that is used as a whole loses its table first, but not before it was saved', async t => {
  const layout = diskLayout('sda', [], { keepsTable: true, whole: volume('/', 'ext4') })
  t.strictSame(
    stepsOf(layout, foundDisk('sda', [home])).map(({ id }) => id),
    [
      'save-table:/dev/sda',
      'save-table:/dev/sda:first',
      'save-table:/dev/sda:second',
      'wipe:/dev/sda2',
      'wipe:/dev/sda',
      'create-filesystem:/dev/sda',
    ],
  )
})

t.test('nothing touches a disk before its table was saved', async t => {
  const steps = stepsOf(diskLayout('sda', [root]), foundDisk('sda', [home]))
  t.match(
    steps.map(({ id }) => id),
    ['save-table:/dev/sda', 'save-table:/dev/sda:first', 'save-table:/dev/sda:second', 'wipe:/dev/sda2'],
  )
  for (const { kind, needs } of steps) t.equal(needs.includes('saved:/dev/sda'), kind !== 'save-table')
})

t.test('with sectors of 4096 bytes a copy of the GPT is shorter', async t => {
  const disk = foundDisk('sda', [], { sectorBytes: 4096 })
  const steps = stepsOf(diskLayout('sda', [root], { sectorBytes: 4096 }), disk)
  t.strictSame(
    steps.filter(({ argv }) => argv[0] === 'dd').map(({ argv }) => argv.slice(2)),
    [
      ['bs=4096', 'count=6', 'status=none'],
      ['bs=4096', 'skip=1048571', 'count=5', 'status=none'],
    ],
  )
  t.match(steps.find(({ kind }) => kind === 'write-table')?.stdin, 'first-lba: 6\n')
})
