import {
  type Diagnostic,
  errorAt,
  hasErrors,
  type Origin,
  type Outcome,
} from '../../diagnostic/diagnostic.ts'
import type { DiskConfig } from '../../language/disk-config.ts'
import type { FoundDisk } from '../../model/storage.ts'
import { placedDevices } from './devices.ts'
import { type FormatCommands, formatCommands } from './format-command.ts'
import { renderFstab } from './fstab.ts'
import { type DiskSteps, imageSteps, isFat, isMounted } from './image-steps.ts'
import { checkImageSupport } from './image-support.ts'
import { partitionTable, partitionUuid, tableId } from './image-table.ts'
import type { DiskLayout, Partition, PartitionTable } from './layout.ts'
import { planStorage } from './storage-layout.ts'
import { type DiskVariables, diskVariables, type PlacedDevice } from './variables.ts'

/** What an installation into a raw disk image depends on. */
export type ImageInput = {
  readonly diskConfig: DiskConfig
  /** The class whose file the configuration is. */
  readonly class?: string
  /** Where the image is asked for, such as `--image`; complaints about it as a whole name this. */
  readonly origin: Origin
  readonly path: string
  readonly sizeBytes: number
  /** Whether an image that is there already may be replaced. */
  readonly replace: boolean
  readonly memoryBytes: number
  /** A fresh UUID at each call: the table's first, then two for each partition, in order of their numbers. */
  readonly newUuid: () => string
  /** Whether the running kernel can mount a file system of this name. */
  readonly hasFilesystem: (name: string) => boolean
  /** Variables of the host, for `createopts`. */
  readonly variables: Readonly<Record<string, string>>
  /** Directory of the target that gets the logs at the end; none where absent. */
  readonly saveLogsTo?: string
}

/** Everything the disk half adds to a plan; the steps stand around those of other rooms. */
export type ImagePlan = DiskSteps & {
  readonly layout: DiskLayout
  readonly table: PartitionTable
  readonly fstab: string
  /** For `Plan.diskVariables`. */
  readonly diskVariables: DiskVariables
}

/** A partition of an image with all that is decided about it. */
export type ImagePartition = {
  readonly partition: Partition
  /** Its name in the words `{ device }` of steps: `p1`. */
  readonly word: string
  readonly format: FormatCommands | undefined
}

const SECTOR_BYTES = 512

/**
 * Plans an empty raw disk image: its table, file systems, mounts, `fstab` and `disk_var.sh`. Pure. It is refused where
 * the layout does not fit, where more than one disk is configured, where no line mounts `/`, where the kernel cannot
 * mount a file system that is needed, and where anything is asked for but plain partitions and tmpfs.
 */
export const planImage = (input: ImageInput): Outcome<ImagePlan> => {
  const unsupported = checkImageSupport(input.diskConfig)
  if (unsupported.length > 0) return { value: undefined, diagnostics: unsupported }
  const { value: layout, diagnostics } = layoutImage(input)
  if (layout === undefined) return { value: undefined, diagnostics }
  const found: Diagnostic[] = [...diagnostics, ...checkMounts(layout, input)]

  const tableUuid = input.newUuid()
  const uuids = new Map(
    layout.partitions.map(({ number }) => [
      number,
      { partition: input.newUuid(), filesystem: input.newUuid() },
    ]),
  )
  const uuidOf = (number: number) => uuids.get(number) ?? { partition: tableUuid, filesystem: tableUuid }
  const table = partitionTable(layout, {
    table: tableId(layout.table, tableUuid),
    partition: number => uuidOf(number).partition,
  })
  const partitions = layout.partitions.map((partition): ImagePartition => {
    const word = `p${partition.number}`
    if (partition.volume === undefined) return { partition, word, format: undefined }
    const { variables } = input
    const uuid = uuidOf(partition.number).filesystem
    const format = formatCommands(partition.volume, { device: { device: word }, uuid, variables })
    found.push(...format.diagnostics)
    return { partition, word, format: format.value }
  })
  if (hasErrors(found)) return { value: undefined, diagnostics: found }

  const devices = imageDevices(layout, table, partitions)
  const fstab = renderFstab(devices, input.diskConfig.tmpfs, 'uuid')
  const variables = imageVariables(layout, devices, partitions)
  const steps = imageSteps(input, { layout, table, partitions, fstab, diskVariables: variables })
  return { value: { ...steps, layout, table, fstab, diskVariables: variables }, diagnostics: found }
}

