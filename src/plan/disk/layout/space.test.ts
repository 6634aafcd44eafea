import fc from 'fast-check'
import t from 'tap'
import type { DiskStanza, Volume } from '../../../language/disk-config.ts'
import type { FoundDisk } from '../../../model/storage.ts'
import { diskConfigOf, stanzaOf, volumeOf } from '../../../testing/disk-config.ts'
import { holding, type PartitionFacts, partitionedDisk, storageOf } from '../../../testing/found-storage.ts'
import { holds } from '../../../testing/property.ts'
import { planStorage } from '../storage-layout.ts'

const MIB = 1024 ** 2
const always = { preserve: 'always' } as const
const resize = { resize: true } as const
const logical = { kind: 'logical' } as const
const msdos = { partitionTable: 'msdos' } as const

const planOne = (disk: FoundDisk, volumes: readonly Volume[], more: Partial<DiskStanza>) => {
  const config = diskConfigOf({ disks: [stanzaOf('disk1', volumes, more)] })
  return planStorage(config, storageOf([disk]), { isInitial: false })
}

/** `number: first byte + size`, in MiB where they are whole, or the code of the refusal. */
const show = (...args: Parameters<typeof planOne>): string[] => {
  const { value, diagnostics } = planOne(...args)
  if (value === undefined) return diagnostics.map(({ code }) => code)
  const mib = (bytes: number) => (bytes % MIB === 0 ? bytes / MIB : `${bytes}B`)
  return (value.disks[0]?.partitions ?? []).map(
    ({ number, startByte, sizeBytes }) => `${number}: ${mib(startByte)} + ${mib(sizeBytes)}`,
  )
}

const gptDisk = (...rows: readonly PartitionFacts[]) => partitionedDisk('sda', 4096, 'gpt', ...rows)
const dosDisk = (...rows: readonly PartitionFacts[]): FoundDisk => ({
  ...partitionedDisk('sda', 4096, 'dos', ...rows),
  geometry: { heads: 255, sectors: 2 },
})

type Row = { disk: FoundDisk; volumes: Volume[]; more?: Partial<DiskStanza>; want: string[] }

