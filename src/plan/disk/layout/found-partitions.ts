import type { FoundPartition } from '../../../model/storage.ts'
import type { Partition } from '../layout.ts'
import { type NumberedVolume, numberedVolumes } from './device-name.ts'
import type { DiskContext } from './disk.ts'
import type { ConfiguredDisk } from './find-disk.ts'
import { partitionType } from './type.ts'

/**
 * The partitions of a disk whose table is not written: those that are there, and those that a `virtual` disk is said to
 * have, whose extents are then unknown and 0. Pure.
 */
export const foundPartitions = (configured: ConfiguredDisk, context: DiskContext): readonly Partition[] => {
  const found = configured.disk.table?.partitions ?? []
  const lines = numberedVolumes(configured)
  const others = found.filter(({ number }) => !lines.some(line => line.number === number))
  return [
    ...lines.map(line => linePartition(configured, line, context)),
    ...others.map(partition => ({ ...placeOf(partition), kind: partition.kind, isFormatted: false })),
  ].sort((left, right) => left.number - right.number)
}

const linePartition = (
  { stanza, disk }: ConfiguredDisk,
  { volume, number, device }: NumberedVolume,
  { kept, uses }: DiskContext,
): Partition => {
  const there = disk.table?.partitions.find(partition => partition.number === number)
  const staysAsItIs = kept.partitions.has(device) && !volume.alwaysFormat
  return {
    ...(there === undefined
      ? {
          number,
          device,
          startByte: 0,
          sizeBytes: 0,
          active: false,
          type: partitionType(stanza, { volume, number }),
        }
      : { ...placeOf(there), device }),
    kind: volume.kind === 'logical' ? 'logical' : 'primary',
    volume,
    isFormatted: !staysAsItIs && !uses.has(device),
  }
}

const placeOf = (found: FoundPartition): Omit<Partition, 'kind' | 'isFormatted'> => {
  const { number, device, startByte, sizeBytes, type, name, isActive } = found
  return {
    ...{ number, device, startByte, sizeBytes, type, active: isActive, kept: found },
    ...(name === undefined ? {} : { name }),
  }
}