/** The one disk of the configuration, whatever its name, laid out as the image. */
const layoutImage = ({ diskConfig, sizeBytes, memoryBytes, origin }: ImageInput): Outcome<DiskLayout> => {
  const [stanza, ...more] = diskConfig.disks
  if (stanza === undefined) {
    const message = 'the configuration has no disk for the image'
    return { value: undefined, diagnostics: [errorAt('disk-not-found', message, origin)] }
  }
  const second = more.map(other =>
    errorAt('disk-not-found', `an image is one disk, and "${other.disk}" would be another`, other.origin),
  )
  if (second.length > 0) return { value: undefined, diagnostics: second }
  const storage = { memoryBytes, disks: [blankDisk(sizeBytes)], arrays: [], volumeGroups: [], encrypted: [] }
  const disk = /^disk[0-9]+$/.test(stanza.disk) ? stanza.disk : 'disk1'
  const config = { ...diskConfig, disks: [{ ...stanza, disk }] }
  const { value, diagnostics } = planStorage(config, storage, { isInitial: true })
  return { value: value?.disks[0], diagnostics }
}

const blankDisk = (sizeBytes: number): FoundDisk => ({
  name: 'image',
  device: '/dev/image',
  links: [],
  sizeBytes,
  sectorBytes: SECTOR_BYTES,
  isReadOnly: false,
  mountPoints: [],
  holders: [],
})

const checkMounts = ({ partitions }: DiskLayout, { hasFilesystem, origin }: ImageInput): Diagnostic[] => {
  const volumes = partitions.flatMap(({ volume }) => volume ?? [])
  const root = volumes.some(({ mountPoint }) => mountPoint === '/')
  const missing = root ? [] : [errorAt('root-filesystem-missing', 'no partition is mounted at "/"', origin)]
  const unmountable = volumes
    .filter(volume => isMounted(volume) && !isFat(volume) && !hasFilesystem(volume.filesystem))
    .map(({ filesystem, origin: place }) =>
      errorAt('filesystem-unsupported', `the running kernel cannot mount "${filesystem}"`, place),
    )
  return [...missing, ...unmountable]
}

const imageDevices = (
  layout: DiskLayout,
  table: PartitionTable,
  partitions: readonly ImagePartition[],
): readonly PlacedDevice[] =>
  placedDevices(layout, ({ number }) => {
    const row = table.partitions.find(each => each.number === number)
    const { uuid, filesystemLabel } =
      partitions.find(({ partition }) => partition.number === number)?.format?.want ?? {}
    return {
      ...(uuid === undefined ? {} : { uuid }),
      ...(filesystemLabel === undefined ? {} : { filesystemLabel }),
      ...(row === undefined ? {} : { partitionUuid: partitionUuid(table, row) }),
    }
  }).map(device => ({
    ...device,
    device: nameInImage(device.device, partitions),
    // The device has another name when the image is used, so the key "device" would find nothing.
    key: device.key === 'device' ? 'uuid' : device.key,
  }))

/** What the comment in `fstab` calls a partition: its device while it is installed has no name that means anything. */
const nameInImage = (device: string, partitions: readonly ImagePartition[]): string => {
  const found = partitions.find(({ partition }) => partition.device === device)
  return `partition ${found?.partition.number} of the image`
}

const imageVariables = (
  layout: DiskLayout,
  devices: readonly PlacedDevice[],
  partitions: readonly ImagePartition[],
): DiskVariables => {
  const words = new Map([
    [layout.device, 'disk'],
    ...partitions.map(({ partition, word }): [string, string] => [
      nameInImage(partition.device, partitions),
      word,
    ]),
  ])
  const toWord = (device: string) => ({ device: words.get(device) ?? device })
  return diskVariables(devices, layout.isBootDisk ? [layout.device] : [], toWord, 'uuid')
}
