import type { Tmpfs, Volume } from './disk-config.ts'
import {
  type Cursor,
  expect,
  isAtEnd,
  originOf,
  reportInvalid,
  reportSyntax,
  reportUnsupported,
  take,
} from './disk-config-cursor.ts'
import { parseSize, parseSizeRange, SIZE_PATTERN, type SizeRange } from './size.ts'

/** Parses a partition line: `primary|logical|p=NAME MOUNT SIZE FS OPTIONS [createopts="..."] [tuneopts="..."]`. */
export const parseVolume = (cursor: Cursor): Volume | undefined => {
  const start = takeKind(cursor)
  if (start === undefined) return undefined
  const mountPoint = takeMountPoint(cursor)
  if (mountPoint === undefined) return undefined
  const size = takeSize(cursor)
  if (size === undefined) return undefined
  const filesystem = takeFilesystem(cursor)
  if (filesystem === undefined) return undefined
  const options = expect(cursor, /[^ \t]+/, 'mount options')
  if (options === undefined) return undefined
  const { createopts = '', tuneopts = '' } = takeTuning(cursor)
  return {
    ...start,
    mountPoint,
    size,
    filesystem,
    mountOptions: options[0],
    createOptions: createopts,
    tuneOptions: tuneopts,
    resize: false,
    alwaysFormat: false,
  }
}

/** Parses a line of the tmpfs stanza: `tmpfs MOUNT SIZE OPTIONS`. */
export const parseTmpfs = (cursor: Cursor): Tmpfs | undefined => {
  const start = expect(cursor, /tmpfs/, '"tmpfs"')
  const mount = start && expect(cursor, /\/[^ \t:]*/, 'a mount point')
  const size = mount && expect(cursor, /RAM:[0-9]+%|[0-9]+[A-Za-z]*|-/, 'a size, or "-" for none')
  const options = size && expect(cursor, /[^ \t]+/, 'mount options')
  if (options === undefined || size === undefined || mount === undefined || start === undefined)
    return undefined
  if (!isAtEnd(cursor)) reportSyntax(cursor, 'the end of the line')
  const row = { mountPoint: mount[0], mountOptions: options[0], origin: originOf(cursor, start.index) }
  if (size[0] === '-') return row
  const parsed = parseSize(size[0])
  if (parsed !== undefined) return { ...row, size: parsed }
  reportInvalid(cursor, `"${size[0]}" is no size`, size.index)
  return undefined
}

const takeKind = (cursor: Cursor): Pick<Volume, 'kind' | 'name' | 'origin'> | undefined => {
  const raw = take(cursor, /raw-disk/)
  if (raw !== undefined) {
    reportUnsupported(cursor, '"raw-disk"', raw.index)
    return undefined
  }
  const match = expect(cursor, /(primary|logical)|p=([^/,;= \t]*)/, '"primary", "logical" or "p=NAME"')
  if (match === undefined) return undefined
  const origin = originOf(cursor, match.index)
  if (match[2] !== undefined) return { kind: 'primary', name: match[2], origin }
  return { kind: match[1] === 'logical' ? 'logical' : 'primary', origin }
}

const takeMountPoint = (cursor: Cursor): string | undefined => {
  const match = expect(cursor, /swap|-|\/[^ \t:]*/, 'a mount point that starts with "/", "swap" or "-"')
  if (match === undefined) return undefined
  const later = take(cursor, /:[^ \t]*/)
  if (later !== undefined) {
    reportUnsupported(cursor, `"${later[0]}"`, later.index)
    return undefined
  }
  return match[0]
}

const SIZE = new RegExp(`-${SIZE_PATTERN}|${SIZE_PATTERN}(?:-(?:${SIZE_PATTERN})?)?`)
const SIZE_WANTED = 'a size such as "500", "1G-2G", "10%-" or "RAM:50%"'

const takeSize = (cursor: Cursor): SizeRange | undefined => {
  const match = expect(cursor, SIZE, SIZE_WANTED)
  if (match === undefined) return undefined
  const later = take(cursor, /:(resize|preserve_[a-z]*)/)
  if (later !== undefined) {
    reportUnsupported(cursor, `"${later[0]}"`, later.index)
    return undefined
  }
  if (/[.,]/.test(cursor.text[cursor.at] ?? '')) {
    reportInvalid(cursor, 'a size is a whole number with a unit', match.index)
    return undefined
  }
  return parseSizeRange(match[0])
}

const JOURNAL = /^(btrfs|f2fs|jfs|reiserfs|ntfs|(ext3|ext4|xfs)(_journal|:journal=.*))$/

/** The names of the file systems that there is a plan for; `-` is a partition without one. */
const FILESYSTEMS: readonly string[] = ['-', 'swap', 'ext2', 'ext3', 'ext4', 'xfs', 'vfat', 'msdos']

const takeFilesystem = (cursor: Cursor): string | undefined => {
  const match = expect(cursor, /[^ \t]+/, 'a file system')
  if (match === undefined) return undefined
  const known = FILESYSTEMS.find(name => name === match[0])
  if (known !== undefined) return known
  if (JOURNAL.test(match[0])) reportUnsupported(cursor, `the file system "${match[0]}"`, match.index)
  else reportInvalid(cursor, `file system "${match[0]}" is not known`, match.index)
  return undefined
}

const takeTuning = (cursor: Cursor): { createopts?: string; tuneopts?: string } => {
  const found: { createopts?: string; tuneopts?: string } = {}
  while (!isAtEnd(cursor)) {
    const match = expect(
      cursor,
      /(createopts|tuneopts)="([^"]*)"/,
      'createopts="...", tuneopts="..." or the end of the line',
    )
    if (match === undefined) break
    found[match[1] as 'createopts' | 'tuneopts'] = match[2] ?? ''
  }
  return found
}
