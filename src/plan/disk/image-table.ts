import type { DiskLayout, PartitionTable, TableRow } from './layout.ts'

/** UUIDs of a layout: the table's identifier, and one for each new partition by number; a kept partition has its own. */
export type TableIds = { readonly table: string; readonly partition: (number: number) => string }

/** Identifier of a new table: a GUID, or in an msdos table `0x` and the first eight digits of the UUID. Pure. */
export const tableId = (table: DiskLayout['table'], uuid: string): string =>
  table === 'gpt' ? uuid.toUpperCase() : `0x${uuid.slice(0, 8).toLowerCase()}`

/**
 * The partition table of a layout with all its identifiers, those of kept partitions as they are. An msdos table has no
 * UUIDs of partitions. Pure.
 */
export const partitionTable = (layout: DiskLayout, ids: TableIds): PartitionTable => ({
  format: layout.table === 'gpt' ? 'gpt' : 'dos',
  id: ids.table,
  sectorBytes: layout.sectorBytes,
  partitions: layout.partitions.map(
    (partition): TableRow => ({
      number: partition.number,
      startSector: partition.startByte / layout.sectorBytes,
      sizeSectors: partition.sizeBytes / layout.sectorBytes,
      type: partition.type,
      ...(partition.name === undefined ? {} : { name: partition.name }),
      ...(layout.table === 'gpt'
        ? { uuid: (partition.kept?.uuid ?? ids.partition(partition.number)).toUpperCase() }
        : {}),
      ...(partition.kept?.attributes ? { attributes: partition.kept.attributes } : {}),
      active: partition.active,
    }),
  ),
})

/** What the kernel and `fstab` call a partition behind `PARTUUID=`; lower case. Pure. */
export const partitionUuid = (table: PartitionTable, row: TableRow): string =>
  row.uuid?.toLowerCase() ?? `${table.id.slice(2)}-${row.number.toString(16).padStart(2, '0')}`

/** Octets of the entries of a GPT: 128 of 128. */
const GPT_ENTRIES_BYTES = 16384

/** Sectors of one copy of a GPT: its header and its entries (UEFI 2.10, section 5.3). Pure. */
export const gptSectors = (sectorBytes: number): number => 1 + GPT_ENTRIES_BYTES / sectorBytes

/**
 * A partition table as the input of sfdisk(8), one line a partition: number, start, size, type, and in a GPT name and
 * GUID. Starts and sizes are given, so that sfdisk moves nothing. Pure.
 */
export const renderSfdiskScript = (table: PartitionTable): string => {
  const head = [
    `label: ${table.format}`,
    `label-id: ${table.id}`,
    'unit: sectors',
    ...(table.format === 'gpt' ? [`first-lba: ${gptSectors(table.sectorBytes) + 1}`] : []),
    `sector-size: ${table.sectorBytes}`,
  ]
  const rows = table.partitions.map(row => {
    const fields = [
      `start=${row.startSector}`,
      `size=${row.sizeSectors}`,
      `type=${sfdiskType(table.format, row.type)}`,
      ...(row.uuid === undefined ? [] : [`uuid=${row.uuid}`]),
      ...(row.name === undefined ? [] : [`name="${escapeName(row.name)}"`]),
      ...(row.attributes === undefined ? [] : [`attrs="${row.attributes}"`]),
      ...(row.active ? ['bootable'] : []),
    ]
    return `${row.number} : ${fields.join(', ')}`
  })
  return `${[...head, '', ...rows].join('\n')}\n`
}

/** sfdisk takes a capital E for "extended", whatever the others are. */
const sfdiskType = (format: PartitionTable['format'], type: string): string =>
  format === 'dos' ? type.toLowerCase() : type

const escapeName = (name: string): string =>
  name.replace(/["\\]/g, char => `\\x${char.charCodeAt(0).toString(16)}`)
