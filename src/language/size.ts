/**
 * One end of a size in `disk_config`: so many bytes, a part of the space of the disk, or a part of the memory.
 */
export type Size =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'memory'; readonly percent: number }

/** A size as it is written: `a` is a to a, `a-` is a to all there is, `-b` is none to b. */
export type SizeRange = { readonly lower: Size; readonly upper: Size }

const K = 1024
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  k: K,
  K: K,
  kiB: K,
  KiB: K,
  kB: 1000,
  KB: 1000,
  M: K ** 2,
  MiB: K ** 2,
  MB: 1000 ** 2,
  G: K ** 3,
  GiB: K ** 3,
  GB: 1000 ** 3,
  T: K ** 4,
  TiB: K ** 4,
  TB: 1000 ** 4,
  P: K ** 5,
  PiB: K ** 5,
  PB: 1000 ** 5,
}

/** One size as it starts a longer text; what stands behind the digits may still be no unit. */
export const SIZE_PATTERN = '(?:RAM:[0-9]+%|[0-9]+[kKMGTPiB%]*)'

/** Parses one size; a number alone is MiB. Undefined for anything else. Pure. */
export const parseSize = (text: string): Size | undefined => {
  const match = /^(RAM:)?([0-9]+)([A-Za-z%]*)$/.exec(text)
  if (match === null) return undefined
  const [, ram, digits = '', unit = ''] = match
  const count = Number(digits)
  if (ram !== undefined) return unit === '%' ? { kind: 'memory', percent: count } : undefined
  if (unit === '%') return { kind: 'percent', percent: count }
  const factor = unit === '' ? K ** 2 : UNITS[unit]
  return factor === undefined ? undefined : { kind: 'bytes', bytes: count * factor }
}

/** Parses a size or a range of sizes; undefined for anything else. Pure. */
export const parseSizeRange = (text: string): SizeRange | undefined => {
  const dash = text.indexOf('-')
  if (dash < 0) {
    const size = parseSize(text)
    return size && { lower: size, upper: size }
  }
  if (text === '-') return undefined
  const lower = dash === 0 ? NOTHING : parseSize(text.slice(0, dash))
  const upper = dash === text.length - 1 ? EVERYTHING : parseSize(text.slice(dash + 1))
  return lower && upper && { lower, upper }
}

/** Whether a range ends below its start, as far as that can be told without a disk. Pure. */
export const isReversed = ({ lower, upper }: SizeRange): boolean =>
  lower.kind === upper.kind && toBytes(lower, ONE) > toBytes(upper, ONE)

const ONE: SizeBase = { availableBytes: 1, memoryBytes: 1 }
const NOTHING: Size = { kind: 'bytes', bytes: 0 }
const EVERYTHING: Size = { kind: 'percent', percent: 100 }

/** What percentages are taken of. */
export type SizeBase = { readonly availableBytes: number; readonly memoryBytes: number }

/** A range in bytes; a lower end is rounded down and an upper end up. Pure. */
export const toByteRange = (range: SizeRange, base: SizeBase): { lower: number; upper: number } => ({
  lower: Math.floor(toBytes(range.lower, base)),
  upper: Math.ceil(toBytes(range.upper, base)),
})

/** A size of tmpfs as the text behind `size=`: `20%` of the memory, or MiB. Pure. */
export const formatTmpfsSize = (size: Size): string =>
  size.kind === 'bytes' ? `${Math.floor(size.bytes / K ** 2)}m` : `${size.percent}%`

const toBytes = (size: Size, { availableBytes, memoryBytes }: SizeBase): number => {
  switch (size.kind) {
    case 'bytes':
      return size.bytes
    case 'percent':
      return (availableBytes * size.percent) / 100
    case 'memory':
      return (memoryBytes * size.percent) / 100
  }
}
