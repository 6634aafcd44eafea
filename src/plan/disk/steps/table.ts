import type { FoundTable, Storage } from '../../../model/storage.ts'
import { gptSectors, partitionTable, renderSfdiskScript, tableId } from '../image-table.ts'
import type { DiskLayout, PartitionTable, StorageLayout, TableRow } from '../layout.ts'
import type { StorageStep } from '../storage-plan.ts'
import { type Draft, storageStep } from './draft.ts'

/**
 * The new tables by the device of their disk. A kept partition has the UUID and attributes that it had, and a table
 * that keeps one has its old identifier, so that no name by which something is found changes. A disk whose table
 * would be the same as before is left out. Pure.
 */
export const newTables = (
  { disks }: StorageLayout,
  machine: Storage,
  newUuid: () => string,
): ReadonlyMap<string, PartitionTable> =>
  new Map(
    disks.flatMap((disk): [string, PartitionTable][] => {
      if (disk.keepsTable) return []
      const found = foundTable(machine, disk)
      const id = keepsPartition(disk) ? found?.id : undefined
      const table = partitionTable(disk, { table: id ?? tableId(disk.table, newUuid()), partition: newUuid })
      return found !== undefined && isSameTable(table, found) ? [] : [[disk.device, table]]
    }),
  )

const foundTable = ({ disks }: Storage, { device }: DiskLayout): FoundTable | undefined =>
  disks.find(found => found.device === device)?.table

const keepsPartition = ({ partitions }: DiskLayout): boolean =>
  partitions.some(({ kept }) => kept !== undefined)

const isSameTable = (table: PartitionTable, found: FoundTable): boolean =>
  table.format === found.format &&
  table.id === found.id &&
  table.partitions.length === found.partitions.length &&
  table.partitions.every((row, index) => isSameRow(row, found.partitions[index], table.sectorBytes))

const isSameRow = (
  row: TableRow,
  found: FoundTable['partitions'][number] | undefined,
  sectorBytes: number,
): boolean =>
  found !== undefined &&
  row.number === found.number &&
  row.startSector * sectorBytes === found.startByte &&
  row.sizeSectors * sectorBytes === found.sizeBytes &&
  row.type === found.type &&
  (row.name ?? '') === (found.name ?? '') &&
  row.uuid === found.uuid?.toUpperCase() &&
  row.active === found.isActive

/** The steps that save the old tables in the log directory and write the new ones, each in one call. Pure. */
export const tableSteps = (draft: Draft): readonly StorageStep[] =>
  draft.layout.disks.flatMap(disk => {
    const table = draft.tables.get(disk.device)
    if (table === undefined) return draft.claim.devices.has(disk.device) ? saveTable(draft, disk) : []
    return [...saveTable(draft, disk), writeTable(draft, disk, table), ...wipeNew(draft, disk)]
  })

/** The same steps, none of which touches a disk before the table of that was saved. Pure. */
export const behindSavedTables = (
  steps: readonly StorageStep[],
  { disks }: StorageLayout,
): readonly StorageStep[] =>
  steps.map(step => {
    if (step.kind === 'save-table') return step
    const saved = disks.flatMap(({ device }) => (step.disks.includes(device) ? `saved:${device}` : []))
    return { ...step, needs: [...step.needs, ...saved] }
  })

/** As text for sfdisk, and of a GPT both copies as they are: dd reads a damaged one too. */
const saveTable = (draft: Draft, disk: DiskLayout): readonly StorageStep[] => {
  const { device, sizeBytes, sectorBytes } = disk
  const found = foundTable(draft.machine, disk)
  if (found === undefined) return []
  const name = `table${device.replaceAll('/', '_')}`
  const provides = [`saved:${device}`]
  const dump = storageStep(draft, 'save-table', device, {
    title: `save the partition table of ${device}`,
    argv: ['sfdisk', '--dump', device],
    stdout: { log: `${name}.sfdisk` },
    provides,
  })
  if (found.format !== 'gpt') return [dump]
  const count = gptSectors(sectorBytes)
  const copy = (which: string, options: readonly string[]) =>
    storageStep(draft, 'save-table', device, {
      suffix: which,
      title: `save the ${which} copy of the GPT of ${device}`,
      argv: ['dd', `if=${device}`, `bs=${sectorBytes}`, ...options, 'status=none'],
      stdout: { log: `${name}.gpt-${which}` },
      provides,
    })
  return [
    dump,
    // The protective MBR stands before the first copy.
    copy('first', [`count=${count + 1}`]),
    copy('second', [`skip=${sizeBytes / sectorBytes - count}`, `count=${count}`]),
  ]
}

/**
 * sfdisk may wipe what it finds on the disk only where no partition is kept: it cannot tell a kept one from a new one.
 */
const writeTable = (draft: Draft, disk: DiskLayout, table: PartitionTable): StorageStep => {
  const { device, partitions } = disk
  const found = foundTable(draft.machine, disk)
  const keeps = keepsPartition(disk)
  const wipe = keeps ? 'never' : 'always'
  const old = (found?.partitions ?? []).map(partition => partition.device)
  const ready = partitions.filter(({ kept }) => kept !== undefined || !keeps)
  const kept = partitions.flatMap(partition => partition.kept?.device ?? [])
  return storageStep(draft, 'write-table', device, {
    title: `write the ${disk.table} table of ${device} with ${partitions.length} ${partitions.length === 1 ? 'partition' : 'partitions'}${keeps ? `, ${kept.length} of them kept` : ''}`,
    argv: ['sfdisk', '--no-reread', '--no-tell-kernel', '--wipe', wipe, '--wipe-partitions', wipe, device],
    stdin: renderSfdiskScript(table),
    needs: [
      `wiped:${device}`,
      ...[device, ...old].map(each => `cleared:${each}`),
      ...old.flatMap(each => [`wiped:${each}`, `shrunk:${each}`]),
    ],
    provides: [`table:${device}`, ...ready.map(partition => `device:${partition.device}`)],
    destroys: old.some(each => !kept.includes(each)),
    expects: { kind: 'table', device, table },
  })
}

/** Beside kept partitions the new ones are wiped one by one. */
const wipeNew = (draft: Draft, disk: DiskLayout): readonly StorageStep[] =>
  !keepsPartition(disk)
    ? []
    : disk.partitions
        .filter(({ kept, kind }) => kept === undefined && kind !== 'extended')
        .map(({ device }) =>
          storageStep(draft, 'wipe', device, {
            suffix: 'new',
            title: `wipe the signatures at the place of the new ${device}`,
            argv: ['wipefs', '--all', '--force', device],
            needs: [`table:${disk.device}`],
            provides: [`device:${device}`],
            destroys: true,
            expects: { kind: 'blank', device },
          }),
        )
