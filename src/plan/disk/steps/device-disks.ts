import type { Storage } from '../../../model/storage.ts'
import type { StorageLayout } from '../layout.ts'

/** The disks that a device, or a volume group by its name, lies on, in the order of their names. */
export type DeviceDisks = (device: string) => readonly string[]

/** What each device lies on directly, and what each volume group is made of. */
export type Underlays = ReadonlyMap<string, readonly string[]>

/** The devices that were found, each with what it lies on; a disk lies on nothing. Pure. */
export const foundUnderlays = ({ disks, arrays, volumeGroups, encrypted }: Storage): Underlays =>
  new Map([
    ...disks.map(({ device }): Entry => [device, []]),
    ...disks.flatMap(({ device, table }) =>
      (table?.partitions ?? []).map((partition): Entry => [partition.device, [device]]),
    ),
    ...arrays.map(({ device, members, spares }): Entry => [device, [...members, ...spares]]),
    ...encrypted.map(({ device, on }): Entry => [device, [on]]),
    ...volumeGroups.map(({ name, physicalVolumes }): Entry => [name, physicalVolumes]),
    ...volumeGroups.flatMap(({ name, volumes }) => volumes.map(({ device }): Entry => [device, [name]])),
  ])

type Entry = readonly [device: string, on: readonly string[]]

/** The devices of a layout, each with what it lies on. Pure. */
export const layoutUnderlays = ({ disks, arrays, encrypted, volumeGroups }: StorageLayout): Underlays =>
  new Map([
    ...disks.map(({ device }): Entry => [device, []]),
    ...disks.flatMap(({ device, partitions }) =>
      partitions.map((partition): Entry => [partition.device, [device]]),
    ),
    ...arrays.map(({ device, members, spares }): Entry => [device, [...members, ...spares]]),
    ...encrypted.map(({ device, on }): Entry => [device, [on]]),
    ...volumeGroups.map(({ name, devices }): Entry => [name, devices]),
    ...volumeGroups.flatMap(({ name, volumes }) => volumes.map(({ device }): Entry => [device, [name]])),
  ])

/** Where devices lie, by what each lies on; one that is in none of the maps lies nowhere. Pure. */
export const deviceDisks = (...maps: readonly Underlays[]): DeviceDisks => {
  const collect = (device: string, seen: Set<string>, disks: Set<string>): void => {
    if (seen.has(device)) return
    seen.add(device)
    for (const on of maps.flatMap(map => (map.has(device) ? [map.get(device) ?? []] : []))) {
      if (on.length === 0) disks.add(device)
      for (const below of on) collect(below, seen, disks)
    }
  }
  return device => {
    const disks = new Set<string>()
    collect(device, new Set(), disks)
    return [...disks].sort()
  }
}