const rows: Record<string, Row> = {
  'a range ends where the next partition stays, the last one at the end of the disk': {
    disk: gptDisk([1, 1, 512], [2, 513, 1024], [3, 1537, 2463]),
    volumes: [volumeOf('/', '200-700'), volumeOf('/home', '1G', always), volumeOf('/new', '500-')],
    want: ['1: 1 + 512', '2: 513 + 1024', `3: 1537 + ${2559 * MIB - 33 * 512}B`],
  },
  'a gap before a partition that stays is left': {
    disk: gptDisk([2, 1000, 100]),
    volumes: [volumeOf('/', '500'), volumeOf('/home', '100', always), volumeOf('/new', '100')],
    want: ['1: 1 + 500', '2: 1000 + 100', '3: 1100 + 100'],
  },
  'a fixed size that runs into a partition that stays': {
    disk: gptDisk([1, 1, 100], [2, 101, 1024]),
    volumes: [volumeOf('/', '500'), volumeOf('/h', '1G', always)],
    want: ['disk-too-small'],
  },
  'a lower end that runs into a partition that stays': {
    disk: gptDisk([1, 1, 100], [2, 101, 1024]),
    volumes: [volumeOf('/', '500-'), volumeOf('/h', '1G', always)],
    want: ['disk-too-small'],
  },
  'partitions that stay in another order than that of their numbers': {
    disk: gptDisk([1, 1000, 100], [2, 101, 100]),
    volumes: [volumeOf('/', '100', always), volumeOf('/h', '100', always)],
    want: ['disk-too-small'],
  },
  'the first partition stays where it is, below the first MiB too': {
    disk: dosDisk([1, 63 / 2048, 512]),
    volumes: [volumeOf('/', '512', always), volumeOf('/b', '100')],
    more: { ...msdos, alignBytes: MIB },
    want: ['1: 32256B + 512', '2: 513 + 100'],
  },
  'an msdos table that keeps a partition has ends of cylinders': {
    disk: dosDisk([1, 1, 512], [2, 600, 1000]),
    volumes: [volumeOf('/', '512'), volumeOf('/home', '1000', always), volumeOf('/new', '300-')],
    more: msdos,
    want: [
      `1: 1305600B + ${538168320 - 1305600}B`,
      '2: 600 + 1000',
      `3: 1677957120B + ${4294901760 - 1677957120}B`,
    ],
  },
  'an msdos table that keeps a partition because it happens to be there has not': {
    disk: dosDisk([1, 1, 512], [2, 600, 1000]),
    volumes: [volumeOf('/', '512'), volumeOf('/home', '1000', { preserve: 'lazy' })],
    more: msdos,
    want: ['1: 1 + 512', '2: 600 + 1000'],
  },
  'a new size is computed like that of a new partition': {
    disk: gptDisk([1, 1, 512], [2, 513, 3072, holding('ext4')]),
    volumes: [volumeOf('/', '512'), volumeOf('/home', '1G-2G', resize), volumeOf('/new', '500')],
    want: ['1: 1 + 512', '2: 513 + 2048', '3: 2561 + 500'],
  },
  'a new size that would move the partition': {
    disk: gptDisk([1, 1, 512, holding('ext4')], [2, 2000, 500, holding('xfs')]),
    volumes: [volumeOf('/', '900', resize), volumeOf('/home', '800-1500', resize)],
    more: { alignBytes: MIB },
    want: ['resize-impossible'],
  },
  'a new size where only alignment would move the partition': {
    disk: dosDisk([1, 1, 512, holding('ext4')]),
    volumes: [volumeOf('/', '900', resize)],
    more: msdos,
    want: [`1: 1 + ${944732160 - MIB}B`],
  },
  'an NTFS that gets a new size keeps its start, and bounds what lies before it': {
    disk: gptDisk([2, 2000, 500, holding('ntfs')]),
    volumes: [volumeOf('/', '900-'), volumeOf('/home', '800', resize)],
    want: ['1: 1 + 1999', '2: 2000 + 800'],
  },
  'an NTFS with what lies before it running into it': {
    disk: gptDisk([2, 200, 500, holding('ntfs')]),
    volumes: [volumeOf('/', '900'), volumeOf('/home', '800', resize)],
    want: ['disk-too-small'],
  },
  'a logical partition that stays: the extended one is made around it': {
    disk: dosDisk([1, 1, 512], [2, 513, 2987, { kind: 'extended' }], [5, 514, 1023]),
    volumes: [
      volumeOf('/', '512'),
      volumeOf('/home', '1G', { ...logical, ...always }),
      volumeOf('/new', '500', logical),
    ],
    more: { ...msdos, alignBytes: MIB },
    want: ['1: 1 + 512', '2: 513 + 1525', '5: 514 + 1023', '6: 1538 + 500'],
  },
  'an extended partition does not begin before its neighbour ends': {
    disk: dosDisk([1, 1, 512], [2, 513, 2987, { kind: 'extended' }], [5, 514, 1023]),
    volumes: [volumeOf('/', '512', always), volumeOf('/home', '1G', { ...logical, ...always })],
    more: { ...msdos, alignBytes: 8 * MIB },
    want: ['1: 1 + 512', '2: 513 + 1024', '5: 514 + 1023'],
  },
  'a logical partition needs room before one that stays': {
    disk: dosDisk([2, 1, 3000, { kind: 'extended' }], [5, 2, 100], [6, 104, 500]),
    volumes: [volumeOf('/a', '102', logical), volumeOf('/home', '1G', { ...logical, ...always })],
    more: { ...msdos, alignBytes: MIB },
    want: ['disk-too-small'],
  },
  'the partition of the boot loader is squeezed in before the first one that stays': {
    disk: gptDisk([1, 2, 512]),
    volumes: [volumeOf('/', '512', always), volumeOf('/b', '100')],
    more: { partitionTable: 'gpt-bios' },
    want: ['1: 2 + 512', '2: 514 + 100', '3: 1 + 1'],
  },
  'no room for the partition of the boot loader': {
    disk: gptDisk([1, 1, 512]),
    volumes: [volumeOf('/', '512', always)],
    more: { partitionTable: 'gpt-bios' },
    want: ['disk-too-small'],
  },
}

