import type { Volume } from '../../language/disk-config.ts'
import type { Because, LocalAction, LocalStep } from '../step.ts'
import type { Task } from '../task.ts'
import type { ImageInput, ImagePartition } from './image.ts'
import { renderSfdiskScript } from './image-table.ts'
import type { DiskLayout, PartitionTable } from './layout.ts'
import { type DiskVariables, renderDiskVariables } from './variables.ts'

/** Steps of the disks by their place among those of other rooms. */
export type DiskSteps = {
  /** Tasks `partition` and `mountdisks`: before the base system. */
  readonly prepare: readonly LocalStep[]
  /** Task `extrbase`: after the base system. */
  readonly afterBase: readonly LocalStep[]
  /** Tasks `finish` and `savelog`: after everything that writes into the target. */
  readonly finish: readonly LocalStep[]
}

/** What has been decided about the image before its steps are made. */
export type ImageDecisions = {
  readonly layout: DiskLayout
  readonly table: PartitionTable
  readonly partitions: readonly ImagePartition[]
  readonly fstab: string
  readonly diskVariables: DiskVariables
}

/** The steps that make an image, mount it, and take it apart again. Pure. */
export const imageSteps = (input: ImageInput, decisions: ImageDecisions): DiskSteps => {
  const partPath = `${input.path}.part`
  return {
    prepare: [
      ...tableSteps(input, partPath, decisions),
      ...attachSteps(input, partPath, decisions),
      ...formatSteps(input, decisions.partitions),
      ...logSteps(input, decisions),
      ...mountSteps(input, decisions.partitions),
    ],
    afterBase: [
      step(input, 'extrbase', 'fstab', 'write /etc/fstab', {
        kind: 'write-file',
        path: { target: '/etc/fstab' },
        content: decisions.fstab,
        mode: 0o644,
      }),
    ],
    finish: finishSteps(input, partPath, decisions.partitions),
  }
}

const step = (
  input: ImageInput,
  task: Task,
  id: string,
  title: string,
  action: LocalAction,
  volume?: ImagePartition,
): LocalStep => ({
  id,
  task,
  title,
  because: [because(input, volume)],
  destroys: false,
  action,
})

/** The line that asked for it; the stanza of the disk where no line did. */
const because = ({ diskConfig, class: name, origin }: ImageInput, volume?: ImagePartition): Because => ({
  ...(name === undefined ? {} : { class: name }),
  origin: volume?.partition.volume?.origin ?? diskConfig.disks[0]?.origin ?? origin,
})

const tableSteps = (
  input: ImageInput,
  partPath: string,
  { layout, table }: ImageDecisions,
): readonly LocalStep[] => {
  const { path, sizeBytes, replace } = input
  return [
    step(input, 'partition', 'image.create', `create ${partPath}, ${sizeBytes} bytes`, {
      kind: 'create-image',
      path,
      partPath,
      sizeBytes,
      replace,
    }),
    step(
      input,
      'partition',
      'image.table',
      `write the partition table (${layout.table}, ${layout.partitions.length} partitions)`,
      {
        kind: 'write-table',
        image: partPath,
        script: renderSfdiskScript(table),
        table,
      },
    ),
  ]
}

/** The image as a whole is attached too: `BOOT_DEVICE` names it. */
const attachSteps = (
  input: ImageInput,
  image: string,
  { layout, partitions }: ImageDecisions,
): readonly LocalStep[] => {
  const { sizeBytes, sectorBytes } = layout
  const whole = { kind: 'attach', device: 'disk', image, startByte: 0, sizeBytes, sectorBytes } as const
  return [
    step(input, 'partition', 'attach.disk', 'attach the image as a block device', whole),
    ...partitions
      .filter(({ partition }) => partition.volume !== undefined)
      .map(each => {
        const { startByte, sizeBytes: size } = each.partition
        const action = {
          kind: 'attach',
          device: each.word,
          image,
          startByte,
          sizeBytes: size,
          sectorBytes,
        } as const
        return step(
          input,
          'partition',
          `attach.${each.word}`,
          `attach partition ${each.partition.number}`,
          action,
          each,
        )
      }),
  ]
}

