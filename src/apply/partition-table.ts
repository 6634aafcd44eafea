import type { PartitionTable, TableRow } from '../plan/disk/layout.ts'
import { type Handler, runForStep } from './context.ts'

/** Writes the whole table of an image, reads it back, and rejects where it is not the planned one. */
export const writeTable: Handler<'write-table'> = async ({ image, script, table }, context, step) => {
  const sfdisk = ['sfdisk', '--no-reread', '--no-tell-kernel', '--wipe', 'always', image]
  await runForStep({ argv: sfdisk, stdin: script }, context, step)
  const { stdout } = await runForStep({ argv: ['sfdisk', '--json', image] }, context, step)
  const differences = tableDifferences(table, stdout)
  if (differences.length > 0) throw new Error(`the table is not as planned: ${differences.join('; ')}`)
}

type SfdiskRow = {
  node?: string
  start?: number
  size?: number
  type?: string
  uuid?: string
  name?: string
  attrs?: string
  bootable?: boolean
}
type SfdiskJson = {
  partitiontable?: { label?: string; id?: string; device?: string; partitions?: SfdiskRow[] }
}

/** Where the answer of `sfdisk --json` is not the wanted table: wanted before found; empty where it is the same. Pure. */
export const tableDifferences = (wanted: PartitionTable, json: string): readonly string[] => {
  const found = (JSON.parse(json) as SfdiskJson).partitiontable ?? {}
  const rows = new Map((found.partitions ?? []).map(row => [numberOf(row, found.device ?? ''), row]))
  const head = compare('table', [
    ['format', wanted.format, found.label],
    ['id', wanted.id.toUpperCase(), found.id?.toUpperCase()],
    ['number of partitions', wanted.partitions.length, rows.size],
  ])
  return [...head, ...wanted.partitions.flatMap(row => rowDifferences(row, rows.get(row.number)))]
}

const numberOf = ({ node = '' }: SfdiskRow, device: string): number =>
  Number(/^p?([0-9]+)$/.exec(node.slice(device.length))?.[1])

const rowDifferences = (wanted: TableRow, found: SfdiskRow | undefined): readonly string[] => {
  if (found === undefined) return [`partition ${wanted.number} is missing`]
  return compare(`partition ${wanted.number}`, [
    ['start', wanted.startSector, found.start],
    ['size', wanted.sizeSectors, found.size],
    ['type', wanted.type, found.type?.toUpperCase()],
    ['name', wanted.name ?? '', found.name ?? ''],
    ['uuid', wanted.uuid ?? '', found.uuid?.toUpperCase() ?? ''],
    ['attributes', wanted.attributes ?? 'none', found.attrs ?? 'none'],
    ['active', wanted.active, found.bootable ?? false],
  ])
}

type Pair = readonly [
  what: string,
  wanted: string | number | boolean,
  found: string | number | boolean | undefined,
]

const compare = (where: string, pairs: readonly Pair[]): readonly string[] =>
  pairs.flatMap(([what, wanted, found]) =>
    wanted === found ? [] : [`${where}: ${what} did not match (wanted ${wanted}, found ${found ?? 'none'})`],
  )
