import type { FoundDisk, FoundPartition, FoundTable, Storage } from '../model/storage.ts'

const MIB = 1024 ** 2
const IDLE = { mountPoints: [], holders: [] } as const

/** A disk of so many MiB without a table; `more` says what is different. */
export const foundDisk = (name: string, sizeMib: number, more: Partial<FoundDisk> = {}): FoundDisk => ({
  ...IDLE,
  name,
  device: `/dev/${name}`,
  links: [],
  sizeBytes: sizeMib * MIB,
  sectorBytes: 512,
  isReadOnly: false,
  ...more,
})

/** A partition by its number, first MiB and size in MiB; logical from number 5 in an msdos table. */
export type PartitionFacts = readonly [
  number: number,
  startMib: number,
  sizeMib: number,
  more?: Partial<FoundPartition>,
]

/** A disk with a partition table. */
export const partitionedDisk = (
  name: string,
  sizeMib: number,
  format: FoundTable['format'],
  ...rows: readonly PartitionFacts[]
): FoundDisk => {
  const partitions = rows.map(
    ([number, startMib, size, more]): FoundPartition => ({
      ...IDLE,
      number,
      device: `/dev/${name}${number}`,
      kind: format === 'dos' && number > 4 ? 'logical' : 'primary',
      startByte: startMib * MIB,
      sizeBytes: size * MIB,
      type: format === 'dos' ? '83' : '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
      isActive: false,
      ...more,
    }),
  )
  return foundDisk(name, sizeMib, { table: { format, partitions } })
}

/** A machine with 1 GiB of memory and these disks. */
export const storageOf = (disks: readonly FoundDisk[], more: Partial<Storage> = {}): Storage => ({
  memoryBytes: 1024 * MIB,
  disks,
  arrays: [],
  volumeGroups: [],
  encrypted: [],
  ...more,
})

/** What `blkid` says of a device that holds this. */
export const holding = (type: string) => ({ content: { type } })
