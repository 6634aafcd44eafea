import type { Step } from '../step.ts'
import type { PartitionTable, TableRow } from './layout.ts'

const HEADINGS = ['number', 'start', 'size', 'file system', 'mount point', 'name'] as const

/** A small table for each partition table that the steps write; nothing where they write none. Pure. */
export const formatDisks = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap(({ action }) => {
    if (action.kind !== 'write-table') return []
    const rows = action.table.partitions.map(row => cells(row, action.table, steps))
    return [
      '',
      `disk ${action.image}: ${action.table.format} table, ${action.table.sectorBytes}-byte sectors`,
      ...alignColumns([HEADINGS, ...rows]).map(line => `  ${line}`),
    ]
  })

const cells = (row: TableRow, { sectorBytes }: PartitionTable, steps: readonly Step[]): readonly string[] => [
  String(row.number),
  formatBytes(row.startSector * sectorBytes),
  formatBytes(row.sizeSectors * sectorBytes),
  filesystemOf(`p${row.number}`, steps),
  mountPointOf(`p${row.number}`, steps),
  row.name?.trim() || '-',
]

const filesystemOf = (device: string, steps: readonly Step[]): string =>
  steps.flatMap(({ action }) =>
    action.kind === 'format' && action.device === device ? action.want.type : [],
  )[0] ?? '-'

const mountPointOf = (device: string, steps: readonly Step[]): string =>
  steps.flatMap(({ action }) => {
    if (action.kind === 'mount' && action.device === device) return action.at
    return action.kind === 'fill-vfat' && action.device === device ? action.from : []
  })[0] ?? '-'

const KIB = 1024
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** A size in the largest unit that leaves at least one, with one decimal: `1.5 GiB`. Pure. */
export const formatBytes = (bytes: number): string => {
  let size = bytes
  let unit = 0
  while (size >= KIB && unit < UNITS.length - 1) {
    size /= KIB
    unit++
  }
  return unit === 0 ? `${size} B` : `${size.toFixed(1)} ${UNITS[unit]}`
}

const alignColumns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
