import type { FoundContent, FoundDisk, FoundPartition, Storage } from '../model/storage.ts'
import { formatBytes } from '../plan/disk/format-disk.ts'
import type { DiskLayout, Partition, StorageLayout } from '../plan/disk/layout.ts'

/** One disk before and after, as pieces that lie side by side and fill it. */
export type DiskPicture = {
  readonly device: string
  readonly sizeBytes: number
  readonly before: readonly Piece[]
  readonly after: readonly Piece[]
}

/** A part of a disk; `lost` holds data that will be gone, `kept` data that stays. */
export type Piece = {
  readonly sizeBytes: number
  /** `1 ext4 /`; empty for free space. */
  readonly label: string
  readonly state: 'lost' | 'kept' | 'new' | 'free'
}

/** Pictures of the disks that a layout is for, in its order. Pure. */
export const drawDisks = ({ disks: found }: Storage, layout: StorageLayout): readonly DiskPicture[] =>
  layout.disks.map(disk => {
    const old = found.find(({ device }) => device === disk.device)
    const { device, sizeBytes } = disk
    return { device, sizeBytes, before: old === undefined ? [] : before(old, disk), after: after(disk) }
  })

const before = (old: FoundDisk, disk: DiskLayout): readonly Piece[] => {
  const partitions = (old.table?.partitions ?? []).filter(({ kind }) => kind !== 'extended')
  if (partitions.length === 0) {
    const state = old.content === undefined ? 'free' : disk.keepsTable ? 'kept' : 'lost'
    return [{ sizeBytes: old.sizeBytes, label: contentLabel(old.content), state }]
  }
  const pieces = partitions.map(partition => ({
    startByte: partition.startByte,
    sizeBytes: partition.sizeBytes,
    label: `${partition.number} ${contentLabel(partition.content)}`.trim(),
    state: isLost(partition, disk) ? ('lost' as const) : ('kept' as const),
  }))
  return withGaps(pieces, old.sizeBytes)
}

/** Whether what a partition holds is gone afterwards. A partition that nothing was found on has nothing to lose. Pure. */
export const isLost = (partition: FoundPartition, { keepsTable, partitions }: DiskLayout): boolean => {
  const heir = partitions.find(({ kept }) => kept?.device === partition.device)
  return heir === undefined ? !keepsTable : heir.isFormatted
}

const after = ({ partitions, sizeBytes, whole }: DiskLayout): readonly Piece[] => {
  if (whole !== undefined)
    return [{ sizeBytes, label: useLabel(whole.filesystem, whole.mountPoint), state: 'new' }]
  const pieces = partitions
    .filter(({ kind }) => kind !== 'extended')
    .map(partition => ({
      startByte: partition.startByte,
      sizeBytes: partition.sizeBytes,
      label: `${partition.number} ${partitionLabel(partition)}`.trim(),
      state: partition.kept === undefined || partition.isFormatted ? ('new' as const) : ('kept' as const),
    }))
  return withGaps(pieces, sizeBytes)
}

const contentLabel = (content: FoundContent | undefined): string =>
  content === undefined ? '' : [content.type, ...(content.label ? [`"${content.label}"`] : [])].join(' ')

const partitionLabel = ({ kind, volume, kept }: Partition): string => {
  if (volume === undefined) return kind
  if (kept !== undefined && volume.filesystem === '-') return contentLabel(kept.content)
  return useLabel(volume.filesystem, volume.mountPoint)
}

const useLabel = (filesystem: string, mountPoint: string): string =>
  [filesystem, mountPoint].filter(word => word !== '-' && word !== filesystem).join(' ') ||
  (filesystem === '-' ? '' : filesystem)

type Placed = Piece & { readonly startByte: number }

/** Less than this is alignment, not space. */
const LEAST_GAP_BYTES = 4 * 1024 ** 2

/** The pieces in the order in which they lie, with free space between them. */
const withGaps = (pieces: readonly Placed[], sizeBytes: number): readonly Piece[] => {
  let end = 0
  const all = pieces
    .toSorted((a, b) => a.startByte - b.startByte)
    .flatMap(({ startByte, ...piece }): Piece[] => {
      const gap = startByte - end
      end = startByte + piece.sizeBytes
      return [...free(gap), piece]
    })
  return [...all, ...free(sizeBytes - end)]
}

const free = (sizeBytes: number): readonly Piece[] =>
  sizeBytes < LEAST_GAP_BYTES ? [] : [{ sizeBytes, label: '', state: 'free' }]

/** What is lost, in one sentence. Pure. */
export const lossSentence = (machine: Storage, layout: StorageLayout): string => {
  const disks = layout.disks.flatMap(disk => {
    const old = machine.disks.find(({ device }) => device === disk.device)
    const partitions = (old?.table?.partitions ?? []).filter(partition => isLost(partition, disk))
    const whole = old?.table === undefined && old?.content !== undefined && !disk.keepsTable ? [old] : []
    return [...whole, ...partitions]
  })
  const lost = disks.flatMap(({ device, content, sizeBytes }) =>
    content === undefined ? [] : [`${contentLabel(content)} on ${device} (${formatBytes(sizeBytes)})`],
  )
  const devices = new Set(disks.map(({ device }) => device))
  const groups = machine.volumeGroups
    .filter(({ physicalVolumes }) => physicalVolumes.some(device => devices.has(device)))
    .map(
      ({ name, volumes }) =>
        `volume group ${name} with ${volumes.map(each => each.name).join(', ') || 'no volume'}`,
    )
  const all = [...lost, ...groups]
  return all.length === 0 ? 'nothing is lost' : `lost: ${all.join('; ')}`
}
