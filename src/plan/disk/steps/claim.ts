import type { FoundArray, FoundEncrypted, FoundGroup, Storage } from '../../../model/storage.ts'
import type { ArrayLayout, DiskLayout, GroupLayout, StorageLayout } from '../layout.ts'

/** What must make way: devices whose content goes, and all that is built on them. */
export type Claim = {
  /** The devices themselves and, in turn, those that are built on them. */
  readonly devices: ReadonlySet<string>
  readonly encrypted: readonly FoundEncrypted[]
  readonly groups: readonly FoundGroup[]
  readonly arrays: readonly FoundArray[]
}

/** What decides what must make way. */
export type ClaimInput = {
  readonly layout: StorageLayout
  readonly machine: Storage
  readonly ignoredGroups: readonly string[]
}

/** The array of the layout that a found one stays in. Pure. */
export const keptArray = (layout: StorageLayout, found: FoundArray): ArrayLayout | undefined =>
  layout.arrays.find(({ kept }) => kept?.device === found.device)

/** The group of the layout that a found one stays in. Pure. */
const keptGroup = (layout: StorageLayout, found: FoundGroup): GroupLayout | undefined =>
  layout.volumeGroups.find(({ kept }) => kept?.name === found.name)

/**
 * Everything found that does not survive the layout: partitions that are not kept or are formatted, new members of
 * arrays, groups, mappings and btrfs, and upwards all that is built on one of these. An ignored group is not looked at.
 * Pure.
 */
export const claimDevices = ({ layout, machine, ignoredGroups }: ClaimInput): Claim => {
  const devices = new Set(claimedDirectly(layout, machine))
  const groups = new Set<FoundGroup>()
  const arrays = new Set<FoundArray>()
  const encrypted = new Set<FoundEncrypted>()
  // A set that grows while it is walked is walked to its new end.
  for (const device of devices) {
    for (const found of machine.encrypted.filter(({ on }) => on === device)) {
      encrypted.add(found)
      devices.add(found.device)
    }
    for (const found of machine.volumeGroups.filter(({ physicalVolumes }) =>
      physicalVolumes.includes(device),
    )) {
      if (ignoredGroups.includes(found.name) || keptGroup(layout, found) !== undefined) continue
      groups.add(found)
      for (const volume of found.volumes) devices.add(volume.device)
    }
    for (const found of machine.arrays.filter(({ members, spares }) =>
      [...members, ...spares].includes(device),
    )) {
      arrays.add(found)
      devices.add(found.device)
    }
  }
  return { devices, encrypted: [...encrypted], groups: [...groups], arrays: [...arrays] }
}

const claimedDirectly = (layout: StorageLayout, machine: Storage): readonly string[] => {
  const direct = [
    ...layout.disks.flatMap(disk => claimedOnDisk(disk, machine)),
    ...newMembers(layout).flatMap(device => presentDevice(layout, device) ?? []),
    ...layout.arrays.flatMap(({ kept, isFormatted }) => (kept && isFormatted ? kept.device : [])),
    ...layout.volumeGroups.flatMap(claimedVolumes),
  ]
  // A disk that is used as a whole loses its partitions.
  const whole = machine.disks.filter(({ device }) => direct.includes(device))
  return [...direct, ...whole.flatMap(({ table }) => (table?.partitions ?? []).map(({ device }) => device))]
}

const claimedOnDisk = (disk: DiskLayout, { disks }: Storage): readonly string[] => {
  const found = disks.find(({ device }) => device === disk.device)
  const stays = disk.partitions.flatMap(({ kept }) => kept?.device ?? [])
  const going = (found?.table?.partitions ?? [])
    .filter(({ kind, device }) => kind !== 'extended' && !stays.includes(device))
    .map(({ device }) => device)
  const formatted = disk.partitions.flatMap(({ kept, isFormatted, device }) =>
    isFormatted && (kept !== undefined || disk.keepsTable) ? (kept?.device ?? device) : [],
  )
  const isWhole = disk.whole !== undefined && disk.whole.filesystem !== '-' && !disk.isWholeKept
  const hasWholeContent = !disk.keepsTable && found?.content !== undefined
  return [
    ...(disk.keepsTable ? [] : going),
    ...formatted,
    ...(isWhole || hasWholeContent ? [disk.device] : []),
  ]
}

/** Devices that become part of something that is made anew. */
const newMembers = ({ arrays, encrypted, btrfs, volumeGroups }: StorageLayout): readonly string[] => [
  ...arrays
    .filter(({ kept }) => kept === undefined)
    .flatMap(({ members, spares }) => [...members, ...spares]),
  ...encrypted.map(({ on }) => on),
  ...btrfs.flatMap(({ devices, isLine, isKept }) => (isLine || isKept ? [] : devices)),
  ...volumeGroups.flatMap(({ devices, kept }) =>
    devices.filter(device => !(kept?.physicalVolumes ?? []).includes(device)),
  ),
]

/** What a device of the layout is called now; undefined where it is not there yet. */
const presentDevice = (layout: StorageLayout, device: string): string | undefined => {
  for (const disk of layout.disks) {
    if (disk.device === device) return device
    const partition = disk.partitions.find(each => each.device === device)
    if (partition !== undefined) return partition.kept?.device ?? (disk.keepsTable ? device : undefined)
  }
  const array = layout.arrays.find(each => each.device === device)
  if (array !== undefined) return array.kept?.device
  return layout.volumeGroups.flatMap(({ volumes }) => volumes).find(each => each.device === device)?.kept
    ?.device
}

/** Volumes of a kept group that go or are formatted. */
const claimedVolumes = ({ kept, volumes }: GroupLayout): readonly string[] => [
  ...unwantedVolumes({ kept, volumes }).map(({ device }) => device),
  ...volumes.flatMap(each => (each.kept && each.isFormatted ? each.kept.device : [])),
]

/** Volumes of a kept group that the layout does not keep. Pure. */
export const unwantedVolumes = ({
  kept,
  volumes,
}: Pick<GroupLayout, 'volumes'> & { kept: FoundGroup | undefined }) => {
  const stays = volumes.flatMap(each => each.kept?.device ?? [])
  return (kept?.volumes ?? []).filter(({ device }) => !stays.includes(device))
}
