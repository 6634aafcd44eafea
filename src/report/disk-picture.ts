import type { FoundContent, FoundDisk, FoundGroup, Storage } from '../model/storage.ts'
import type { ArrayLayout, DiskLayout, GroupLayout, Partition, StorageLayout } from '../plan/disk/layout.ts'
import { contentLabel, findLosses } from './disk-loss.ts'

/** A disk, an array or a volume group before and after, each as pieces that lie side by side and fill it. */
export type DiskPicture = {
  /** Its device, or the name of the group. */
  readonly device: string
  readonly sizeBytes: number
  /** Empty where it was not there, or will not be. */
  readonly before: readonly Piece[]
  readonly after: readonly Piece[]
}

/** A part of one; `lost` holds data that will be gone, `kept` data that stays. */
export type Piece = {
  readonly sizeBytes: number
  /** `1 ext4 "root"`, `2 /home`; empty for free space. */
  readonly label: string
  readonly state: 'lost' | 'kept' | 'new' | 'free'
}

/** Pictures of all that a layout is for or takes apart: disks, arrays, volume groups. Pure. */
export const drawDisks = (machine: Storage, layout: StorageLayout): readonly DiskPicture[] => {
  const lost = new Set(findLosses(machine, layout).map(({ device }) => device))
  return [
    ...layout.disks.map(disk => drawDisk(machine, disk, lost)),
    ...drawArrays(machine, layout.arrays, lost),
    ...drawGroups(machine, layout.volumeGroups, lost),
  ]
}

const drawDisk = ({ disks }: Storage, disk: DiskLayout, lost: ReadonlySet<string>): DiskPicture => {
  const { device, sizeBytes } = disk
  const old = disks.find(each => each.device === device)
  return { device, sizeBytes, before: old === undefined ? [] : before(old, lost), after: after(disk) }
}

const before = (old: FoundDisk, lost: ReadonlySet<string>): readonly Piece[] => {
  const partitions = (old.table?.partitions ?? []).filter(({ kind }) => kind !== 'extended')
  if (partitions.length === 0) {
    const { content, sizeBytes } = old
    if (content === undefined) return [{ sizeBytes, label: '', state: 'free' }]
    return [{ sizeBytes, label: contentLabel(content), state: stateOf(old, lost) }]
  }
  const pieces = partitions.map(partition => ({
    startByte: partition.startByte,
    sizeBytes: partition.sizeBytes,
    label: `${partition.number} ${foundLabel(partition)}`.trim(),
    state: stateOf(partition, lost),
  }))
  return withGaps(pieces, old.sizeBytes)
}

const stateOf = ({ device }: { readonly device: string }, lost: ReadonlySet<string>): 'lost' | 'kept' =>
  lost.has(device) ? 'lost' : 'kept'

const after = ({ partitions, sizeBytes, whole, isWholeKept }: DiskLayout): readonly Piece[] => {
  if (whole !== undefined)
    return [{ sizeBytes, label: useLabel(whole), state: isWholeKept === true ? 'kept' : 'new' }]
  const pieces = partitions
    .filter(({ kind }) => kind !== 'extended')
    .map(partition => ({
      startByte: partition.startByte,
      sizeBytes: partition.sizeBytes,
      label: `${partition.number} ${partitionLabel(partition)}`.trim(),
      state: stateAfter(partition),
    }))
  return withGaps(pieces, sizeBytes)
}

const stateAfter = ({ kept, isFormatted }: Pick<Partition, 'isFormatted'> & { readonly kept?: unknown }) =>
  kept === undefined || isFormatted ? ('new' as const) : ('kept' as const)

const partitionLabel = ({ kind, volume, kept }: Partition): string => {
  if (volume === undefined) return kind
  return useLabel(volume) || (kept === undefined ? '' : foundLabel(kept))
}

const foundLabel = ({ content }: { readonly content?: FoundContent }): string =>
  content === undefined ? '' : contentLabel(content)

type Used = { readonly filesystem: string; readonly mountPoint: string }

/** `ext4 /home`, `swap`; empty where neither is given. */
const useLabel = ({ filesystem, mountPoint }: Used): string =>
  [...new Set([filesystem, mountPoint])].filter(word => word !== '-').join(' ')

const drawArrays = (
  { arrays: found }: Storage,
  layouts: readonly ArrayLayout[],
  lost: ReadonlySet<string>,
): readonly DiskPicture[] => {
  const gone = found.filter(
    ({ device }) => lost.has(device) && !layouts.some(({ kept }) => kept?.device === device),
  )
  return [
    ...gone.map(({ device, sizeBytes = 0, content }) => {
      const piece = { sizeBytes, label: contentLabel(content), state: 'lost' as const }
      return { device, sizeBytes, before: [piece], after: [] }
    }),
    ...layouts.map(({ device, sizeBytes, volume, kept, isFormatted }) => {
      const old = kept && {
        sizeBytes,
        label: contentLabel(kept.content),
        state: stateOf(kept, lost),
      }
      const piece = { sizeBytes, label: useLabel(volume), state: stateAfter({ kept, isFormatted }) }
      return { device, sizeBytes, before: old === undefined ? [] : [old], after: [piece] }
    }),
  ]
}

const drawGroups = (
  { volumeGroups: found }: Storage,
  layouts: readonly GroupLayout[],
  lost: ReadonlySet<string>,
): readonly DiskPicture[] => {
  const gone = found.filter(
    ({ name, volumes }) =>
      volumes.some(({ device }) => lost.has(device)) && !layouts.some(({ kept }) => kept?.name === name),
  )
  return [
    ...gone.map(group => {
      const { name: device, sizeBytes } = group
      return { device, sizeBytes, before: groupBefore(group, lost), after: [] }
    }),
    ...layouts.map(({ name: device, sizeBytes: estimated, volumes, kept }) => {
      const sizeBytes = kept?.sizeBytes ?? estimated
      const pieces = volumes.map(volume => ({
        sizeBytes: volume.sizeBytes,
        label: `${volume.name} ${useLabel(volume.volume)}`.trim(),
        state: stateAfter(volume),
      }))
      const old = kept === undefined ? [] : groupBefore(kept, lost)
      return { device, sizeBytes, before: old, after: withRest(pieces, sizeBytes) }
    }),
  ]
}

const groupBefore = ({ volumes, sizeBytes }: FoundGroup, lost: ReadonlySet<string>): readonly Piece[] =>
  withRest(
    volumes.map(volume => ({
      sizeBytes: volume.sizeBytes,
      label: `${volume.name} ${foundLabel(volume)}`.trim(),
      state: stateOf(volume, lost),
    })),
    sizeBytes,
  )

/** Less than this is alignment, not space. */
const LEAST_GAP_BYTES = 32 * 1024 ** 2

type Placed = Piece & { readonly startByte: number }

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

/** The pieces, and what they leave of the whole. */
const withRest = (pieces: readonly Piece[], sizeBytes: number): readonly Piece[] => [
  ...pieces,
  ...free(sizeBytes - pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0)),
]

const free = (sizeBytes: number): readonly Piece[] =>
  sizeBytes < LEAST_GAP_BYTES ? [] : [{ sizeBytes, label: '', state: 'free' }]
