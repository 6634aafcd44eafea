import { type Diagnostic, errorAt, type Origin } from '../../../diagnostic/diagnostic.ts'
import type { Storage } from '../../../model/storage.ts'
import { physicalVolumeNames } from './found-array.ts'
import type { Kept } from './kept.ts'
import type { Stack } from './stack.ts'

/**
 * Adds `preserve-impossible` where something is to be made on a device that is to stay with what it holds: FAI destroys
 * what it preserves there. Pure. A device without a signature holds nothing.
 */
export const checkKept = (stack: Stack, storage: Storage, kept: Kept, diagnostics: Diagnostic[]): void => {
  const refuse = (device: string, what: string, origin: Origin) => {
    const message = `"${device}" is to stay, and ${what} on it would destroy its content`
    diagnostics.push(errorAt('preserve-impossible', message, origin))
  }
  const isKept = (device: string) => hasKeptContent(device, kept)
  for (const { on, volume } of stack.encrypted) {
    if (isKept(on)) refuse(on, 'a new encryption', volume.origin)
  }
  for (const { device, members, spares, volume } of stack.arrays) {
    if (kept.arrays.has(device)) continue
    for (const member of [...members, ...spares].filter(isKept)) refuse(member, 'a new array', volume.origin)
  }
  for (const { name, devices, group } of stack.groups) {
    const physical = kept.groups.get(name)?.physicalVolumes ?? []
    const isPhysical = (device: string) =>
      physicalVolumeNames(device, stack, storage).some(alias => physical.includes(alias))
    for (const device of devices.filter(each => isKept(each) && !isPhysical(each))) {
      refuse(device, 'a new physical volume', group.origin)
    }
  }
  for (const { devices, isLine, origin } of stack.btrfs) {
    if (isLine || devices.every(isKept)) continue
    for (const device of devices.filter(isKept)) refuse(device, 'a new btrfs', origin)
  }
}

/** Whether a device stays and holds something. */
const hasKeptContent = (device: string, { partitions, arrays, volumes, wholes }: Kept): boolean => {
  const found = partitions.get(device)?.found ?? arrays.get(device) ?? volumes.get(device)?.found
  return wholes.has(device) || found?.content !== undefined
}
