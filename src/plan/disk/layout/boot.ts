import { type Diagnostic, errorAt, type Origin, warningAt } from '../../../diagnostic/diagnostic.ts'
import type { Tmpfs } from '../../../language/disk-config.ts'
import type { EncryptedLayout, StorageLayout } from '../layout.ts'

/**
 * Adds `boot-unreadable` where no boot loader finds `/boot`, or `/` where there is no `/boot`. Pure.
 *
 *     /boot lies on                                     GRUB
 *     a partition, btrfs over several, any level of md  reads it
 *     an LVM volume                                     reads it
 *     anything with encryption below it                 does not: LUKS 2 as `cryptsetup` makes it, or a random key
 *     tmpfs                                             finds it empty; a warning, as FAI allows it
 *
 * FAI sees only encryption right below the mount point, and that after it has formatted everything.
 */
export const checkBoot = (
  layout: StorageLayout,
  tmpfs: readonly Tmpfs[],
  diagnostics: Diagnostic[],
): void => {
  const mounts = mountedDevices(layout)
  const memory = tmpfs.find(({ mountPoint }) => mountPoint === '/boot')
  if (memory !== undefined) {
    const message = '"/boot" is in memory, where a boot loader finds nothing'
    diagnostics.push(warningAt('boot-unreadable', message, memory.origin))
  }
  const boot = mounts.find(({ mountPoint }) => mountPoint === '/boot')
  const root = mounts.find(({ mountPoint }) => mountPoint === '/')
  const mount = boot ?? (memory === undefined ? root : undefined)
  if (mount === undefined) return
  const encrypted = mount.devices
    .map(device => encryptionBelow(device, layout))
    .find(found => found !== undefined)
  if (encrypted === undefined) return
  const message = `a boot loader cannot read "${mount.mountPoint}": "${encrypted.on}" below it is encrypted`
  diagnostics.push(errorAt('boot-unreadable', message, mount.origin, [encrypted.volume.origin]))
}

type Mounted = {
  readonly mountPoint: string
  readonly devices: readonly string[]
  readonly origin: Origin
}

const mountedDevices = (layout: StorageLayout): readonly Mounted[] => {
  const lines = [
    ...layout.disks.flatMap(({ device, partitions, whole }) => [
      ...partitions.map(partition => ({ device: partition.device, volume: partition.volume })),
      { device, volume: whole },
    ]),
    ...layout.arrays,
    ...layout.volumeGroups.flatMap(({ volumes }) => volumes),
    ...layout.encrypted,
  ]
  return [
    ...lines.flatMap(({ device, volume }) => (volume ? [{ ...volume, devices: [device] }] : [])),
    ...layout.btrfs.flatMap(({ devices, subvolumes }) =>
      subvolumes.map(({ volume }) => ({ ...volume, devices })),
    ),
  ]
}

const encryptionBelow = (device: string, layout: StorageLayout): EncryptedLayout | undefined => {
  const encrypted = layout.encrypted.find(each => each.device === device)
  if (encrypted !== undefined) return encrypted
  const array = layout.arrays.find(each => each.device === device)
  const group = layout.volumeGroups.find(({ volumes }) => volumes.some(each => each.device === device))
  return [...(array?.members ?? []), ...(group?.devices ?? [])]
    .map(each => encryptionBelow(each, layout))
    .find(found => found !== undefined)
}
