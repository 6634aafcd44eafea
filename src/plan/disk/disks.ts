import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { DiskConfig, DiskStanza, Volume } from '../../language/disk-config.ts'
import { partitionNumbers } from '../../language/disk-config-check.ts'
import type { DiskLayout, Partition } from './layout.ts'
import { type DiskSpace, type Extent, logicalGapBytes, shareSpace } from './space.ts'
import { BIOS_GRUB_TYPE, EXTENDED_TYPE, partitionType } from './type.ts'

/** A disk as it was found; `name` is short, such as `sda`. */
export type FoundDisk = { readonly name: string; readonly sizeBytes: number; readonly sectorBytes: number }

/** What the layout of the disks depends on: the disks in the order of `disklist`, and the memory. */
export type DiskMachine = { readonly disks: readonly FoundDisk[]; readonly memoryBytes: number }

const MIB = 1024 ** 2
/** An msdos table counts sectors in 32 bits. */
const MSDOS_SECTORS = 2 ** 32

/**
 * Lays every configured disk out anew (setup-storage.md, section 6). Pure. A disk that is not there is
 * `disk-not-found`, two stanzas for one disk `disk-config-invalid`, too little space `disk-too-small`.
 */
export const planDisks = (config: DiskConfig, machine: DiskMachine): Outcome<readonly DiskLayout[]> => {
  const diagnostics: Diagnostic[] = []
  const layouts: DiskLayout[] = []
  const taken = new Map<string, DiskStanza>()
  for (const stanza of config.disks) {
    const disk = findDisk(stanza, machine.disks)
    if (disk === undefined) {
      const message = `disk "${stanza.disk}" is not among the ${machine.disks.length} disks of the machine`
      diagnostics.push(errorAt('disk-not-found', message, stanza.origin))
      continue
    }
    const other = taken.get(disk.name)
    if (other !== undefined) {
      const message = `disk "${disk.name}" is configured twice`
      diagnostics.push(errorAt('disk-config-invalid', message, stanza.origin, [other.origin]))
      continue
    }
    taken.set(disk.name, stanza)
    const layout = layoutDisk(stanza, disk, machine.memoryBytes)
    diagnostics.push(...layout.diagnostics)
    if (layout.value !== undefined) layouts.push(layout.value)
  }
  return { value: hasErrors(diagnostics) ? undefined : layouts, diagnostics }
}

const findDisk = ({ disk }: DiskStanza, disks: readonly FoundDisk[]): FoundDisk | undefined => {
  const numbered = /^disk([0-9]+)$/.exec(disk)
  if (numbered !== null) return disks[Number(numbered[1]) - 1]
  const name = disk.replace(/^\/dev\//, '')
  return disks.find(found => found.name === name)
}

/** The layout of one disk; partitions stand in the order of their numbers. Pure. */
const layoutDisk = (stanza: DiskStanza, disk: FoundDisk, memoryBytes: number): Outcome<DiskLayout> => {
  const space: DiskSpace = { sizeBytes: disk.sizeBytes, sectorBytes: disk.sectorBytes, memoryBytes }
  const { value: extents, diagnostics } = shareSpace(stanza, space)
  if (extents === undefined) return { value: undefined, diagnostics }
  const wide = stanza.partitionTable === 'msdos' ? firstTooWide(extents, disk.sectorBytes) : undefined
  if (wide !== undefined) {
    const message = 'an msdos table has no room for a partition that ends beyond sector 4294967295'
    return { value: undefined, diagnostics: [errorAt('disk-config-invalid', message, wide.origin)] }
  }
  const device = `/dev/${disk.name}`
  const partitions = [
    ...volumePartitions(stanza, extents, device),
    ...extendedPartition(stanza, extents, device, disk.sectorBytes),
    ...biosGrubPartition(stanza, device),
  ].sort((left, right) => left.number - right.number)
  const table = stanza.partitionTable === 'msdos' ? 'msdos' : 'gpt'
  const { sizeBytes, sectorBytes } = disk
  const { fstabKey, bootable = 0 } = stanza
  return {
    value: {
      device,
      table,
      sizeBytes,
      sectorBytes,
      partitions,
      fstabKey,
      isBootDisk: bootable > 0,
      keepsTable: false,
    },
    diagnostics,
  }
}

const firstTooWide = (extents: ReadonlyMap<Volume, Extent>, sectorBytes: number): Volume | undefined =>
  [...extents].find(
    ([, { startByte, sizeBytes }]) => (startByte + sizeBytes) / sectorBytes > MSDOS_SECTORS,
  )?.[0]

const volumePartitions = (
  stanza: DiskStanza,
  extents: ReadonlyMap<Volume, Extent>,
  device: string,
): readonly Partition[] => {
  const numbers = partitionNumbers(stanza)
  return stanza.volumes.flatMap((volume, index) => {
    const number = numbers[index]
    const extent = extents.get(volume)
    if (number === undefined || extent === undefined) return []
    const partition: Partition = {
      number,
      kind: volume.kind === 'logical' ? 'logical' : 'primary',
      device: partitionDevice(device, number),
      ...(stanza.partitionTable === 'msdos' ? {} : { name: volume.name || ' ' }),
      ...extent,
      type: partitionType(stanza, volume, number),
      active: stanza.partitionTable === 'msdos' && stanza.bootable === number,
      volume,
      isFormatted: true,
    }
    return [partition]
  })
}

/** The extended partition holds all logical ones and begins just before the first of them. */
const extendedPartition = (
  stanza: DiskStanza,
  extents: ReadonlyMap<Volume, Extent>,
  device: string,
  sectorBytes: number,
): readonly Partition[] => {
  const logical = [...extents].filter(([{ kind }]) => kind === 'logical').map(([, extent]) => extent)
  const first = logical[0]
  const last = logical.at(-1)
  if (first === undefined || last === undefined) return []
  const firstIndex = stanza.volumes.findIndex(({ kind }) => kind === 'logical')
  const number = stanza.volumes.slice(0, firstIndex).length + 1
  const startByte = first.startByte - logicalGapBytes(stanza.alignBytes ?? sectorBytes, sectorBytes)
  const sizeBytes = last.startByte + last.sizeBytes - startByte
  const name = partitionDevice(device, number)
  return [
    {
      number,
      kind: 'extended',
      device: name,
      startByte,
      sizeBytes,
      type: EXTENDED_TYPE,
      active: false,
      isFormatted: false,
    },
  ]
}

const biosGrubPartition = (stanza: DiskStanza, device: string): readonly Partition[] => {
  if (stanza.partitionTable !== 'gpt-bios') return []
  const number = stanza.volumes.length + 1
  return [
    {
      number,
      kind: 'bios-grub',
      device: partitionDevice(device, number),
      name: ' ',
      startByte: MIB,
      sizeBytes: MIB,
      type: BIOS_GRUB_TYPE,
      active: false,
      isFormatted: false,
    },
  ]
}

/** Device of a partition: behind a name that ends in a digit stands a `p`, as the kernel has it. Pure. */
export const partitionDevice = (device: string, number: number): string =>
  /[0-9]$/.test(device) ? `${device}p${number}` : `${device}${number}`
