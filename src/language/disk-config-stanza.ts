import type { DiskStanza, FstabKey } from './disk-config.ts'
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
import { parseSize, SIZE_PATTERN } from './size.ts'

/** What a `disk_config` line opens; `skipped` has been reported already. */
export type Stanza =
  | { readonly kind: 'none' | 'tmpfs' | 'skipped' }
  | { readonly kind: 'disk'; readonly disk: Omit<DiskStanza, 'volumes'> }

const LATER = /(raid|btrfs|cryptsetup|lvm|nfs)(?=[ \t]|$)/

/** Parses what follows `disk_config` on its line. */
export const parseStanza = (cursor: Cursor): Stanza => {
  const later = take(cursor, LATER)
  if (later !== undefined) {
    reportUnsupported(cursor, `"disk_config ${later[0]}"`, later.index)
    return { kind: 'skipped' }
  }
  const word = take(cursor, /(end|tmpfs)(?=[ \t]|$)/)?.[0]
  if (word !== undefined) {
    if (!isAtEnd(cursor)) reportSyntax(cursor, 'the end of the line')
    return { kind: word === 'tmpfs' ? 'tmpfs' : 'none' }
  }
  const disk = expect(cursor, /[^ \t]+/, 'a disk, "tmpfs" or "end"')
  if (disk === undefined) return { kind: 'skipped' }
  if (/[*?[]/.test(disk[0])) {
    reportUnsupported(cursor, `the pattern "${disk[0]}" as a disk`, disk.index)
    return { kind: 'skipped' }
  }
  const options = parseOptions(cursor)
  const origin = originOf(cursor, disk.index)
  return { kind: 'disk', disk: { disk: disk[0], ...options, isVirtual: false, isWhole: false, origin } }
}

type Options = Pick<DiskStanza, 'partitionTable' | 'fstabKey' | 'bootable' | 'alignBytes'>

/** Options are read one by one; the first that cannot be read ends the line. */
const parseOptions = (cursor: Cursor): Options => {
  let options: Options = { partitionTable: 'msdos', fstabKey: 'device' }
  while (!isAtEnd(cursor)) {
    const option = parseOption(cursor, options)
    if (option === undefined) break
    options = { ...options, ...option }
  }
  return options
}

const UNSUPPORTED =
  /(preserve_always|preserve_reinstall|preserve_lazy|always_format|resize|virtual|sameas|vg)(?=[: \t]|$)/

const parseOption = (cursor: Cursor, before: Options): Partial<Options> | undefined => {
  const later = take(cursor, UNSUPPORTED)
  if (later !== undefined) {
    reportUnsupported(cursor, `the option "${later[0]}"`, later.index)
    take(cursor, /[^ \t]*/)
    return {}
  }
  const key = expect(cursor, /(disklabel|bootable|align-at|fstabkey):/, 'an option of the disk')
  switch (key?.[1]) {
    case 'disklabel': {
      const match = expect(cursor, /(gpt-bios|gpt|msdos)(?=[ \t]|$)/, '"msdos", "gpt" or "gpt-bios"')
      return match && { partitionTable: match[0] as Options['partitionTable'] }
    }
    case 'bootable': {
      const match = expect(cursor, /[0-9]+/, 'the number of a partition')
      return match && { bootable: Number(match[0]) }
    }
    case 'align-at':
      return parseAlignment(cursor)
    case 'fstabkey':
      return parseFstabKey(cursor, before)
  }
  return undefined
}

const parseAlignment = (cursor: Cursor): Partial<Options> | undefined => {
  const match = expect(cursor, new RegExp(SIZE_PATTERN), 'a size')
  const size = match && parseSize(match[0])
  if (match === undefined || size === undefined) return undefined
  if (size.kind === 'bytes' && size.bytes > 0) return { alignBytes: size.bytes }
  reportInvalid(cursor, `"${match[0]}" is no alignment`, match.index)
  return {}
}

const parseFstabKey = (cursor: Cursor, before: Options): Partial<Options> | undefined => {
  const wanted = '"device", "label", "uuid", "partuuid" or "partlabel"'
  const match = expect(cursor, /(device|label|uuid|partuuid|partlabel)(?=[ \t]|$)/, wanted)
  if (match === undefined) return undefined
  if (match[0] === 'partlabel' && before.partitionTable === 'msdos') {
    reportInvalid(cursor, 'partitions have names only after "disklabel:gpt"', match.index)
  }
  return { fstabKey: match[0] as FstabKey }
}
