import { errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { DiskStanza, Volume } from '../../language/disk-config.ts'
import { toByteRange } from '../../language/size.ts'

const MIB = 1024 ** 2
/** Sectors at the end of a disk that FAI leaves to the second table of a GPT. */
const GPT_TAIL_SECTORS = 33
/** Sectors that FAI puts before each logical partition for its own small table. */
const LOGICAL_SECTORS = 2

/** Where one line of a stanza ends up; bytes from the start of the disk. */
export type Extent = { readonly startByte: number; readonly sizeBytes: number }

/** Size of the disk and of the memory that percentages are taken of. */
export type DiskSpace = {
  readonly sizeBytes: number
  readonly sectorBytes: number
  readonly memoryBytes: number
}

/** The first byte of a partition; `gpt-bios` keeps one MiB more for the boot loader. */
export const firstByte = ({ partitionTable }: Pick<DiskStanza, 'partitionTable'>): number =>
  partitionTable === 'gpt-bios' ? 2 * MIB : MIB

/** Bytes from the beginning that partitions can use. */
export const usableBytes = (stanza: Pick<DiskStanza, 'partitionTable'>, space: DiskSpace): number =>
  stanza.partitionTable === 'msdos' ? space.sizeBytes : space.sizeBytes - GPT_TAIL_SECTORS * space.sectorBytes

/** What a logical partition keeps free before itself. */
export const logicalGapBytes = (align: number, sectorBytes: number): number =>
  Math.max(LOGICAL_SECTORS * sectorBytes, align)

/**
 * Lines of a stanza in the order in which they lie on the disk: primary ones up to the first logical one, all logical
 * ones, the other primary ones. Pure.
 */
export const diskOrder = (volumes: readonly Volume[]): readonly Volume[] => {
  const first = volumes.findIndex(({ kind }) => kind === 'logical')
  if (first < 0) return volumes
  const before = volumes.slice(0, first)
  const rest = volumes.slice(first)
  return [...before, ...rest.filter(isLogical), ...rest.filter(volume => !isLogical(volume))]
}

const isLogical = ({ kind }: Volume): boolean => kind === 'logical'

/**
 * Shares the space of an empty disk out among the lines of a stanza, front to back (setup-storage.md, section 6). Pure.
 *
 *     asked for                      size
 *     a fixed size                   as asked
 *     a range, upper ends fit        upper end
 *     a range, upper ends too large  lower + (upper - lower) * (available - need) / (want - need)
 *
 * `need` and `want` are the sums of the lower and the upper ends of this line and all that follow. Starts are rounded up
 * and ends down to the alignment. What does not fit is `disk-too-small` at the line that met the end of the disk.
 */
export const shareSpace = (stanza: DiskStanza, space: DiskSpace): Outcome<ReadonlyMap<Volume, Extent>> => {
  const { sectorBytes } = space
  const align = stanza.alignBytes ?? sectorBytes
  if (align % sectorBytes !== 0) {
    const message = `alignment of ${align} bytes is no multiple of the sector size (${sectorBytes} bytes)`
    return { value: undefined, diagnostics: [errorAt('disk-config-invalid', message, stanza.origin)] }
  }
  const end = usableBytes(stanza, space)
  const firstStart = roundUp(firstByte(stanza), align)
  const ranges = diskOrder(stanza.volumes).map(volume => ({
    volume,
    ...toByteRange(volume.size, {
      availableBytes: Math.max(0, end - firstStart),
      memoryBytes: space.memoryBytes,
    }),
  }))
  const extents = new Map<Volume, Extent>()
  let free = firstStart
  for (const [index, { volume, lower, upper }] of ranges.entries()) {
    if (upper < lower) return reversed(volume, lower, upper)
    const gap = isLogical(volume) ? LOGICAL_SECTORS * sectorBytes : 0
    const startByte = roundUp(free + gap, align)
    const available = end - startByte - gap
    const following = ranges.slice(index)
    const need = sum(following.map(each => each.lower))
    if (need > available) return tooSmall(volume, need, available)
    const size = rangeSize(following, available, logicalGapBytes(align, sectorBytes))
    const sizeBytes = roundDown(startByte + size, align) - startByte
    if (sizeBytes <= 0 || startByte + sizeBytes > end) return tooSmall(volume, size, end - startByte)
    extents.set(volume, { startByte, sizeBytes })
    free = startByte + sizeBytes
  }
  return { value: extents, diagnostics: [] }
}

type Range = { readonly volume: Volume; readonly lower: number; readonly upper: number }

/** What the first of some ranges gets of the space that all of them share. */
const rangeSize = (ranges: readonly Range[], available: number, gapBytes: number): number => {
  const [first, ...rest] = ranges
  if (first === undefined) return 0
  const need = sum(ranges.map(({ lower }) => lower))
  const want = sum(ranges.map(({ upper }) => upper)) + gapBytes * rest.filter(isLogicalRange).length
  if (want <= available) return first.upper
  return first.lower + share(first.upper - first.lower, available - need, want - need)
}

const isLogicalRange = ({ volume }: Range): boolean => isLogical(volume)

/** Products of two sizes leave the exact range of numbers, so they are made of bigints. */
const share = (range: number, part: number, whole: number): number =>
  whole <= 0 ? 0 : Number((BigInt(range) * BigInt(part)) / BigInt(whole))

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
const roundUp = (bytes: number, align: number): number => Math.ceil(bytes / align) * align
const roundDown = (bytes: number, align: number): number => Math.floor(bytes / align) * align

const reversed = (volume: Volume, lower: number, upper: number): Outcome<never> => {
  const message = `the lower end of the size (${lower} bytes) is above its upper end (${upper} bytes)`
  return { value: undefined, diagnostics: [errorAt('disk-config-invalid', message, volume.origin)] }
}

const tooSmall = (volume: Volume, wanted: number, found: number): Outcome<never> => {
  const free = Math.max(0, found)
  const message = `the disk is too small from here on (wanted ${wanted} bytes, found ${free})`
  return { value: undefined, diagnostics: [errorAt('disk-too-small', message, volume.origin)] }
}
