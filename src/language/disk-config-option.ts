import type { DiskStanza, FstabKey, Volume } from './disk-config.ts'
import { NAME_PATTERN } from './disk-config-column.ts'
import { type Cursor, expect, isAtEnd, oneOf, originOf, reportInvalid } from './disk-config-cursor.ts'
import type { KeepOption, KeepRule } from './disk-config-keep.ts'
import type { StanzaKind, Unkept } from './disk-config-line.ts'
import { parseSize, SIZE_PATTERN } from './size.ts'

/** What stands on a `disk_config` line behind its first word, whatever kind of stanza it opens. */
export type Options = Pick<
  DiskStanza,
  'partitionTable' | 'fstabKey' | 'bootable' | 'alignBytes' | 'isVirtual' | 'isWhole'
> & {
  readonly keep: readonly KeepRule[]
  /** `randinit` */
  readonly randomFill: boolean
  /** What `sameas` copied. */
  readonly volumes: readonly Unkept<Volume>[]
  /** Something could not be read, so that nothing can be said about what is missing. */
  readonly isFaulty: boolean
}

/** The options of a line that has none. */
export const NO_OPTIONS: Options = {
  partitionTable: 'msdos',
  fstabKey: 'device',
  isVirtual: false,
  isWhole: false,
  keep: [],
  randomFill: false,
  volumes: [],
  isFaulty: false,
}

/** A stanza of a disk while its lines are read. */
export type OpenDisk = Pick<DiskStanza, 'disk' | 'origin'> & {
  readonly options: Options
  readonly volumes: Unkept<Volume>[]
  isFaulty: boolean
}

type Option = {
  /** As it is written, with its colon. */
  readonly start: string
  readonly read: (cursor: Cursor, before: Options, earlier: readonly OpenDisk[]) => Options
}

/**
 * Reads the options of a stanza to the end of its line; `earlier` are the disks that `sameas` can copy. Of one that is
 * given twice the last counts, but lists of volumes to keep add up.
 */
export const parseOptions = (cursor: Cursor, kind: StanzaKind, earlier: readonly OpenDisk[]): Options => {
  const known = OPTIONS[kind]
  const starts = known.map(({ start }) => start)
  const wanted = [...starts.map(start => `"${start}"`), 'the end of the line'].join(', ')
  let options = NO_OPTIONS
  while (!isAtEnd(cursor)) {
    const match = expect(
      cursor,
      new RegExp(starts.join('|') || '(?!)'),
      wanted.replace(/, (?=[^,]*$)/, ' or '),
    )
    options = known.find(({ start }) => start === match?.[0])?.read(cursor, options, earlier) ?? options
  }
  return options
}

const flag = (start: string, set: Partial<Options>): Option => ({
  start,
  read: (_, before) => ({ ...before, ...set }),
})

const NUMBERS = /[0-9]+(?:,[0-9]+)*|all/
const VOLUME = `${NAME_PATTERN}-${NAME_PATTERN}`
const VOLUMES = new RegExp(`${VOLUME}(?:,${VOLUME})*|all`)

const keepOption = (option: KeepOption, pattern: RegExp): Option => ({
  start: `${option}:`,
  read: (cursor, before) => {
    const what = pattern === NUMBERS ? 'numbers such as "1,2"' : 'volumes such as "vg0-root,vg0-home"'
    const match = expect(cursor, pattern, `"all" or a list of ${what}`)
    if (match === undefined) return before
    const ids = match[0].split(',').map(id => (pattern === NUMBERS ? id.replace(/^0+(?=.)/, '') : id))
    const volumes = match[0] === 'all' ? 'all' : new Set(ids)
    return { ...before, keep: [...before.keep, { option, volumes, origin: originOf(cursor, match.index) }] }
  },
})

const keepOptions = (options: readonly KeepOption[], pattern: RegExp): readonly Option[] =>
  options.map(option => keepOption(option, pattern))

