import type { FoundDisk, FoundTable, Storage } from '../../../model/storage.ts'
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
    return [...saveTable(draft, disk), ...writeTable(draft, disk, table), ...wipeNew(draft, disk)]
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
  const name = logName(device)
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

const logName = (device: string): string => `table${device.replaceAll('/', '_')}`

/**
 * sfdisk may wipe what it finds on the disk only where no partition is kept: it cannot tell a kept one from a new one.
 */
const writeTable = (draft: Draft, disk: DiskLayout, table: PartitionTable): readonly StorageStep[] => {
  const { device, partitions } = disk
  const found = foundTable(draft.machine, disk)
  const keeps = keepsPartition(disk)
  const wipe = keeps ? 'never' : 'always'
  const old = (found?.partitions ?? []).map(partition => partition.device)
  const ready = partitions.filter(({ kept }) => kept !== undefined || !keeps)
  const kept = partitions.flatMap(partition => partition.kept?.device ?? [])
  const wiping = ['--wipe', wipe, '--wipe-partitions', wipe]
  const script = renderSfdiskScript(table)
  const geometry = keptGeometry(draft, disk)
  const write = storageStep(draft, 'write-table', device, {
    title: `write the ${disk.table} table of ${device} with ${partitions.length} ${partitions.length === 1 ? 'partition' : 'partitions'}${keeps ? `, ${kept.length} of them kept` : ''}`,
    argv: ['sfdisk', '--no-reread', '--no-tell-kernel', ...wiping, device],
    stdin: script,
    needs: [
      `wiped:${device}`,
      ...[device, ...old].map(each => `cleared:${each}`),
      ...old.flatMap(each => [`wiped:${each}`, `shrunk:${each}`]),
    ],
    provides: [`table:${device}`, ...ready.map(partition => `device:${partition.device}`)],
    destroys: old.some(each => !kept.includes(each)),
    expects: { kind: 'table', device, table },
  })
  if (geometry === undefined) return [write]
  const log = `${logName(device)}.new`
  const note = storageStep(draft, 'save-table', device, {
    suffix: 'new-table',
    title: `write down the new table of ${device}`,
    argv: ['cat'],
    stdin: script,
    stdout: { log },
    provides: [`script:${device}`],
  })
  const { heads, sectors } = geometry
  return [
    note,
    {
      ...write,
      argv: ['fdisk', '--heads', String(heads), '--sectors', String(sectors), ...wiping, device],
      // fdisk(8): `I` reads a script of sfdisk, `w` writes the table and ends.
      stdin: `I\n${draft.logDirectory}/${log}\nw\n`,
      // It ends so where the kernel does not read the table again, which is told of it next.
      goodExitCodes: [1],
      needs: [...write.needs, `script:${device}`],
    },
  ]
}

/** What sfdisk makes the cylinders, heads and sectors of entries for, and cannot be told otherwise. */
const SFDISK_GEOMETRY = { heads: 255, sectors: 63 }

/**
 * The geometry of an msdos table that keeps a partition, where it is not the one that sfdisk writes: FAI's alignment follows
 * it, so that another one would make another layout the next time. Only fdisk can be told.
 */
const keptGeometry = ({ machine }: Draft, disk: DiskLayout): FoundDisk['geometry'] => {
  if (disk.table !== 'msdos' || !keepsPartition(disk)) return undefined
  const found = machine.disks.find(({ device }) => device === disk.device)?.geometry
  const isUsual = found?.heads === SFDISK_GEOMETRY.heads && found.sectors === SFDISK_GEOMETRY.sectors
  return isUsual ? undefined : found
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
