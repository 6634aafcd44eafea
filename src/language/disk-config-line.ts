import type {
  BtrfsVolume,
  CryptVolume,
  Keep,
  LogicalVolume,
  NfsMount,
  RaidVolume,
  Tmpfs,
  Volume,
  VolumeGroup,
} from './disk-config.ts'
import {
  NAME_PATTERN,
  takeContent,
  takeMountOptions,
  takeMountPoint,
  takePath,
  takeQuoted,
  takeSize,
} from './disk-config-column.ts'
import {
  type Cursor,
  expect,
  isAtEnd,
  originOf,
  reportInvalid,
  reportSyntax,
  take,
} from './disk-config-cursor.ts'
import { takeDevice, takeDevices } from './disk-config-device.ts'
import type { KeepSuffix } from './disk-config-keep.ts'
import { parseSize } from './size.ts'

/** A volume as its line alone tells it: what the options of its stanza keep is not in it yet. */
export type Unkept<Kept extends Keep> = Omit<Kept, keyof Keep> & { readonly suffix?: KeepSuffix }

/** What one line of a stanza says. */
export type Line =
  | { readonly kind: 'partition'; readonly volume: Unkept<Volume> }
  | { readonly kind: 'array'; readonly volume: Omit<RaidVolume, keyof Keep | 'fstabKey'> }
  | { readonly kind: 'btrfs'; readonly volume: Omit<BtrfsVolume, 'fstabKey'> }
  | { readonly kind: 'encrypted'; readonly volume: Omit<CryptVolume, 'randomFill'> }
  | { readonly kind: 'group'; readonly group: Omit<VolumeGroup, 'fstabKey' | 'volumes'> }
  | { readonly kind: 'logical'; readonly group: string; readonly volume: Unkept<LogicalVolume> }
  | { readonly kind: 'tmpfs'; readonly volume: Tmpfs }
  | { readonly kind: 'nfs'; readonly volume: NfsMount }

/** What a `disk_config` line opens: lines of its kind follow. */
export type StanzaKind = 'disk' | 'raid' | 'btrfs' | 'cryptsetup' | 'lvm' | 'tmpfs' | 'nfs'

/** What a line stands below: a stanza, none, or one whose kind could not be read, where lines of all kinds may stand. */
export type Below = StanzaKind | 'none' | 'unknown'

type Form = {
  readonly stanza: StanzaKind
  /** The first word of the line; its groups are what `parse` gets. Tried in the order of the list. */
  readonly start: RegExp
  readonly parse: (cursor: Cursor, start: RegExpExecArray) => Line
}

/** Reads one line below a `disk_config` line; undefined where not even its first word can be read. */
export const parseLine = (cursor: Cursor, kind: Below, title: string): Line | undefined => {
  for (const { stanza, start, parse } of FORMS) {
    const match = take(cursor, start)
    if (match === undefined) continue
    if (kind === 'unknown' || stanza === kind) return parse(cursor, match)
    const word = match[0].replace(/:.*/, '')
    const message = `"${word}" was wanted below "disk_config ${stanza === 'disk' ? 'DISK' : stanza}", found below ${title}`
    reportInvalid(cursor, message, match.index)
    cursor.isLost = true
    return undefined
  }
  reportSyntax(cursor, WORDS[kind])
  return undefined
}

const WORDS: Readonly<Record<Below, string>> = {
  none: '"disk_config"',
  unknown: 'a line of a stanza',
  disk: '"primary", "logical", "raw-disk" or "p=NAME"',
  raid: '"raid0", "raid1", "raid5", "raid6" or "raid10"',
  btrfs: '"btrfs"',
  cryptsetup: '"luks", "luks:\\"PASSPHRASE\\"", "tmp" or "swap"',
  lvm: '"vg" or "VG-LV"',
  tmpfs: '"tmpfs"',
  nfs: '"nfs"',
}

const parsePartition = (cursor: Cursor, start: RegExpExecArray, kind: Volume['kind']): Line => {
  const { content } = takeContent(cursor, start.index, { middle: takeSize })
  if (content.filesystem === 'btrfs') checkSubvolume(cursor, content.mountOptions, start.index)
  const name = start[1] === undefined ? {} : { name: start[1] }
  return { kind: 'partition', volume: { kind, ...name, ...content } }
}

const parseArray = (cursor: Cursor, start: RegExpExecArray): Line => {
  const level = start[1] as RaidVolume['level']
  const middle = (at: Cursor) => ({ devices: takeDevices(at, level !== '0') })
  const { content, specialOptions } = takeContent(cursor, start.index, { middle, special: 'mdcreateopts' })
  return { kind: 'array', volume: { level, arrayOptions: specialOptions, ...content } }
}

const parseBtrfs = (cursor: Cursor, start: RegExpExecArray): Line => {
  const profile = expect(
    cursor,
    /(single|raid(0|1|5|6|10))(?=[ \t]|$)/,
    '"single", "raid0", "raid1", "raid5", "raid6" or "raid10"',
  )
  const { mountPoint, encrypt } = takeMountPoint(cursor)
  if (encrypt !== undefined) reportInvalid(cursor, 'a line of btrfs has no ":encrypt"', start.index)
  const devices = takeDevices(cursor)
  const mountOptions = takeMountOptions(cursor)
  if (!cursor.isLost) checkSubvolume(cursor, mountOptions, start.index)
  const special = take(cursor, /btrfscreateopts="([^"]*)"/)
  const { createopts = '', tuneopts = '' } = takeQuoted(
    cursor,
    ['createopts', 'tuneopts'],
    special === undefined ? ['btrfscreateopts'] : [],
  )
  return {
    kind: 'btrfs',
    volume: {
      profile: (profile?.[0] ?? 'single') as BtrfsVolume['profile'],
      mountPoint,
      devices,
      mountOptions,
      btrfsOptions: special?.[1] ?? '',
      createOptions: createopts,
      tuneOptions: tuneopts,
      origin: originOf(cursor, start.index),
    },
  }
}

