import type { Text, Word } from '../step.ts'
import { type FstabDevice, fstabName } from './fstab.ts'

/** A formatted device, and of a partition the disk that it is in. */
export type PlacedDevice = FstabDevice & { readonly disk?: string }

/** How devices are written: as they are, or as words that are known only when the plan is applied. */
export type DeviceWord = (device: string) => Word

/** FAI's variables of the disks (setup-storage.md, section 9). `PHYSICAL_BOOT_DEVICES` is there on every machine. */
export type DiskVariables = Readonly<Record<string, Text>>

/**
 * The variables that FAI's `disk_var.sh` sets. Pure. What is booted from a device that is no partition, such as an array,
 * is booted from the device itself; nothing is booted from nfs. `bootDisks` are the disks with `bootable`; `fallback` is that of
 * `renderFstab`.
 */
export const diskVariables = (
  devices: readonly PlacedDevice[],
  bootDisks: readonly string[],
  word: DeviceWord = device => device,
  fallback: 'device' | 'uuid' = 'device',
): DiskVariables => {
  const at = (mountPoint: string) => devices.find(device => device.mountPoint === mountPoint)
  const root = at('/')
  const mounted = at('/boot') ?? root
  const boot = mounted?.filesystem === 'nfs' ? undefined : mounted
  const esp =
    at('/boot/efi') ?? (boot?.mountPoint === '/boot' && boot.filesystem === 'vfat' ? boot : undefined)
  const name = root && fstabName(root, fallback)
  const swap = devices.filter(({ mountPoint }) => mountPoint === 'swap')
  return {
    ...(root && name !== undefined
      ? { ROOT_PARTITION: name === root.device ? [word(root.device)] : name }
      : {}),
    SWAPLIST: list(swap.map(({ device }) => word(device))),
    ...(boot?.disk === undefined ? {} : { BOOT_PARTITION: [word(boot.device)] }),
    BOOT_DEVICE: boot === undefined ? '' : [word(boot.disk ?? boot.device)],
    ...(esp === undefined ? {} : { ESP_DEVICE: [word(esp.device)] }),
    PHYSICAL_BOOT_DEVICES: list([...bootDisks].sort().map(word)),
  }
}

const list = (words: readonly Word[]): Text =>
  words.length === 0 ? '' : words.flatMap((each, index) => (index === 0 ? [each] : [' ', each]))

/** The text of `disk_var.sh`: each variable keeps a value that it has already, as FAI's does. Pure. */
export const renderDiskVariables = (variables: DiskVariables): Text =>
  Object.entries(variables).flatMap(([name, value]): readonly Word[] => {
    const words = typeof value === 'string' ? [value] : value
    if (name === 'PHYSICAL_BOOT_DEVICES') return [`${name}="`, ...words, '"\n']
    const quote = name === 'SWAPLIST' || name === 'BOOT_DEVICE' ? '"' : ''
    return [`${name}=\${${name}:-${quote}`, ...words, `${quote}}\n`]
  })
