import fc from 'fast-check'
import t from 'tap'
import type { FoundArray, FoundGroup, FoundPartition, Storage } from '../../../model/storage.ts'
import { holds } from '../../../testing/property.ts'
import {
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
import type { Partition, StorageLayout } from '../layout.ts'
import type { StoragePlan } from '../storage-plan.ts'

/** Of each of four places on a disk: what was found there, and what is wanted. */
type Slot = { readonly found: (typeof FOUND)[number]; readonly wanted: (typeof WANTED)[number] }

const FOUND = ['nothing', 'ext4', 'LVM2_member', 'linux_raid_member', 'crypto_LUKS'] as const
const WANTED = ['nothing', 'kept', 'formatted', 'filesystem', 'pv', 'md', 'luks'] as const
const DISKS = ['sda', 'sdb'] as const
const UNUSED = { mountPoints: [], holders: [] }
const placeOf = (index: number): readonly [number, number] => [1 + index * 600, 500]

const slot = fc.record({ found: fc.constantFrom(...FOUND), wanted: fc.constantFrom(...WANTED) })
const slots = fc.array(fc.array(slot, { minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 2 })

type Rows = readonly (readonly Slot[])[]
type Input = { readonly layout: StorageLayout; readonly machine: Storage }

const foundOf = (rows: Rows): readonly FoundPartition[][] =>
  rows.map((row, disk) =>
    row.flatMap(({ found }, index) =>
      found === 'nothing'
        ? []
        : foundPartition(DISKS[disk] ?? '', index + 1, placeOf(index), found, { name: `p${index + 1}` }),
    ),
  )

const ofType = (partitions: readonly FoundPartition[], type: string) =>
  partitions.filter(({ content: found }) => found?.type === type).map(({ device }) => device)

/** One group a disk, one array over both disks, each LUKS open; and on a third disk, which is not configured, one of each. */
const machineOf = (rows: Rows): Storage => {
  const found = foundOf(rows)
  const all = found.flat()
  const foreign = foundPartition('sdz', 1, placeOf(0), 'LVM2_member')
  const group = (name: string, physicalVolumes: readonly string[]): FoundGroup[] =>
    physicalVolumes.length === 0
      ? []
      : [
          {
            ...{ name, sizeBytes: MIB, extentBytes: MIB, physicalVolumes },
            volumes: [{ name: 'lv', device: `/dev/${name}/lv`, sizeBytes: MIB, isActive: true, ...UNUSED }],
          },
        ]
  const members = ofType(all, 'linux_raid_member')
  const array: FoundArray = {
    ...{ device: '/dev/md127', level: '1', isRunning: true, members, spares: [], ...UNUSED },
  }
  return {
    memoryBytes: 0,
    disks: [...DISKS.map((name, index) => foundDisk(name, found[index])), foundDisk('sdz', [foreign])],
    arrays: members.length === 0 ? [] : [array],
    volumeGroups: [
      ...found.flatMap((partitions, disk) => group(`old${disk}`, ofType(partitions, 'LVM2_member'))),
      ...group('foreign', ['/dev/sdz1']),
    ],
    encrypted: ofType(all, 'crypto_LUKS').map(on => ({
      ...{ name: `open-${on.slice(5)}`, device: `/dev/mapper/open-${on.slice(5)}`, on, ...UNUSED },
    })),
  }
}

const partitionOf = (rows: Rows, disk: number, index: number): Partition | undefined => {
  const name = DISKS[disk] ?? ''
  const { wanted = 'nothing' } = rows[disk]?.[index] ?? {}
  const found = foundOf(rows)[disk]?.find(({ number }) => number === index + 1)
  const filesystem = volume(`/${name}${index}`, 'ext4')
  if (wanted === 'nothing') return undefined
  if (wanted === 'kept' && found !== undefined) return { ...keep(found, filesystem), name: `p${index + 1}` }
  if (wanted === 'formatted' && found !== undefined) return { ...keep(found, filesystem), isFormatted: true }
  const isPart = wanted === 'pv' || wanted === 'md' || wanted === 'luks'
  return partition(name, index + 1, placeOf(index), isPart ? volume('-', '-') : filesystem)
}

const inputOf = (rows: Rows): Input => {
  const wanted = (kind: Slot['wanted']) =>
    rows.flatMap((row, disk) =>
      row.flatMap((each, index) => (each.wanted === kind ? `/dev/${DISKS[disk]}${index + 1}` : [])),
    )
  const members = wanted('md')
  const devices = wanted('pv')
  const line = content('/lv', 'ext4')
  const layout: StorageLayout = {
    disks: DISKS.map((name, disk) =>
      diskLayout(
        name,
        [0, 1, 2, 3].flatMap(index => partitionOf(rows, disk, index) ?? []),
      ),
    ),
    arrays:
      members.length === 0
        ? []
        : [
            {
              ...{ device: '/dev/md0', members, spares: [], sizeBytes: MIB, isFormatted: true },
              volume: raid('1', content('/md', 'ext4')),
            },
          ],
    btrfs: [],
    encrypted: wanted('luks').map(on => ({
      ...{ name: `crypt${on.slice(5)}`, device: `/dev/mapper/crypt${on.slice(5)}`, on, sizeBytes: MIB },
      volume: {
        ...{ ...content(`/c${on.slice(5)}`, 'ext4'), kind: 'luks', luksOptions: '', randomFill: true },
        device: { text: on, isSpare: false, isMissing: false, origin: line.origin },
      },
    })),
    volumeGroups:
      devices.length === 0 ? [] : [groupLayout('vg0', devices, [logical('vg0', 'lv', 100, line)])],
  }
  return { layout, machine: machineOf(rows) }
}

/** Checks a property of every plan that can be made, of which there must be many. */
const ofPlans = (
  title: string,
  check: (plan: StoragePlan, input: Input) => boolean,
  change: (each: Slot) => Slot = each => each,
) =>
  t.test(title, async t => {
    let plans = 0
    const property = fc.property(slots, rows => {
      const input = inputOf(rows.map(row => row.map(change)))
      const { value } = storagePlanOf(input.layout, input.machine)
      if (value === undefined) return true
      plans++
      return check(value, input)
    })
    holds(t, property, { numRuns: 150 })
    t.ok(plans > 40, `${plans} plans were made`)
  })

ofPlans('a step comes behind all that provide what it needs', ({ steps }) =>
  steps.every(({ needs }, index) =>
    needs.every(need => {
      const providers = steps.flatMap(({ provides }, at) => (provides.includes(need) ? at : []))
      return providers.length > 0 && providers.every(at => at < index)
    }),
  ),
)

ofPlans(
  'the id of a step is its own',
  ({ steps }) => new Set(steps.map(({ id }) => id)).size === steps.length,
)

const keptDevices = ({ disks }: StorageLayout): readonly string[] =>
  disks.flatMap(({ partitions }) =>
    partitions.flatMap(({ kept, isFormatted }) => (kept !== undefined && !isFormatted ? kept.device : [])),
  )

ofPlans(
  'no step names what lies on a disk that is not configured, and none that destroys what is kept',
  ({ steps }, { layout }) => {
    const kept = keptDevices(layout)
    return steps.every(({ argv, destroys, disks, device }) => {
      const words = [device, ...argv]
      const isForeign = disks.includes('/dev/sdz') || words.some(word => /sdz|foreign/.test(String(word)))
      return !isForeign && !(destroys && words.some(word => kept.includes(String(word))))
    })
  },
)

ofPlans('what is kept has its row in the table that is written', ({ steps }, { layout }) =>
  steps.every(
    ({ expects }) =>
      expects?.kind !== 'table' ||
      layout.disks
        .filter(({ device }) => device === expects.device)
        .flatMap(({ partitions }) => partitions.flatMap(({ kept }) => kept ?? []))
        .every(kept =>
          expects.table.partitions.some(
            row =>
              row.number === kept.number &&
              row.startSector * expects.table.sectorBytes === kept.startByte &&
              row.uuid === kept.uuid?.toUpperCase(),
          ),
        ),
  ),
)

ofPlans(
  'with everything kept as it is nothing is destroyed, nor done at all to a disk that has something',
  ({ steps }, { layout }) => {
    const busy = layout.disks.filter(({ partitions }) => partitions.length > 0).map(({ device }) => device)
    return steps.every(({ destroys, disks }) => !destroys && !disks.some(disk => busy.includes(disk)))
  },
  ({ found }) => ({ found, wanted: found === 'nothing' ? 'nothing' : 'kept' }),
)

ofPlans('every volume that is not preserved is formatted, and no other', ({ steps }, { layout }) => {
  const formatted = steps.flatMap(({ kind, device }) => (kind === 'create-filesystem' ? device : []))
  const all = [
    ...layout.disks.flatMap(({ partitions }) => partitions),
    ...layout.arrays,
    ...layout.volumeGroups.flatMap(({ volumes }) => volumes),
  ]
  const wanted = [
    ...all.flatMap(({ isFormatted, device }) => (isFormatted ? device : [])),
    ...layout.encrypted.map(({ device }) => device),
  ]
  return JSON.stringify([...formatted].sort()) === JSON.stringify(wanted.sort())
})

const BEFORE_TABLE = ['close-encrypted', 'remove-group', 'stop-array', 'save-table']
const AFTER_TABLE = /^(create|open|format|fill|activate|extend)-/

ofPlans('on each disk what is old goes before the table, and what is new comes after it', ({ steps }) =>
  steps.every(({ kind, device: disk }, index) => {
    if (kind !== 'write-table') return true
    const before = steps.slice(0, index).filter(({ disks }) => disks.includes(disk))
    const after = steps.slice(index).filter(({ disks }) => disks.includes(disk))
    return (
      before.every(each => !AFTER_TABLE.test(each.kind)) &&
      after.every(each => !BEFORE_TABLE.includes(each.kind))
    )
  }),
)

ofPlans('the same input gives the same plan', (plan, { layout, machine }) => {
  const again = storagePlanOf(layout, machine).value
  return JSON.stringify(again) === JSON.stringify(plan)
})