for (const [name, { disk, volumes, more = {}, want }] of Object.entries(rows)) {
  t.test(name, async t => t.strictSame(show(disk, volumes, more), want))
}

t.test('types, names and flags of what stays', async t => {
  const found = { type: 'E3C9E316-0B5C-4DB8-817D-F92DF00215AE', name: 'two', attributes: 'RequiredPartition' }
  const volumes = [volumeOf('/boot', '100', always), volumeOf('/x', '100', { ...always, name: 'x' })]
  const plan = planOne(gptDisk([1, 1, 100, { name: 'one' }], [2, 101, 100, found]), volumes, {})
  t.match(plan.value?.disks[0]?.partitions, [
    { name: ' ', type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', kept: { name: 'one' } },
    { name: 'x', type: found.type, kept: { attributes: 'RequiredPartition' } },
  ])
  const active = (bootable?: number) =>
    planOne(dosDisk([1, 1, 100, { isActive: true }], [2, 101, 100]), volumes, {
      ...msdos,
      ...(bootable === undefined ? {} : { bootable }),
    }).value?.disks[0]?.partitions.map(partition => partition.active)
  t.strictSame(active(), [true, false])
  t.strictSame(active(2), [false, true])
})

const facts = fc.record({
  gapMib: fc.integer({ min: 0, max: 300 }),
  sizeMib: fc.integer({ min: 1, max: 700 }),
  isThere: fc.boolean(),
  keep: fc.constantFrom<Partial<Volume>>({}, {}, always, resize, { preserve: 'lazy' }),
  type: fc.constantFrom('ext4', 'xfs', 'ntfs', 'swap'),
  wanted: fc.constantFrom('0-', '100', '50-400', '10%', '300-', '-200', '650'),
})
const machines = fc.record({
  kind: fc.constantFrom<DiskStanza['partitionTable']>('msdos', 'gpt'),
  align: fc.constantFrom(undefined, 4096, MIB),
  partitions: fc.array(facts, { minLength: 1, maxLength: 4 }),
})

t.test('what stays is where it was, extents never overlap, and every line gets one or an error', async t => {
  let planned = 0
  const property = fc.property(machines, ({ kind, align, partitions }) => {
    let free = 1
    const found = partitions.map(({ gapMib, sizeMib, type }, index): PartitionFacts => {
      const row: PartitionFacts = [index + 1, free + gapMib, sizeMib, holding(type)]
      free += gapMib + sizeMib
      return row
    })
    const there = found.filter((_, index) => partitions[index]?.isThere)
    const disk = partitionedDisk('sda', free + 300, kind === 'msdos' ? 'dos' : 'gpt', ...there)
    const volumes = partitions.map(({ keep, wanted }, index) => volumeOf(`/p${index}`, wanted, keep))
    const more = { partitionTable: kind, ...(align === undefined ? {} : { alignBytes: align }) }
    const { value, diagnostics } = planOne(disk, volumes, more)
    if (value === undefined) return diagnostics.some(({ severity }) => severity === 'error')
    planned++
    const laid = value.disks[0]?.partitions ?? []
    const inOrder = [...laid].sort((left, right) => left.startByte - right.startByte)
    return (
      laid.length === volumes.length &&
      laid.every(({ kept, startByte, sizeBytes, volume }) => {
        if (kept === undefined) return startByte % (align ?? 512) === 0 && sizeBytes > 0
        const isResized = volume?.resize === true && volume.preserve === undefined
        return startByte === kept.startByte && (isResized || sizeBytes === kept.sizeBytes)
      }) &&
      inOrder.every(({ startByte, sizeBytes }, index) => {
        const next = inOrder[index + 1]?.startByte ?? disk.sizeBytes
        return startByte >= MIB && startByte + sizeBytes <= next
      })
    )
  })
  holds(t, property, { numRuns: 400 })
  t.ok(planned > 40, `${planned} layouts of 400 machines`)
})
