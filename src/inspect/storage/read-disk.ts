import type { FoundDisk, FoundPartition, Use } from '../../model/storage.ts'
import type { ReadCommand } from '../runner.ts'
import { type BlockDevice, devnoOf, readBlockDevice } from './block-device.ts'
import type { UseTable } from './mounts.ts'
import { parseGeometry, parseTable, type ReadTable } from './partition-table.ts'
import { parseSignature, type Signature } from './signature.ts'

/** What reading a device takes. */
export type Reading = {
  readonly read: ReadCommand
  readonly signal: AbortSignal
  readonly uses: UseTable
  /** Names below `/dev/disk` by the kernel's name of the device. */
  readonly links: ReadonlyMap<string, readonly string[]>
}

/** A disk, and the devices that it is or has by their numbers. */
export type ReadDisk = { readonly disk: FoundDisk; readonly devices: ReadonlyMap<string, string> }

/** Reads one disk with its table and what its partitions hold. */
export const readDisk = async (name: string, reading: Reading): Promise<ReadDisk> => {
  const device = `/dev/${name}`
  const found = await readBlockDevice(await devnoOf(device))
  const { sizeBytes, sectorBytes, isReadOnly, model, serial } = found
  const { content, tableType } = await readSignature(device, reading)
  const table =
    tableType === 'gpt' || tableType === 'dos' ? await readTable(device, sectorBytes, reading) : undefined
  const partitions = await Promise.all(
    (table?.partitions ?? []).map(row => readPartition(row, device, found, reading)),
  )
  const disk: FoundDisk = {
    name,
    device,
    links: reading.links.get(found.name) ?? [],
    sizeBytes,
    sectorBytes,
    isReadOnly,
    ...(tableType === 'dos' ? { geometry: await readGeometry(device, reading) } : {}),
    ...(model === undefined ? {} : { model }),
    ...(serial === undefined ? {} : { serial }),
    ...(table === undefined ? {} : { table: { ...table, partitions } }),
    ...(content === undefined || table !== undefined ? {} : { content }),
    ...useOf(device, found, reading),
  }
  const devices = partitions.flatMap(({ number, device: path }) => {
    const devno = found.partitions.get(number)?.devno
    return devno === undefined ? [] : [[devno, path] as const]
  })
  return { disk, devices: new Map([[found.devno, device], ...devices]) }
}

/** Who uses a device, from the kernel's point of view. */
export const useOf = (
  device: string,
  { devno, holders }: Pick<BlockDevice, 'devno' | 'holders'>,
  { uses }: Pick<Reading, 'uses'>,
): Use => ({
  mountPoints: [...new Set([...(uses.byDevno.get(devno) ?? []), ...(uses.byPath.get(device) ?? [])])],
  holders: [...holders, ...(uses.loops.get(devno) ?? [])],
})

const UNUSED: Use = { mountPoints: [], holders: [] }

/** Its content is read by its place on the disk: the kernel may not know the partition, or nobody made its device. */
const readPartition = async (
  row: ReadTable['partitions'][number],
  disk: string,
  { partitions }: BlockDevice,
  reading: Reading,
): Promise<FoundPartition> => {
  const known = partitions.get(row.number)
  const place = ['--offset', String(row.startByte), '--size', String(row.sizeBytes)]
  const { content } = row.kind === 'extended' ? {} : await readSignature(disk, reading, place)
  return {
    ...row,
    ...(content === undefined ? {} : { content }),
    ...(known === undefined ? UNUSED : useOf(row.device, known, reading)),
  }
}

/** blkid ends with 2 where there is nothing, with 8 where signatures contradict each other. */
const NOTHING_FOUND = 2
const AMBIVALENT = 8

/** What blkid finds on a device, or on a part of it. */
export const readSignature = async (
  device: string,
  { read, signal }: Pick<Reading, 'read' | 'signal'>,
  place: readonly string[] = [],
): Promise<Signature> =>
  parseSignature(
    await read(['blkid', '-p', '-o', 'export', ...place, device], signal, [NOTHING_FOUND, AMBIVALENT]),
  )

const readTable = async (
  device: string,
  sectorBytes: number,
  { read, signal }: Reading,
): Promise<ReadTable | undefined> =>
  parseTable(await read(['sfdisk', '--json', device], signal), device, sectorBytes)

const DEFAULT_GEOMETRY = { heads: 255, sectors: 63 }

/** As parted sees it, like FAI; the usual one where parted is not there or does not say. */
const readGeometry = async (device: string, { read, signal }: Reading) => {
  const text = await read(['parted', '-sm', device, 'unit', 'chs', 'print'], signal, [1]).catch(error => {
    signal.throwIfAborted()
    if (error instanceof Error) return ''
    throw error
  })
  return parseGeometry(text) ?? DEFAULT_GEOMETRY
}
