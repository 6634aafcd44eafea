import type { Outcome } from '../diagnostic/diagnostic.ts'
import type { Content, LogicalVolume, RaidVolume, Volume } from '../language/disk-config.ts'
import type { FoundDisk, FoundPartition, Storage } from '../model/storage.ts'
import type { DiskLayout, GroupLayout, LogicalLayout, Partition, StorageLayout } from '../plan/disk/layout.ts'
import type { StorageInput } from '../plan/disk/steps/draft.ts'
import { formatStorageWord } from '../plan/disk/steps/format-storage-plan.ts'
import { planStorageSteps } from '../plan/disk/steps/plan-storage-steps.ts'
import type { StoragePlan } from '../plan/disk/storage-plan.ts'
import { countedUuids } from './image-plan.ts'

/** Octets of a mebibyte. */
export const MIB = 1024 ** 2

const ORIGIN = { kind: 'file', path: 'disk_config/STORE', line: 7 } as const
const LINUX = '0FC63DAF-8483-4772-8E79-3D69D8477DE4'
const UNUSED = { mountPoints: [], holders: [] }
const NOT_KEPT = { resize: false, alwaysFormat: false }

/** The content of a line: where it is mounted, with which file system. */
export const content = (mountPoint: string, filesystem: string, more: Partial<Content> = {}): Content => ({
  mountPoint,
  filesystem,
  mountOptions: 'rw',
  createOptions: '',
  tuneOptions: '',
  origin: ORIGIN,
  ...more,
})

const NOTHING = { kind: 'bytes', bytes: 0 } as const
const size: Volume['size'] = { lower: NOTHING, upper: NOTHING }

/** A line of a partition. */
export const volume = (mountPoint: string, filesystem: string, more: Partial<Content> = {}): Volume => ({
  ...content(mountPoint, filesystem, more),
  ...NOT_KEPT,
  kind: 'primary',
  size,
})

/** A line of a raid stanza. */
export const raid = (
  level: RaidVolume['level'],
  line: Content,
  more: Partial<RaidVolume> = {},
): RaidVolume => ({
  ...line,
  ...NOT_KEPT,
  level,
  devices: [],
  arrayOptions: '',
  fstabKey: 'device',
  ...more,
})

/** A new partition of `sizeMib` that begins at `startMib`; formatted where its line asks for a file system. */
export const partition = (
  disk: string,
  number: number,
  [startMib, sizeMib]: readonly [number, number],
  line: Volume = volume('-', '-'),
  more: Partial<Partition> = {},
): Partition => ({
  number,
  kind: 'primary',
  device: `/dev/${disk}${number}`,
  name: ' ',
  startByte: startMib * MIB,
  sizeBytes: sizeMib * MIB,
  type: LINUX,
  active: false,
  volume: line,
  isFormatted: line.filesystem !== '-',
  ...more,
})

/** A partition that was found, as long as that of `partition`. */
export const foundPartition = (
  disk: string,
  number: number,
  [startMib, sizeMib]: readonly [number, number],
  type?: string,
  more: Partial<FoundPartition> = {},
): FoundPartition => ({
  ...UNUSED,
  number,
  device: `/dev/${disk}${number}`,
  kind: 'primary',
  startByte: startMib * MIB,
  sizeBytes: sizeMib * MIB,
  type: LINUX,
  name: ' ',
  uuid: `0000000${number}-1111-4222-8333-00000000${disk.charCodeAt(2)}00`,
  isActive: false,
  ...(type === undefined ? {} : { content: { type, uuid: `f000000${number}-1111-4222-8333-444444444444` } }),
  ...more,
})

/** The line of a partition that stays as it was found, or with another size. */
export const keep = (
  found: FoundPartition,
  line: Volume,
  sizeMib: number = found.sizeBytes / MIB,
): Partition => ({
  ...partition(
    /^\/dev\/(\D+)/.exec(found.device)?.[1] ?? '',
    found.number,
    [found.startByte / MIB, sizeMib],
    line,
  ),
  kept: found,
  isFormatted: false,
})

/** A disk of a layout, 4 GiB unless it says otherwise. */
export const diskLayout = (
  name: string,
  partitions: readonly Partition[],
  more: Partial<DiskLayout> = {},
): DiskLayout => ({
  device: `/dev/${name}`,
  table: 'gpt',
  sizeBytes: 4096 * MIB,
  sectorBytes: 512,
  partitions,
  fstabKey: 'uuid',
  isBootDisk: false,
  keepsTable: false,
  ...more,
})

/** A disk that was found; without partitions it has no table. */
export const foundDisk = (
  name: string,
  partitions?: readonly FoundPartition[],
  more: Partial<FoundDisk> = {},
): FoundDisk => ({
  ...UNUSED,
  name,
  device: `/dev/${name}`,
  links: [],
  sizeBytes: 4096 * MIB,
  sectorBytes: 512,
  isReadOnly: false,
  ...(partitions === undefined
    ? {}
    : { table: { format: 'gpt', id: 'AAAAAAAA-0000-4000-8000-000000000000', partitions } }),
  ...more,
})

/** A logical volume of a layout. */
export const logical = (
  group: string,
  name: string,
  sizeMib: number,
  line: Content,
  more: Partial<LogicalLayout> = {},
): LogicalLayout => ({
  name,
  device: `/dev/${group}/${name}`,
  sizeBytes: sizeMib * MIB,
  volume: { ...line, ...NOT_KEPT, name, size, volumeOptions: '' } satisfies LogicalVolume,
  isFormatted: line.filesystem !== '-',
  ...more,
})

/** A volume group of a layout. */
export const groupLayout = (
  name: string,
  devices: readonly string[],
  volumes: readonly LogicalLayout[],
  more: Partial<GroupLayout> = {},
): GroupLayout => ({
  name,
  devices,
  sizeBytes: 1024 * MIB,
  group: {
    name,
    devices: [],
    physicalOptions: '',
    groupOptions: '',
    fstabKey: 'device',
    volumes: [],
    origin: ORIGIN,
  },
  volumes,
  ...more,
})

/** A storage plan of the given parts; what is left out is empty. */
export const storagePlanOf = (
  layout: Partial<StorageLayout>,
  machine: Partial<Storage>,
  input: Partial<StorageInput> = {},
): Outcome<StoragePlan> =>
  planStorageSteps({
    layout: { disks: [], arrays: [], btrfs: [], encrypted: [], volumeGroups: [], ...layout },
    machine: {
      memoryBytes: 1024 * MIB,
      disks: [],
      arrays: [],
      volumeGroups: [],
      encrypted: [],
      ...machine,
    },
    config: { tmpfs: [], nfs: [] },
    variables: {},
    ignoredGroups: [],
    logDirectory: '/tmp/fai',
    newUuid: countedUuids(),
    ...input,
  })

/** The commands of a plan as one would type them, what they are given and where their output goes included. */
export const commandLines = ({ steps, logDirectory }: StoragePlan): string =>
  steps
    .map(({ argv, stdin, stdout, destroys }) => {
      const show = (word: (typeof argv)[number]) => formatStorageWord(word, logDirectory)
      const input = stdin === undefined ? '' : ` <<< ${JSON.stringify(show(stdin))}`
      const output = stdout === undefined ? '' : ` > ${show(stdout)}`
      return `${destroys ? '!' : ' '} ${argv.map(show).join(' ')}${input}${output}\n`
    })
    .join('')
