import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../../../diagnostic/diagnostic.ts'
import type { DiskStanza } from '../../../language/disk-config.ts'
import type { FoundDisk } from '../../../model/storage.ts'
import type { DiskLayout, Partition } from '../layout.ts'
import { numberedVolumes, partitionDevice } from './device-name.ts'
import { biosGrubPartition, extendedPartition } from './extra-partition.ts'
import type { ConfiguredDisk } from './find-disk.ts'
import { foundPartitions } from './found-partitions.ts'
import type { Kept } from './kept.ts'
import { shrinkFaults } from './resize.ts'
import { type DiskSpace, type Extent, type Slot, shareSpace } from './space.ts'
import type { Stack } from './stack.ts'
import { partitionType } from './type.ts'

/** What the layout of a disk depends on besides itself. */
export type DiskContext = {
  readonly kept: Kept
  readonly uses: Stack['uses']
  /** Of the machine, for sizes that are a part of it. */
  readonly memoryBytes: number
}

/** An msdos table counts sectors in 32 bits, and FAI allows no larger partition where sectors are larger. */
const MSDOS_SECTORS = 2 ** 32
const MSDOS_BYTES = 2 ** 41

/** Lays one disk out (setup-storage.md, section 6); partitions stand in the order of their numbers. Pure. */
export const layoutDisk = (configured: ConfiguredDisk, context: DiskContext): Outcome<DiskLayout> => {
  const { stanza, disk } = configured
  const { device, sizeBytes, sectorBytes } = disk
  const keepsTable = context.kept.tables.has(device)
  const layout = {
    device,
    table: tableOf(stanza, keepsTable ? disk : undefined),
    ...{ sizeBytes, sectorBytes },
    fstabKey: stanza.fstabKey,
    isBootDisk: (stanza.bootable ?? 0) > 0,
    keepsTable,
    ...(context.kept.wholes.has(device) ? { isWholeKept: true } : {}),
  } as const
  const whole = stanza.volumes.find(({ kind }) => kind === 'raw-disk')
  if (whole !== undefined) return { value: { ...layout, partitions: [], whole }, diagnostics: [] }
  if (keepsTable) {
    const faults = stanza.isWhole ? stanza.volumes.map(unplaceable) : []
    const partitions = stanza.isWhole ? [] : foundPartitions(configured, context)
    return { value: { ...layout, partitions }, diagnostics: faults }
  }
  const { value: partitions, diagnostics } = newTable(configured, context)
  return { value: partitions && { ...layout, partitions }, diagnostics }
}

const tableOf = (stanza: DiskStanza, kept: FoundDisk | undefined): DiskLayout['table'] => {
  const format = kept?.table?.format ?? stanza.partitionTable
  return format === 'msdos' || format === 'dos' ? 'msdos' : 'gpt'
}

const unplaceable = ({ origin }: DiskStanza['volumes'][number]): Diagnostic =>
  errorAt('disk-config-invalid', 'a disk with "vg:1" has no partitions', origin)

const newTable = (configured: ConfiguredDisk, context: DiskContext): Outcome<readonly Partition[]> => {
  const { stanza, disk } = configured
  const { kept, memoryBytes } = context
  const { sizeBytes, sectorBytes } = disk
  const alignBytes = alignmentOf(stanza, disk, kept)
  const invalid = (message: string, origin = stanza.origin): Outcome<never> => ({
    value: undefined,
    diagnostics: [errorAt('disk-config-invalid', message, origin)],
  })
  if (alignBytes % sectorBytes !== 0) {
    return invalid(
      `alignment of ${alignBytes} bytes is no multiple of the sector size (${sectorBytes} bytes)`,
    )
  }
  const slots = numberedVolumes(configured).map(({ volume, number, device }): Slot => {
    const found = kept.partitions.get(device)
    return { volume, number, ...(found && { kept: found }) }
  })
  const space: DiskSpace = { sizeBytes, sectorBytes, alignBytes, memoryBytes }
  const { value: extents, diagnostics } = shareSpace(stanza, slots, space)
  if (extents === undefined) return { value: undefined, diagnostics }
  const wide =
    stanza.partitionTable === 'msdos' && slots.find(slot => isTooWide(extents.get(slot.number), sectorBytes))
  if (wide) {
    return invalid(
      'an msdos table has no room for a partition that ends beyond sector 4294967295',
      wide.volume.origin,
    )
  }
  const { value: bios, diagnostics: faults } = biosGrubPartition(configured, slots)
  const partitions = [
    ...slots.map(slot => slotPartition(configured, slot, extents, context)),
    ...extendedPartition(configured, slots, extents, space),
    ...(bios ?? []),
  ].sort((left, right) => left.number - right.number)
  const found = [...diagnostics, ...faults, ...partitions.flatMap(resizeFaults)]
  return { value: hasErrors(found) ? undefined : partitions, diagnostics: found }
}

/** Ends of cylinders where an msdos table must keep a partition, as FAI has it from older tools. */
const alignmentOf = (stanza: DiskStanza, disk: FoundDisk, { pinnedDisks }: Kept): number => {
  if (stanza.alignBytes !== undefined) return stanza.alignBytes
  if (stanza.partitionTable !== 'msdos' || !pinnedDisks.has(disk.device)) return disk.sectorBytes
  const { heads, sectors } = disk.geometry ?? { heads: 255, sectors: 63 }
  return heads * sectors * disk.sectorBytes
}

const isTooWide = (extent: Extent | undefined, sectorBytes: number): boolean =>
  extent !== undefined &&
  ((extent.startByte + extent.sizeBytes) / sectorBytes > MSDOS_SECTORS || extent.sizeBytes > MSDOS_BYTES)

const slotPartition = (
  { stanza, disk }: ConfiguredDisk,
  { volume, number, kept }: Slot,
  extents: ReadonlyMap<number, Extent>,
  { uses }: DiskContext,
): Partition => {
  const device = partitionDevice(disk.device, number)
  const use = uses.get(device)?.kind
  const isMsdos = stanza.partitionTable === 'msdos'
  return {
    number,
    kind: volume.kind === 'logical' ? 'logical' : 'primary',
    device,
    ...(isMsdos ? {} : { name: volume.name || ' ' }),
    ...(extents.get(number) as Extent),
    type: partitionType(stanza, { volume, number, ...(use && { use }), ...(kept && { kept: kept.found }) }),
    active: isMsdos && (stanza.bootable ? stanza.bootable === number : (kept?.found.isActive ?? false)),
    volume,
    ...(kept && { kept: kept.found }),
    isFormatted: use === undefined && (kept === undefined || volume.alwaysFormat),
  }
}

const resizeFaults = ({ device, kept, sizeBytes, volume }: Partition): readonly Diagnostic[] =>
  volume === undefined ? [] : shrinkFaults(device, kept, sizeBytes, volume)
