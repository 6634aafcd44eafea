import { errorAt, type Outcome } from '../../../diagnostic/diagnostic.ts'
import type { Partition } from '../layout.ts'
import { partitionDevice } from './device-name.ts'
import type { ConfiguredDisk } from './find-disk.ts'
import { type DiskSpace, diskOrder, type Extent, logicalGapBytes, type Slot } from './space.ts'
import { BIOS_GRUB_TYPE, EXTENDED_TYPE } from './type.ts'

const MIB = 1024 ** 2
/** FAI leaves so many sectors to a GPT before a partition that it puts in front of one that stays. */
const HEAD_SECTORS = 63

/**
 * The extended partition: it holds all logical ones, begins just before the first of them, and not before what lies in
 * front of it ends. Pure.
 */
export const extendedPartition = (
  { disk }: ConfiguredDisk,
  slots: readonly Slot[],
  extents: ReadonlyMap<number, Extent>,
  space: DiskSpace,
): readonly Partition[] => {
  const ordered = diskOrder(slots)
  const index = ordered.findIndex(({ volume }) => volume.kind === 'logical')
  const endOf = (slot: Slot | undefined): number => {
    const { startByte, sizeBytes } = (slot && extents.get(slot.number)) ?? { startByte: 0, sizeBytes: 0 }
    return startByte + sizeBytes
  }
  const first = ordered[index] && extents.get(ordered[index].number)
  if (first === undefined) return []
  const number = slots.findIndex(({ volume }) => volume.kind === 'logical') + 1
  const before = Math.max(endOf(ordered[index - 1]), space.sectorBytes)
  const startByte = Math.max(before, first.startByte - logicalGapBytes(space))
  const end = endOf(ordered.findLast(({ volume }) => volume.kind === 'logical'))
  return [
    {
      number,
      kind: 'extended',
      device: partitionDevice(disk.device, number),
      startByte,
      sizeBytes: end - startByte,
      type: EXTENDED_TYPE,
      active: false,
      isFormatted: false,
    },
  ]
}

/**
 * The partition of a `gpt-bios` table that boot loaders use: the last number, and the first place. Pure. It is
 * `disk-too-small` where partition 1 stays and leaves no room before it.
 */
export const biosGrubPartition = (
  { stanza, disk }: ConfiguredDisk,
  slots: readonly Slot[],
): Outcome<readonly Partition[]> => {
  if (stanza.partitionTable !== 'gpt-bios') return { value: [], diagnostics: [] }
  const first = slots.find(({ number, kept }) => number === 1 && kept?.isResized === false)
  const startByte = first?.kept === undefined ? MIB : first.kept.found.startByte - MIB
  if (startByte <= HEAD_SECTORS * disk.sectorBytes) {
    const message = 'no room for the partition of the boot loader before partition 1, which stays'
    return { value: undefined, diagnostics: [errorAt('disk-too-small', message, stanza.origin)] }
  }
  const number = slots.length + 1
  const partition: Partition = {
    number,
    kind: 'bios-grub',
    device: partitionDevice(disk.device, number),
    name: ' ',
    startByte,
    sizeBytes: MIB,
    type: BIOS_GRUB_TYPE,
    active: false,
    isFormatted: false,
  }
  return { value: [partition], diagnostics: [] }
}
