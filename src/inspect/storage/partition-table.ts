import { type FoundPartition, type FoundTable, partitionDevice } from '../../model/storage.ts'

/** A table as sfdisk prints it, before anything is known of what its partitions hold. */
export type ReadTable = Omit<FoundTable, 'partitions'> & {
  readonly partitions: readonly Omit<FoundPartition, 'content' | 'mountPoints' | 'holders'>[]
}

type SfdiskRow = {
  readonly node: string
  readonly start: number
  readonly size: number
  readonly type: string
  readonly uuid?: string
  readonly name?: string
  readonly attrs?: string
  readonly bootable?: boolean
}

type SfdiskTable = {
  readonly label: string
  readonly id?: string
  readonly sectorsize?: number
  readonly partitions?: readonly SfdiskRow[]
}

/** Parses `sfdisk --json` of the disk `device`; undefined for a table that is neither GPT nor msdos. Pure. */
export const parseTable = (json: string, device: string, sectorBytes: number): ReadTable | undefined => {
  const { partitiontable: table } = JSON.parse(json) as { readonly partitiontable: SfdiskTable }
  if (table.label !== 'gpt' && table.label !== 'dos') return undefined
  const sector = table.sectorsize ?? sectorBytes
  const rows = (table.partitions ?? []).map(row => toPartition(row, device, sector, table.label === 'gpt'))
  const partitions = rows.sort((a, b) => a.number - b.number)
  return { format: table.label, ...(table.id === undefined ? {} : { id: table.id }), partitions }
}

/** Partition types of msdos tables that hold logical partitions. */
const EXTENDED: ReadonlySet<string> = new Set(['5', 'F', '85', 'C5'])
const FIRST_LOGICAL = 5

const toPartition = (
  { node, start, size, type, uuid, name, attrs, bootable }: SfdiskRow,
  device: string,
  sectorBytes: number,
  isGpt: boolean,
): ReadTable['partitions'][number] => {
  const number = Number(/[0-9]+$/.exec(node)?.[0])
  const kind = isGpt ? 'primary' : EXTENDED.has(type.toUpperCase()) ? 'extended' : kindOf(number)
  return {
    number,
    device: partitionDevice(device, number),
    kind,
    startByte: start * sectorBytes,
    sizeBytes: size * sectorBytes,
    type: type.toUpperCase(),
    ...(name === undefined ? {} : { name }),
    ...(uuid === undefined ? {} : { uuid }),
    ...(attrs === undefined ? {} : { attributes: attrs }),
    isActive: bootable === true,
  }
}

const kindOf = (number: number): 'primary' | 'logical' => (number < FIRST_LOGICAL ? 'primary' : 'logical')

/**
 * Heads and sectors that a BIOS would count, of `parted -sm DEVICE unit chs print`: behind the line of the disk stands
 * `CYLINDERS:HEADS:SECTORS:SIZE;`. Pure.
 */
export const parseGeometry = (
  text: string,
): { readonly heads: number; readonly sectors: number } | undefined => {
  const match = /^\d+:(\d+):(\d+):\S+;$/m.exec(text)
  return match === null ? undefined : { heads: Number(match[1]), sectors: Number(match[2]) }
}