const fstabKey = (keys: readonly FstabKey[]): Option => ({
  start: 'fstabkey:',
  read: (cursor, before) => {
    const match = expect(cursor, new RegExp(`(?:${keys.join('|')})(?=[ \\t]|$)`), oneOf(keys))
    return match === undefined ? before : { ...before, fstabKey: match[0] as FstabKey }
  },
})

const KEYS: readonly FstabKey[] = ['device', 'label', 'uuid', 'partuuid', 'partlabel']

const diskFstabKey: Option = {
  start: 'fstabkey:',
  read: (cursor, before, earlier) => {
    const options = fstabKey(KEYS).read(cursor, before, earlier)
    if (options.fstabKey === 'partlabel' && before.partitionTable === 'msdos') {
      const offset = cursor.at - 'partlabel'.length
      reportInvalid(cursor, 'partitions have names only after "disklabel:gpt"', offset)
    }
    return options
  },
}

const TABLES = ['msdos', 'gpt', 'gpt-bios'] as const

const diskLabel: Option = {
  start: 'disklabel:',
  read: (cursor, before) => {
    const match = expect(cursor, /(gpt-bios|gpt|msdos)(?=[ \t]|$)/, oneOf(TABLES))
    return match === undefined ? before : { ...before, partitionTable: match[0] as Options['partitionTable'] }
  },
}

const bootable: Option = {
  start: 'bootable:',
  read: (cursor, before) => {
    const match = expect(cursor, /[0-9]+/, 'the number of a partition')
    return match === undefined ? before : { ...before, bootable: Number(match[0]) }
  },
}

const whole: Option = {
  start: 'vg:',
  read: (cursor, before) => ({ ...before, isWhole: Number(expect(cursor, /[0-9]+/, 'a number')?.[0]) === 1 }),
}

const alignAt: Option = {
  start: 'align-at:',
  read: (cursor, before) => {
    const match = expect(cursor, new RegExp(SIZE_PATTERN), 'a size such as "4k" or "1M"')
    if (match === undefined) return before
    const size = parseSize(match[0])
    if (size?.kind === 'bytes' && size.bytes > 0) return { ...before, alignBytes: size.bytes }
    reportInvalid(cursor, `"${match[0]}" is no alignment`, match.index)
    return before
  },
}

/** Everything that the earlier stanza says takes the place of what stands before this option. */
const sameAs: Option = {
  start: 'sameas:',
  read: (cursor, before, earlier) => {
    const match = expect(cursor, /[^ \t]+/, 'the disk of an earlier stanza')
    if (match === undefined) return before
    const named = earlier.find(({ disk }) => diskPath(disk) === diskPath(match[0]))
    if (named !== undefined)
      return { ...named.options, volumes: [...named.volumes], isFaulty: named.isFaulty }
    reportInvalid(cursor, `there is no earlier stanza for "${match[0]}"`, match.index)
    return { ...before, isFaulty: true }
  },
}

/** A disk by its path, or as it is where only the machine knows which one it is. Pure. */
export const diskPath = (disk: string): string =>
  disk.startsWith('/') || /^disk[0-9]+$/.test(disk) ? disk : `/dev/${disk}`

const PRESERVE: readonly KeepOption[] = [
  'preserve_always',
  'preserve_reinstall',
  'preserve_lazy',
  'always_format',
]

const OPTIONS: Readonly<Record<StanzaKind, readonly Option[]>> = {
  disk: [
    diskLabel,
    bootable,
    diskFstabKey,
    alignAt,
    flag('virtual', { isVirtual: true }),
    whole,
    sameAs,
    ...keepOptions([...PRESERVE, 'resize'], NUMBERS),
  ],
  raid: [...keepOptions(PRESERVE, NUMBERS), fstabKey(KEYS)],
  btrfs: [fstabKey(KEYS)],
  cryptsetup: [flag('randinit', { randomFill: true })],
  lvm: [...keepOptions([...PRESERVE, 'resize'], VOLUMES), fstabKey(['device', 'label', 'uuid'])],
  tmpfs: [],
  nfs: [],
}
