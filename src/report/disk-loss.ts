import type { FoundContent, FoundDisk, FoundPartition, Storage } from '../model/storage.ts'
import { formatBytes } from '../plan/disk/format-disk.ts'
import type { DiskLayout, StorageLayout } from '../plan/disk/layout.ts'
import { unwantedVolumes } from '../plan/disk/steps/claim.ts'

/** Something of a machine whose content will be gone. */
export type Loss = {
  readonly device: string
  readonly sizeBytes: number
  /** Absent where nothing was recognised, which does not say that nothing is there. */
  readonly content?: FoundContent
}

/**
 * Everything that a layout takes the content of: partitions and whole disks, then the arrays and logical volumes on them. A
 * device that the configuration does not name stays, unless what it lies on goes. Pure.
 */
export const findLosses = (machine: Storage, layout: StorageLayout): readonly Loss[] => {
  const written = overwritten(layout)
  const onDisks = layout.disks.flatMap(disk => lostOnDisk(machine, disk, written))
  const gone = new Set(onDisks.map(({ device }) => device))
  const arrays = machine.arrays.filter(found => {
    const heir = layout.arrays.find(({ kept }) => kept?.device === found.device)
    if (heir !== undefined) return heir.isFormatted || written.has(heir.device)
    return found.members.some(device => gone.has(device))
  })
  for (const { device } of arrays) gone.add(device)
  const volumes = machine.volumeGroups.flatMap(found => {
    const heir = layout.volumeGroups.find(({ kept }) => kept?.name === found.name)
    if (heir?.kept === undefined)
      return found.physicalVolumes.some(device => gone.has(device)) ? found.volumes : []
    const formatted = heir.volumes.filter(({ isFormatted, device }) => isFormatted || written.has(device))
    return [
      ...unwantedVolumes({ kept: heir.kept, volumes: heir.volumes }),
      ...formatted.flatMap(({ kept }) => kept ?? []),
    ]
  })
  return [...onDisks, ...arrays.map(found => ({ ...found, sizeBytes: found.sizeBytes ?? 0 })), ...volumes]
}

/** Devices that something new is built on. */
const overwritten = ({ arrays, volumeGroups, encrypted, btrfs }: StorageLayout): ReadonlySet<string> =>
  new Set([
    ...arrays.flatMap(({ kept, members, spares }) => (kept === undefined ? [...members, ...spares] : [])),
    ...volumeGroups.flatMap(({ kept, devices }) =>
      devices.filter(device => !kept?.physicalVolumes.includes(device)),
    ),
    ...encrypted.map(({ on }) => on),
    ...btrfs.flatMap(({ isKept, devices }) => (isKept === true ? [] : devices)),
  ])

const lostOnDisk = (
  { disks }: Storage,
  disk: DiskLayout,
  written: ReadonlySet<string>,
): readonly (FoundDisk | FoundPartition)[] => {
  const found = disks.find(({ device }) => device === disk.device)
  if (found === undefined) return []
  const isKept = disk.keepsTable && disk.whole === undefined
  const isDiskLost = disk.whole === undefined ? !disk.keepsTable : disk.isWholeKept !== true
  const isWritten = isDiskLost || written.has(found.device)
  // A disk without a table and without a signature is a new one.
  const whole = found.table === undefined && found.content !== undefined && isWritten ? [found] : []
  const partitions = (found.table?.partitions ?? []).filter(({ device, kind }) => {
    if (kind === 'extended') return false
    const heir = disk.partitions.find(({ kept }) => kept?.device === device)
    return heir === undefined ? !isKept : heir.isFormatted || written.has(heir.device)
  })
  return [...whole, ...partitions]
}

/** What of an array, a volume group or an encrypted device lies on a disk says nothing to people: they know what is in it. */
const PART_OF_SOMETHING = /^(?:linux_raid_member|LVM2_member)$/

/** What is lost, in one sentence. Pure. */
export const lossSentence = (machine: Storage, layout: StorageLayout): string => {
  const losses = findLosses(machine, layout)
  const known = new Set([
    ...machine.arrays.flatMap(({ members, spares }) => [...members, ...spares]),
    ...machine.volumeGroups.flatMap(({ physicalVolumes, volumes }) =>
      volumes.length === 0 ? [] : physicalVolumes,
    ),
  ])
  const told = losses.filter(
    ({ device, content }) => !(known.has(device) && PART_OF_SOMETHING.test(content?.type ?? '')),
  )
  const words = told.map(
    ({ device, content, sizeBytes }) => `${contentLabel(content)} on ${device} (${formatBytes(sizeBytes)})`,
  )
  return words.length === 0 ? 'nothing is lost' : `lost: ${words.join('; ')}`
}

/** What blkid found, for people: `ext4 "home"`. Pure. */
export const contentLabel = (content: FoundContent | undefined): string =>
  content === undefined
    ? 'unrecognised content'
    : [content.type, ...(content.label ? [`"${content.label}"`] : [])].join(' ')
