import type { Content } from './disk-config.ts'
import {
  type Cursor,
  expect,
  isAtEnd,
  oneOf,
  originOf,
  reportInvalid,
  reportSyntax,
  take,
} from './disk-config-cursor.ts'
import { KEEP_SUFFIXES, type KeepSuffix } from './disk-config-keep.ts'
import { isReversed, parseSizeRange, SIZE_PATTERN, type SizeRange } from './size.ts'

/** A name of a volume group or of a logical volume. */
export const NAME_PATTERN = '[^/, \\t-]+'

/** What stands on every line that makes a file system, its columns in the order of the line. */
export type Columns<Extra> = {
  /** Reads what stands between mount point and file system. */
  readonly middle: (cursor: Cursor) => Extra
  /** The special options that may stand before `createopts` and `tuneopts`, such as `mdcreateopts`. */
  readonly special?: string
}

/**
 * Reads `MOUNT … FS OPTIONS [special="..."] [createopts="..."] [tuneopts="..."]` to the end of the line. The content of
 * a line with a fault is none, so that no check complains about what could not be read.
 */
export const takeContent = <Extra extends object>(
  cursor: Cursor,
  start: number,
  { middle, special }: Columns<Extra>,
): { readonly content: Content & Extra; readonly specialOptions: string } => {
  const origin = originOf(cursor, start)
  const mount = takeMountPoint(cursor)
  const extra = middle(cursor)
  const filesystem = takeFilesystem(cursor)
  const mountOptions = takeMountOptions(cursor)
  const { specialOptions, createOptions, tuneOptions } = takeTuning(cursor, special)
  if (cursor.isLost) return { content: { ...NO_CONTENT, ...extra, origin }, specialOptions }
  const content = { ...mount, ...extra, filesystem, mountOptions, createOptions, tuneOptions, origin }
  return { content, specialOptions }
}

const NO_CONTENT = {
  mountPoint: '-',
  filesystem: '-',
  mountOptions: '-',
  createOptions: '',
  tuneOptions: '',
} as const

/** Reads a mount point of a file system or of swap; `-` is none. */
export const takeMountPoint = (cursor: Cursor): Pick<Content, 'mountPoint' | 'encrypt'> => {
  const wanted = 'a mount point that starts with "/", "swap" or "-"'
  const match = expect(cursor, /(-|swap|\/[^ \t:]*)(:encrypt(:randinit)?)?/, wanted)
  expectNoSuffix(cursor, '":encrypt" or ":encrypt:randinit"')
  const [, mountPoint = '-', encrypt, randinit] = match ?? []
  return { mountPoint, ...(encrypt === undefined ? {} : { encrypt: { randomFill: randinit !== undefined } }) }
}

/** Reads a path to mount something at that is no device. */
export const takePath = (cursor: Cursor): string =>
  expect(cursor, /\/[^ \t:]*/, 'a mount point that starts with "/"')?.[0] ?? '-'

/** Reads options of mount(8). */
export const takeMountOptions = (cursor: Cursor): string =>
  expect(cursor, /[^ \t]+/, 'a field of mount options')?.[0] ?? '-'

const SUFFIX = KEEP_SUFFIXES.map(suffix => `:${suffix}`).join('|')
const SIZE = new RegExp(
  `(${SIZE_PATTERN}(?:-(?:${SIZE_PATTERN})?)?)(${SUFFIX})?|(-${SIZE_PATTERN})(${SUFFIX})?(?=[ \\t]|$)`,
)
const SIZE_WANTED = 'a size such as "500", "1G-2G", "10%-" or "RAM:50%"'
const NO_SIZE = parseSizeRange('0') as SizeRange

/** Reads a size or a range of sizes, and what becomes of the volume if it is there already. */
export const takeSize = (cursor: Cursor): { readonly size: SizeRange; readonly suffix?: KeepSuffix } => {
  const match = expect(cursor, SIZE, SIZE_WANTED)
  if (match === undefined) return { size: NO_SIZE }
  const text = match[1] ?? match[3] ?? ''
  // FAI takes the rest of such a word for the name of a file system; there is none of that name.
  const rest = /^([.,]|[mgtp](i?[bB])?(?=[-: \t]|$))/.exec(cursor.text.slice(cursor.at, cursor.at + 4))
  const size = rest === null ? parseSizeRange(text) : undefined
  if (size === undefined) {
    const units =
      'a size is a whole number with a unit, "B", "%", or "k", "M", "G", "T", "P" with or without "B" or "iB"'
    reportInvalid(cursor, units, match.index)
    cursor.isLost = true
    return { size: NO_SIZE }
  }
  if (isReversed(size)) reportInvalid(cursor, `the size "${text}" ends below its start`, match.index)
  expectNoSuffix(cursor, oneOf(KEEP_SUFFIXES.map(each => `:${each}`)))
  const suffix = (match[2] ?? match[4])?.slice(1) as KeepSuffix | undefined
  return { size, ...(suffix === undefined ? {} : { suffix }) }
}

/** Says what could stand behind a column, where something else does. */
const expectNoSuffix = (cursor: Cursor, wanted: string): void => {
  if (cursor.text[cursor.at] === ':') reportSyntax(cursor, wanted)
}

const takeFilesystem = (cursor: Cursor): string =>
  expect(cursor, /-|swap|[^ \t]+/, 'a file system')?.[0] ?? '-'

const takeTuning = (cursor: Cursor, special: string | undefined) => {
  const before = special === undefined ? undefined : take(cursor, new RegExp(`${special}="([^"]*)"`))
  const { createopts = '', tuneopts = '' } = takeQuoted(
    cursor,
    ['createopts', 'tuneopts'],
    special === undefined || before !== undefined ? [] : [special],
  )
  return { specialOptions: before?.[1] ?? '', createOptions: createopts, tuneOptions: tuneopts }
}

/**
 * Reads `name="..."` with the names given, in any order, to the end of the line; the last of a name wins. `before` are
 * names that could have stood here too, for the message.
 */
export const takeQuoted = <Name extends string>(
  cursor: Cursor,
  names: readonly Name[],
  before: readonly string[] = [],
): Readonly<Partial<Record<Name, string>>> => {
  const found: Partial<Record<Name, string>> = {}
  const pattern = new RegExp(`(${names.join('|')})="([^"]*)"`)
  const wanted = [...before, ...names].map(name => `${name}="..."`).join(', ')
  while (!isAtEnd(cursor)) {
    const match = expect(cursor, pattern, `${wanted} or the end of the line`)
    if (match !== undefined) found[match[1] as Name] = match[2] ?? ''
  }
  return found
}
