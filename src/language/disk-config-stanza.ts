import type { Origin } from '../diagnostic/diagnostic.ts'
import { type Cursor, expect, isAtEnd, originOf, reportSyntax, take } from './disk-config-cursor.ts'
import type { Below, StanzaKind } from './disk-config-line.ts'
import { NO_OPTIONS, type OpenDisk, type Options, parseOptions } from './disk-config-option.ts'

/** What a `disk_config` line opens. */
export type Stanza = {
  readonly kind: Below
  /** The line in a message. */
  readonly title: string
  readonly options: Options
  /** Absent before the first `disk_config` line. */
  readonly origin?: Origin
  /** Of the kind `disk`. */
  readonly disk?: OpenDisk
}

/** What lines before the first `disk_config` stand below. */
export const NO_STANZA: Stanza = { kind: 'none', title: 'no "disk_config"', options: NO_OPTIONS }

/** What lines stand below a `disk_config` that cannot be read. */
export const UNKNOWN_STANZA: Stanza = { kind: 'unknown', title: '', options: NO_OPTIONS }

const WANTED = 'a disk, "raid", "btrfs", "cryptsetup", "lvm", "tmpfs", "nfs" or "end"'

/**
 * Reads what follows `disk_config` on its line; `earlier` are the disks that `sameas` can copy. FAI looks for its own
 * words first and needs no blank behind them, so that no disk is named `raid-x`.
 */
export const parseStanza = (cursor: Cursor, earlier: readonly OpenDisk[]): Stanza => {
  const start = take(cursor, /raid|btrfs|cryptsetup|lvm|end|tmpfs|nfs/)
  const word = start?.[0]
  if (word === 'end') {
    if (!isAtEnd(cursor)) reportSyntax(cursor, 'the end of the line')
    return { ...NO_STANZA, title: '"disk_config end"' }
  }
  if (start !== undefined) {
    const kind = word as StanzaKind
    return {
      kind,
      title: `"disk_config ${word}"`,
      options: parseOptions(cursor, kind, earlier),
      origin: originOf(cursor, start.index),
    }
  }
  const match = expect(cursor, /disk[0-9]+|[^ \t]+/, WANTED)
  if (match === undefined) return UNKNOWN_STANZA
  const options = parseOptions(cursor, 'disk', earlier)
  const disk = {
    disk: match[0],
    origin: originOf(cursor, match.index),
    options,
    volumes: [...options.volumes],
    isFaulty: cursor.isLost || options.isFaulty,
  }
  return { kind: 'disk', title: `"disk_config ${disk.disk}"`, options, disk }
}
