import type { DeviceRef, Volume } from '../../../language/disk-config.ts'
import { partitionNumbers } from '../../../language/disk-config-check.ts'
import { type ConfiguredDisk, devicePath, diskNamed, type ListedDisks } from './find-disk.ts'

/** Device of a partition: behind a name that ends in a digit stands a `p`, as the kernel has it. Pure. */
export const partitionDevice = (device: string, number: number): string =>
  /[0-9]$/.test(device) ? `${device}p${number}` : `${device}${number}`

/** A line of a stanza with its device; the number of a `raw-disk`, which is the disk itself, is 0. */
export type NumberedVolume = { readonly volume: Volume; readonly number: number; readonly device: string }

/** The lines of a disk in file order, each with the partition that it asks for. Pure. */
export const numberedVolumes = ({ stanza, disk }: ConfiguredDisk): readonly NumberedVolume[] => {
  const numbers = partitionNumbers(stanza)
  return stanza.volumes.map((volume, index) => {
    const number = volume.kind === 'raw-disk' ? 0 : (numbers[index] ?? 0)
    return { volume, number, device: number === 0 ? disk.device : partitionDevice(disk.device, number) }
  })
}

/** Name of the mapping that is opened on a device, as FAI makes it: `crypt_dev_sda4`. Pure. */
export const encryptedName = (device: string): string => `crypt${device.replaceAll('/', '_')}`

/**
 * The path of a device in a list, whether or not it is there. Pure. Undefined for the number of a disk that is not in
 * `disklist`.
 *
 *     written                        is
 *     `disk2`, `disk2.1`             second disk of disklist, its first partition
 *     `sda1`, `md0`, `vg0/data`      below `/dev`
 *     `/dev/md/0`                    `/dev/md0`
 *     `/dev/disk/by-id/X`            the disk with that link
 *     `/dev/disk/by-id/X-part1`      its first partition
 */
export const referencedDevice = (
  ref: Pick<DeviceRef, 'text' | 'disk' | 'partition'>,
  listed: ListedDisks,
): string | undefined => {
  if (ref.disk !== undefined) {
    const device = listed[ref.disk - 1]?.device
    if (device === undefined || ref.partition === undefined) return device
    return partitionDevice(device, ref.partition)
  }
  const disk = diskNamed(ref.text, listed)
  if (disk !== undefined) return disk.device
  const [, link, number] = /^(\/dev\/disk\/.+)-part([0-9]+)$/.exec(ref.text) ?? []
  const linked = link === undefined ? undefined : diskNamed(link, listed)
  if (linked !== undefined) return partitionDevice(linked.device, Number(number))
  return arrayDevice(devicePath(ref.text))
}

/** The short path of an md array that has two: `/dev/md0` for `/dev/md/0`; any other path as it is. Pure. */
export const arrayDevice = (path: string): string => path.replace(/^\/dev\/md\/(?=[0-9]+$)/, '/dev/md')
