import { type Diagnostic, errorAt, type Outcome, warningAt } from '../../../diagnostic/diagnostic.ts'
import type { DiskStanza, Volume } from '../../../language/disk-config.ts'
import { toByteRange } from '../../../language/size.ts'
import type { FoundPartition } from '../../../model/storage.ts'
import { formatBytes } from '../format-disk.ts'
import type { KeptVolume } from './kept.ts'
import { reversedRange } from './reversed-range.ts'
import { roundDown, roundUp, share, sum } from './rounding.ts'

const MIB = 1024 ** 2
/** Sectors at the end of a disk that FAI leaves to the second table of a GPT. */
const GPT_TAIL_SECTORS = 33
/** Sectors that FAI puts before each logical partition for its own small table. */
const LOGICAL_SECTORS = 2

/** Where one partition ends up; bytes from the start of the disk. */
export type Extent = { readonly startByte: number; readonly sizeBytes: number }

/** One line of a stanza with the number of its partition, and what is there where it stays. */
export type Slot = {
  readonly volume: Volume
  readonly number: number
  readonly kept?: KeptVolume<FoundPartition>
}

/** What is shared out, and the unit of starts and ends. */
export type DiskSpace = {
  readonly sizeBytes: number
  readonly sectorBytes: number
  readonly alignBytes: number
  /** Of the machine, for sizes that are a part of it. */
  readonly memoryBytes: number
}

/** What a logical partition keeps free before itself. Pure. */
export const logicalGapBytes = ({ alignBytes, sectorBytes }: DiskSpace): number =>
  Math.max(LOGICAL_SECTORS * sectorBytes, alignBytes)

/**
 * Slots in the order in which they lie on the disk: primary ones up to the first logical one, all logical ones, the
 * other primary ones. Pure.
 */
export const diskOrder = (slots: readonly Slot[]): readonly Slot[] => {
  const first = slots.findIndex(isLogical)
  if (first < 0) return slots
  const rest = slots.slice(first)
  return [...slots.slice(0, first), ...rest.filter(isLogical), ...rest.filter(slot => !isLogical(slot))]
}

const isLogical = ({ volume }: Slot): boolean => volume.kind === 'logical'

/** It stays exactly where it is. */
const isFixed = ({ kept }: Slot): boolean => kept !== undefined && !kept.isResized

/** Space before it is bounded by its start: a new size moves neither a fixed one nor, as FAI has it, an NTFS. */
const isObstacle = (slot: Slot): boolean => isFixed(slot) || slot.kept?.found.content?.type === 'ntfs'

/**
 * Shares the space of a disk out among the lines of a stanza, front to back (setup-storage.md, section 6). Pure. The
 * extents are by the number of the partition.
 *
 *     asked for                      size
 *     a fixed size                   as asked
 *     a range, upper ends fit        upper end
 *     a range, upper ends too large  lower + (upper - lower) * (available - need) / (want - need)
 *
 * `need` and `want` are the sums of the lower and the upper ends of this line and all that follow, up to the next
 * partition that stays. Starts are rounded up and ends down to the alignment. What does not fit is `disk-too-small` at
 * the line that met the end, a partition that would have to move `resize-impossible`.
 */
export const shareSpace = (
  { partitionTable }: Pick<DiskStanza, 'partitionTable'>,
  slots: readonly Slot[],
  space: DiskSpace,
): Outcome<ReadonlyMap<number, Extent>> => {
  const tail = partitionTable === 'msdos' ? 0 : GPT_TAIL_SECTORS * space.sectorBytes
  const end = space.sizeBytes - tail
  const ordered = diskOrder(slots)
  let free = firstFree(partitionTable, ordered[0])
  const ranges = toRanges(ordered, Math.max(0, end - percentBase(ordered[0], free, space)), space)
  const biosGrubBytes = partitionTable === 'gpt-bios' ? MIB : 0
  const extents = new Map<number, Extent>()
  const diagnostics: Diagnostic[] = []
  for (const [index, range] of ranges.entries()) {
    const { slot } = range
    const placed = isFixed(slot)
      ? keepPlace(ranges, index, free, space)
      : place(ranges, index, { free, end, space, biosGrubBytes })
    if ('code' in placed) return { value: undefined, diagnostics: [placed] }
    diagnostics.push(...sizeWarnings(range))
    extents.set(slot.number, placed)
    free = placed.startByte + placed.sizeBytes
  }
  return { value: extents, diagnostics }
}

/** A slot with the ends of its size in bytes, and the space that its percentages are of. */
type Range = {
  readonly slot: Slot
  readonly lower: number
  readonly upper: number
  readonly availableBytes: number
}

const toRanges = (
  slots: readonly Slot[],
  availableBytes: number,
  { memoryBytes }: DiskSpace,
): readonly Range[] =>
  slots.map(slot => {
    const { lower, upper } = toByteRange(slot.volume.size, { availableBytes, memoryBytes })
    return { slot, lower, upper: Math.min(upper, Number.MAX_SAFE_INTEGER), availableBytes }
  })

/** The first partition begins here; `gpt-bios` keeps one MiB more for the boot loader. */
const firstFree = (table: DiskStanza['partitionTable'], first: Slot | undefined): number => {
  if (first?.number === 1 && first.kept && isFixed(first)) return first.kept.found.startByte
  return table === 'gpt-bios' ? 2 * MIB : MIB
}

