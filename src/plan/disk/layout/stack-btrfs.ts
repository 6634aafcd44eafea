import type { Origin } from '../../../diagnostic/diagnostic.ts'
import type { BtrfsVolume, Content, DeviceRef, FstabKey } from '../../../language/disk-config.ts'
import type { BtrfsLayout, EncryptedLayout } from '../layout.ts'
import { numberedVolumes } from './device-name.ts'
import type { SpelledOut } from './old-encryption.ts'

/** A btrfs before it is known whether it stays. */
export type StackedBtrfs = Pick<BtrfsLayout, 'devices' | 'subvolumes' | 'isLine'> & {
  readonly origin: Origin
}

type Devices = {
  readonly encrypted: readonly Pick<EncryptedLayout, 'device' | 'volume'>[]
  readonly devicesOf: (refs: readonly DeviceRef[]) => readonly string[]
}

/**
 * Every btrfs: those of btrfs stanzas, where lines with the same devices are subvolumes of one, and those of lines of
 * other stanzas. Pure. FAI makes none on arrays and logical volumes, which could then not be mounted.
 */
export const stackBtrfs = (
  config: SpelledOut,
  { encrypted, devicesOf }: Devices,
): readonly StackedBtrfs[] => {
  const byDevices = new Map<string, StackedBtrfs>()
  for (const volume of config.btrfs) {
    const devices = devicesOf(volume.devices)
    const key = [...devices].sort().join()
    const first = byDevices.get(key)
    byDevices.set(key, {
      devices: first?.devices ?? devices,
      subvolumes: [...(first?.subvolumes ?? []), ...subvolumesOf(volume)],
      origin: first?.origin ?? volume.origin,
    })
  }
  const lines = [
    ...config.disks.flatMap(configured =>
      numberedVolumes(configured).flatMap(({ volume, device }) =>
        btrfsLine(volume, device, configured.stanza.fstabKey),
      ),
    ),
    ...config.arrays.flatMap((volume, index) => btrfsLine(volume, `/dev/md${index}`, volume.fstabKey)),
    ...config.volumeGroups.flatMap(({ name, volumes, fstabKey }) =>
      volumes.flatMap(volume => btrfsLine(volume, `/dev/${name}/${volume.name}`, fstabKey)),
    ),
    ...encrypted.flatMap(({ volume, device }) => btrfsLine(volume, device, 'device')),
  ]
  return [...byDevices.values(), ...lines]
}

const btrfsLine = (content: Content, device: string, fstabKey: FstabKey): readonly StackedBtrfs[] => {
  if (content.filesystem !== 'btrfs') return []
  const { mountPoint, mountOptions, createOptions, tuneOptions, origin } = content
  const volume: BtrfsVolume = {
    ...{ profile: 'single', devices: [], btrfsOptions: '', fstabKey },
    ...{ mountPoint, mountOptions, createOptions, tuneOptions, origin },
  }
  return [{ devices: [device], subvolumes: subvolumesOf(volume), isLine: true, origin }]
}

const subvolumesOf = (volume: BtrfsVolume): BtrfsLayout['subvolumes'] => {
  const name = /(?:^|,)subvol=([^,]+)/.exec(volume.mountOptions)?.[1]
  return name === undefined ? [] : [{ name, volume }]
}