const formatSteps = (input: ImageInput, partitions: readonly ImagePartition[]): readonly LocalStep[] =>
  partitions.flatMap(each => {
    const { format, word, partition } = each
    if (format === undefined || partition.volume === undefined) return []
    const { filesystem, mountPoint } = partition.volume
    const use = isMounted(partition.volume) ? ` for ${mountPoint}` : ''
    const title = `make ${filesystem} on partition ${partition.number}${use}`
    const action = { kind: 'format', device: word, ...format } as const
    return [step(input, 'partition', `format.${word}`, title, action, each)]
  })

const logSteps = (input: ImageInput, { fstab, diskVariables }: ImageDecisions): readonly LocalStep[] => [
  step(input, 'partition', 'log.fstab', 'write fstab to the log directory', {
    kind: 'write-file',
    path: { log: 'fstab' },
    content: fstab,
    mode: 0o644,
  }),
  step(input, 'partition', 'log.disk_var', 'write disk_var.sh to the log directory', {
    kind: 'write-file',
    path: { log: 'disk_var.sh' },
    content: renderDiskVariables(diskVariables),
    mode: 0o644,
  }),
]

/** Lines that are mounted, a containing mount point before the contained one. */
const inMountOrder = (partitions: readonly ImagePartition[]): readonly Mounted[] =>
  partitions
    .flatMap(each => {
      const { volume } = each.partition
      return volume !== undefined && isMounted(volume) ? [{ ...each, volume }] : []
    })
    .sort((left, right) => (left.volume.mountPoint < right.volume.mountPoint ? -1 : 1))

type Mounted = ImagePartition & { readonly volume: NonNullable<ImagePartition['partition']['volume']> }

/**
 * How a mount point gets its content:
 *
 *     file system   kernel can mount it   during the run              at the end
 *     any           yes                   mounted, `rw,noatime`       unmounted
 *     vfat, msdos   no                    a directory of the target   copied with mtools, directory emptied
 *
 * Options such as `ro` or `noexec` are for the installed system, and would stop its installation.
 */
const mountSteps = (input: ImageInput, partitions: readonly ImagePartition[]): readonly LocalStep[] =>
  inMountOrder(partitions).map(each => {
    const { volume, word } = each
    const { mountPoint: at, filesystem } = volume
    const id = `mount.${at}`
    if (!isFilledLater(input, each)) {
      const action = { kind: 'mount', device: word, at, filesystem, options: ['rw', 'noatime'] } as const
      return step(input, 'mountdisks', id, `mount partition ${each.partition.number} at ${at}`, action, each)
    }
    const title = `make the directory ${at}, filled into partition ${each.partition.number} at the end`
    const action = { kind: 'make-directory', path: { target: at }, mode: 0o755 } as const
    return step(input, 'mountdisks', id, title, action, each)
  })

const isFilledLater = ({ hasFilesystem }: ImageInput, { volume }: Mounted): boolean =>
  isFat(volume) && !hasFilesystem(volume.filesystem)

const finishSteps = (
  input: ImageInput,
  partPath: string,
  partitions: readonly ImagePartition[],
): readonly LocalStep[] => {
  const { path, replace, saveLogsTo } = input
  const filled = inMountOrder(partitions).filter(each => isFilledLater(input, each))
  // A contained mount point first: what it holds is no content of the containing one.
  const fill = filled.reverse().map(each => {
    const { mountPoint: from } = each.volume
    const title = `copy ${from} into partition ${each.partition.number} with mtools`
    return step(input, 'finish', `fill.${from}`, title, { kind: 'fill-vfat', device: each.word, from }, each)
  })
  const save =
    saveLogsTo === undefined
      ? []
      : [
          step(input, 'savelog', 'save-logs', `copy the logs to ${saveLogsTo}`, {
            kind: 'save-logs',
            to: saveLogsTo,
          }),
        ]
  return [
    ...fill,
    ...save,
    step(input, 'savelog', 'unmount', 'unmount and detach everything', { kind: 'unmount-all' }),
    {
      ...step(input, 'savelog', 'image.finish', `rename ${partPath} to ${path}`, {
        kind: 'finish-image',
        path,
        partPath,
        replace,
      }),
      destroys: replace,
    },
  ]
}

/** Whether a line has a mount point in the tree of files. */
export const isMounted = ({ mountPoint }: Volume): boolean => mountPoint.startsWith('/')

/** File systems that mtools can write without a mount. */
export const isFat = ({ filesystem }: Pick<Volume, 'filesystem'>): boolean =>
  filesystem === 'vfat' || filesystem === 'msdos'
