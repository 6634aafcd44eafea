import type { Origin } from '../diagnostic/diagnostic.ts'
import type { Content, DeviceRef, DiskConfig, DiskStanza } from './disk-config.ts'
import { partitionNumbers, type Report } from './disk-config-check.ts'
import { comparePlaces } from './disk-config-cursor.ts'
import { diskPath } from './disk-config-option.ts'

type Mount = Pick<Content, 'mountPoint' | 'origin'>

/** Reports what is mounted where something else is already. One complaint is enough for all that a `sameas` copied. */
export const checkMountPoints = (config: DiskConfig, report: Report): void => {
  const first = new Map<string, Origin>()
  const copies = new Set<Origin>()
  for (const { mountPoint, origin, isCopy } of mountsOf(config)) {
    const other = first.get(mountPoint)
    if (other === undefined) first.set(mountPoint, origin)
    else if (!copies.has(origin)) report(origin, `mount point "${mountPoint}" is used twice`, [other])
    if (isCopy) copies.add(origin)
  }
}

const mountsOf = (config: DiskConfig): readonly (Mount & { readonly isCopy: boolean })[] => {
  const seen = new Set<Origin>()
  const onDisks = config.disks.flatMap(stanza =>
    stanza.volumes.map(({ mountPoint, origin }) => {
      const isCopy = seen.has(origin)
      seen.add(origin)
      return { mountPoint, origin: isCopy ? stanza.origin : origin, isCopy }
    }),
  )
  const others: readonly Mount[] = [
    ...config.arrays,
    ...config.btrfs,
    ...config.encrypted,
    ...config.volumeGroups.flatMap(({ volumes }) => volumes),
    ...config.tmpfs,
    ...config.nfs,
  ]
  return [...onDisks, ...others.map(({ mountPoint, origin }) => ({ mountPoint, origin, isCopy: false }))]
    .filter(({ mountPoint }) => mountPoint !== '-' && mountPoint !== 'swap')
    .sort((left, right) => comparePlaces(left.origin, right.origin))
}

/**
 * Reports a device that belongs to two arrays or groups, or is encrypted twice; and one with a mount point of its own that is
 * a member of something. Names are compared as text: what only the machine knows, such as `disk1` being `sda`, is left
 * to the plan.
 */
export const checkMembers = (config: DiskConfig, report: Report): void => {
  const { arrays, btrfs, encrypted, volumeGroups } = config
  const crypted = checkOnce(
    encrypted.map(({ device }) => [device]),
    report,
  )
  const built = checkOnce(
    [...arrays, ...volumeGroups].map(({ devices }) => devices),
    report,
  )
  for (const { devices } of btrfs) {
    for (const [key, device] of checkOnce([devices], report)) built.set(key, device)
  }
  const complain = (
    key: string,
    { mountPoint, origin }: Mount,
    members: ReadonlyMap<string, DeviceRef>[],
  ) => {
    const member = members.flatMap(each => each.get(key) ?? [])[0]
    if (mountPoint === '-' || member === undefined) return
    report(origin, `"${member.text}" cannot be mounted at "${mountPoint}" and belong to something else`, [
      member.origin,
    ])
  }
  for (const [key, volume] of volumesByKey(config)) complain(key, volume, [built, crypted])
  for (const volume of encrypted) complain(deviceKey(volume.device), volume, [built])
}

/** The first use of each device. One that is missing yet may be called the same in several lists. */
const checkOnce = (lists: readonly (readonly DeviceRef[])[], report: Report): Map<string, DeviceRef> => {
  const first = new Map<string, DeviceRef>()
  for (const list of lists) {
    for (const device of list) {
      const other = first.get(deviceKey(device))
      if (other === undefined) first.set(deviceKey(device), device)
      else if (list.includes(other) || !(device.isMissing || other.isMissing)) {
        report(device.origin, `"${device.text}" is used twice`, [other.origin])
      }
    }
  }
  return first
}

const volumesByKey = ({ disks, arrays, volumeGroups }: DiskConfig): readonly (readonly [string, Mount])[] => [
  ...disks.flatMap(partitionsByKey),
  ...arrays.map((volume, index) => [`/dev/md${index}`, volume] as const),
  ...volumeGroups.flatMap(({ name, volumes }) =>
    volumes.map(volume => [`/dev/${name}/${volume.name}`, volume] as const),
  ),
]

const partitionsByKey = (stanza: DiskStanza): readonly (readonly [string, Mount])[] => {
  const numbers = partitionNumbers(stanza)
  return stanza.volumes.map(
    (volume, index) => [partitionKey(stanza.disk, numbers[index] ?? 0), volume] as const,
  )
}

const partitionKey = (disk: string, number: number): string => {
  const path = diskPath(disk)
  if (number === 0) return path
  if (!path.startsWith('/')) return `${path}.${number}`
  if (path.startsWith('/dev/disk/')) return `${path}-part${number}`
  return `${path}${/[0-9]$/.test(path) ? 'p' : ''}${number}`
}

const deviceKey = ({ text, disk, partition }: DeviceRef): string => {
  if (disk === undefined) return diskPath(text)
  return partition === undefined ? `disk${disk}` : `disk${disk}.${partition}`
}