const percentBase = (first: Slot | undefined, free: number, space: DiskSpace): number =>
  first?.number === 1 && !isFixed(first) ? startOf(first, free, space) : free

/** Where a slot begins that is not fixed; one that only alignment would move stays where it is. */
const startOf = (slot: Slot, free: number, { alignBytes, sectorBytes }: DiskSpace): number => {
  const earliest = free + (isLogical(slot) ? LOGICAL_SECTORS * sectorBytes : 0)
  const aligned = roundUp(earliest, alignBytes)
  const present = slot.kept?.found.startByte
  if (present === undefined || present < earliest) return aligned
  return isObstacle(slot) || present <= aligned ? present : aligned
}

const keepPlace = (
  ranges: readonly Range[],
  index: number,
  free: number,
  { sectorBytes }: DiskSpace,
): Extent | Diagnostic => {
  const { slot, lower, upper, availableBytes } = ranges[index] as Range
  const { startByte = 0, sizeBytes = 0 } = slot.kept?.found ?? {}
  const before = ranges[index - 1]?.slot
  if (lower > availableBytes) return tooSmall(slot, lower, availableBytes)
  if (upper < lower) return reversedRange(slot.volume, lower, upper)
  const needsGap = isLogical(slot) && before !== undefined && !isFixed(before)
  const wanted = free + (needsGap ? LOGICAL_SECTORS * sectorBytes : 0)
  if (wanted <= startByte) return { startByte, sizeBytes }
  const message = `partition ${slot.number} stays at byte ${startByte}, and what lies before it ends at byte ${wanted}`
  return errorAt('disk-too-small', message, (before ?? slot).volume.origin, [slot.volume.origin])
}

type Bounds = {
  readonly free: number
  readonly end: number
  readonly space: DiskSpace
  /** Counted among the wants of the last lines: FAI counts the partition of the boot loader though it has its place. */
  readonly biosGrubBytes: number
}

const place = (
  ranges: readonly Range[],
  index: number,
  { free, end, space, biosGrubBytes }: Bounds,
): Extent | Diagnostic => {
  const { slot, lower, upper, availableBytes } = ranges[index] as Range
  const { alignBytes, sectorBytes } = space
  if (lower > availableBytes) return tooSmall(slot, lower, availableBytes)
  if (upper < lower) return reversedRange(slot.volume, lower, upper)
  const startByte = startOf(slot, free, space)
  if (slot.kept !== undefined && slot.kept.found.startByte !== startByte) return moved(slot, startByte)
  const stop = ranges.findIndex((range, at) => at > index && isObstacle(range.slot))
  const obstacle = ranges[stop]?.slot
  const limit = obstacle?.kept?.found.startByte ?? end
  const available =
    limit - startByte - (obstacle !== undefined && isLogical(obstacle) ? LOGICAL_SECTORS * sectorBytes : 0)
  const sharing = ranges.slice(index, stop < 0 ? ranges.length : stop)
  const gaps = logicalGapBytes(space) * sharing.slice(1).filter(range => isLogical(range.slot)).length
  const size = sizeOfFirst(sharing, available - gaps - (stop < 0 ? biosGrubBytes : 0))
  if (size === undefined) return tooSmall(slot, sum(sharing.map(range => range.lower)) + gaps, available)
  const sizeBytes = roundDown(startByte + size, alignBytes) - startByte
  if (sizeBytes > 0 && startByte + sizeBytes <= limit) return { startByte, sizeBytes }
  return tooSmall(slot, Math.max(size, alignBytes), limit - startByte, obstacle)
}

/** What the first of some ranges gets of a space; undefined where it is a range and the lower ends do not fit. */
const sizeOfFirst = (sharing: readonly Range[], available: number): number | undefined => {
  const { lower, upper } = sharing[0] as Range
  const need = sum(sharing.map(range => range.lower))
  const want = sum(sharing.map(range => range.upper))
  if (lower === upper || want <= available) return upper
  return need > available ? undefined : lower + share(upper - lower, available - need, want - need)
}

const sizeWarnings = ({ slot, lower, upper }: Range): readonly Diagnostic[] => {
  const sizeBytes = slot.kept?.found.sizeBytes
  if (sizeBytes === undefined || !isFixed(slot) || (lower <= sizeBytes && sizeBytes <= upper)) return []
  const difference =
    sizeBytes < lower ? `${formatBytes(lower - sizeBytes)} less` : `${formatBytes(sizeBytes - upper)} more`
  const message = `partition ${slot.number} stays and keeps its ${formatBytes(sizeBytes)}, ${difference} than is wanted`
  return [warningAt('preserve-size', message, slot.volume.origin)]
}

const tooSmall = ({ volume }: Slot, wanted: number, found: number, obstacle?: Slot): Diagnostic => {
  const before = obstacle === undefined ? '' : `, before partition ${obstacle.number}, which stays`
  const message = `the disk is too small from here on (wanted ${wanted} bytes, found ${Math.max(0, found)}${before})`
  return errorAt('disk-too-small', message, volume.origin, obstacle ? [obstacle.volume.origin] : [])
}

const moved = ({ volume, number, kept }: Slot, startByte: number): Diagnostic => {
  const found = kept?.found.startByte
  const message = `partition ${number} would have to move to get its new size (begins at byte ${found}, would begin at ${startByte})`
  return errorAt('resize-impossible', message, volume.origin)
}
