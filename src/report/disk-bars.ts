import type { Storage } from '../model/storage.ts'
import { formatBytes } from '../plan/disk/format-disk.ts'
import type { StorageLayout } from '../plan/disk/layout.ts'
import { lossSentence } from './disk-loss.ts'
import { drawDisks, type Piece } from './disk-picture.ts'

/** Columns of a bar, its ends not counted. */
const WIDTH = 72
/** A piece as narrow as this still shows its number. */
const LEAST = 3

const FILL: Readonly<Record<Piece['state'], string>> = { lost: '!', kept: '=', new: '+', free: ' ' }

/** Every disk, array and volume group before and after as bars of its own scale, and what is lost. Plain ASCII. Pure. */
export const renderBars = (machine: Storage, layout: StorageLayout): readonly string[] => [
  ...drawDisks(machine, layout).flatMap(({ device, sizeBytes, before, after }) => [
    `${device}, ${formatBytes(sizeBytes)}`,
    ...(before.length === 0 ? [] : [`  before |${bar(before)}|`]),
    ...(after.length === 0 ? [] : [`  after  |${bar(after)}|`]),
  ]),
  `  ! lost   = kept   + new`,
  lossSentence(machine, layout),
]

const bar = (pieces: readonly Piece[]): string => {
  const columns = shareColumns(pieces.map(({ sizeBytes }) => sizeBytes))
  return pieces.map((piece, index) => fill(piece, columns[index] ?? LEAST)).join('|')
}

/** The label as far as it fits, then the mark of the state. */
const fill = ({ label, state }: Piece, columns: number): string => {
  const text = label === '' ? '' : ` ${label} `
  return text.slice(0, columns).padEnd(columns, FILL[state])
}

/** Columns in proportion to sizes, each at least `LEAST`, borders between pieces counted. Pure. */
export const shareColumns = (sizes: readonly number[]): readonly number[] => {
  const available = WIDTH - Math.max(0, sizes.length - 1)
  if (sizes.length === 0) return []
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const columns = sizes.map(size => Math.max(LEAST, Math.floor((size / total) * available)))
  let surplus = columns.reduce((sum, count) => sum + count, 0) - available
  // The widest gives, and gets, what rounding leaves over.
  for (; surplus !== 0; surplus += surplus > 0 ? -1 : 1) {
    const widest = columns.indexOf(Math.max(...columns))
    if (surplus > 0 && (columns[widest] ?? 0) <= LEAST) break
    columns[widest] = (columns[widest] ?? 0) - Math.sign(surplus)
  }
  return columns
}