const checkSubvolume = (cursor: Cursor, mountOptions: string, offset: number): void => {
  if (/subvol=[^,]/.test(mountOptions)) return
  reportInvalid(
    cursor,
    `"subvol=NAME" was wanted in the mount options of btrfs, found "${mountOptions}"`,
    offset,
  )
}

const parseEncrypted = (cursor: Cursor, start: RegExpExecArray): Line => {
  const [, kind, passphrase] = start
  const middle = (at: Cursor) => ({ device: takeDevice(at) })
  const { content, specialOptions } = takeContent(cursor, start.index, { middle, special: 'lukscreateopts' })
  return {
    kind: 'encrypted',
    volume: {
      kind: kind as CryptVolume['kind'],
      ...(passphrase === undefined ? {} : { passphrase }),
      luksOptions: specialOptions,
      ...content,
    },
  }
}

const parseGroup = (cursor: Cursor, start: RegExpExecArray): Line => {
  const name = expect(cursor, new RegExp(NAME_PATTERN), 'the name of a volume group')?.[0] ?? ''
  const devices = takeDevices(cursor)
  const { pvcreateopts = '', vgcreateopts = '' } = takeQuoted(cursor, ['pvcreateopts', 'vgcreateopts'])
  const origin = originOf(cursor, start.index)
  return {
    kind: 'group',
    group: { name, devices, physicalOptions: pvcreateopts, groupOptions: vgcreateopts, origin },
  }
}

const parseLogical = (cursor: Cursor, start: RegExpExecArray): Line => {
  const [, group = '', name = ''] = start
  const columns = { middle: takeSize, special: 'lvcreateopts' }
  const { content, specialOptions } = takeContent(cursor, start.index, columns)
  return { kind: 'logical', group, volume: { name, volumeOptions: specialOptions, ...content } }
}

const parseTmpfs = (cursor: Cursor, start: RegExpExecArray): Line => {
  const mountPoint = takePath(cursor)
  const size = expect(
    cursor,
    /(RAM:[0-9]+%|[0-9]+[kKMGTPiB]*|-)(?=[ \t]|$)/,
    'a size such as "500", "1G" or "RAM:20%", or "-" for none,',
  )
  const mountOptions = takeMountOptions(cursor)
  expectEnd(cursor)
  const row = { mountPoint, mountOptions, origin: originOf(cursor, start.index) }
  if (size === undefined || size[0] === '-') return { kind: 'tmpfs', volume: row }
  const parsed = parseSize(size[0])
  if (parsed === undefined) reportInvalid(cursor, `"${size[0]}" is no size`, size.index)
  return { kind: 'tmpfs', volume: { ...row, ...(parsed === undefined ? {} : { size: parsed }) } }
}

const parseNfs = (cursor: Cursor, start: RegExpExecArray): Line => {
  const source = expect(cursor, /[^ \t]+(?=[ \t]|$)/, 'what is mounted, such as "server:/home",')?.[0] ?? ''
  const mountPoint = takePath(cursor)
  const mountOptions = takeMountOptions(cursor)
  expectEnd(cursor)
  return { kind: 'nfs', volume: { source, mountPoint, mountOptions, origin: originOf(cursor, start.index) } }
}

const expectEnd = (cursor: Cursor): void => {
  if (!isAtEnd(cursor)) reportSyntax(cursor, 'the end of the line')
}

/** FAI tries them in this order, so that a group named `primary` cannot be. */
const FORMS: readonly Form[] = [
  { stanza: 'lvm', start: /vg(?=[ \t]|$)/, parse: parseGroup },
  { stanza: 'raid', start: /raid(0|1|5|6|10)(?=[ \t]|$)/, parse: parseArray },
  { stanza: 'btrfs', start: /btrfs(?=[ \t]|$)/, parse: parseBtrfs },
  { stanza: 'cryptsetup', start: /(luks|tmp|swap)(?=[ \t]|$)/, parse: parseEncrypted },
  { stanza: 'cryptsetup', start: /(luks):"([^"]+)"(?=[ \t]|$)/, parse: parseEncrypted },
  { stanza: 'tmpfs', start: /tmpfs(?=[ \t]|$)/, parse: parseTmpfs },
  { stanza: 'nfs', start: /nfs(?=[ \t]|$)/, parse: parseNfs },
  { stanza: 'disk', start: /primary/, parse: (cursor, start) => parsePartition(cursor, start, 'primary') },
  { stanza: 'disk', start: /logical/, parse: (cursor, start) => parsePartition(cursor, start, 'logical') },
  { stanza: 'disk', start: /raw-disk/, parse: (cursor, start) => parsePartition(cursor, start, 'raw-disk') },
  {
    stanza: 'disk',
    start: /p=([^/,;= \t]*)(?=[ \t]|$)/,
    parse: (cursor, start) => parsePartition(cursor, start, 'primary'),
  },
  {
    stanza: 'lvm',
    start: new RegExp(`(${NAME_PATTERN})-(${NAME_PATTERN})(?=[ \\t]|$)`),
    parse: parseLogical,
  },
]
