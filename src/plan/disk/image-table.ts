import type { DiskLayout, PartitionTable, TableRow } from './layout.ts'

/** UUIDs of a layout: one for the table, one for each partition by number. */
export type TableIds = { readonly table: string; readonly partition: (number: number) => string }

/** The partition table of a layout with all its identifiers. An msdos table has no UUIDs of partitions. Pure. */
export const partitionTable = (layout: DiskLayout, ids: TableIds): PartitionTable => ({
  format: layout.table === 'gpt' ? 'gpt' : 'dos',
  id: layout.table === 'gpt' ? ids.table.toUpperCase() : `0x${ids.table.slice(0, 8).toLowerCase()}`,
  sectorBytes: layout.sectorBytes,
  partitions: layout.partitions.map(
    (partition): TableRow => ({
      number: partition.number,
      startSector: partition.startByte / layout.sectorBytes,
      sizeSectors: partition.sizeBytes / layout.sectorBytes,
      type: partition.type,
      ...(partition.name === undefined ? {} : { name: partition.name }),
      ...(layout.table === 'gpt' ? { uuid: ids.partition(partition.number).toUpperCase() } : {}),
      active: partition.active,
    }),
  ),
})

/** What the kernel and `fstab` call a partition behind `PARTUUID=`; lower case. Pure. */
export const partitionUuid = (table: PartitionTable, row: TableRow): string =>
  row.uuid?.toLowerCase() ?? `${table.id.slice(2)}-${row.number.toString(16).padStart(2, '0')}`

/**
 * A partition table as the input of sfdisk(8), one line a partition: number, start, size, type, and in a GPT name and
 * GUID. Starts and sizes are given, so that sfdisk moves nothing. Pure.
 */
export const renderSfdiskScript = (table: PartitionTable): string => {
  const head = [
    `label: ${table.format}`,
    `label-id: ${table.id}`,
    'unit: sectors',
    ...(table.format === 'gpt' ? ['first-lba: 34'] : []),
    `sector-size: ${table.sectorBytes}`,
  ]
  const rows = table.partitions.map(row => {
    const fields = [
      `start=${row.startSector}`,
      `size=${row.sizeSectors}`,
      `type=${row.type}`,
      ...(row.uuid === undefined ? [] : [`uuid=${row.uuid}`]),
      ...(row.name === undefined ? [] : [`name="${escapeName(row.name)}"`]),
      ...(row.active ? ['bootable'] : []),
    ]
    return `${row.number} : ${fields.join(', ')}`
  })
  return `${[...head, '', ...rows].join('\n')}\n`
}

const escapeName = (name: string): string =>
  name.replace(/["\\]/g, char => `\\x${char.charCodeAt(0).toString(16)}`)
