import { type Diagnostic, errorAt, type Origin, type Outcome } from '../../../diagnostic/diagnostic.ts'
import type { DeviceRef } from '../../../language/disk-config.ts'
import type { ArrayLayout, EncryptedLayout, GroupLayout } from '../layout.ts'
import { encryptedName, numberedVolumes, referencedDevice } from './device-name.ts'
import type { ConfiguredDisk, ListedDisks } from './find-disk.ts'
import type { SpelledOut } from './old-encryption.ts'
import { type StackedBtrfs, stackBtrfs } from './stack-btrfs.ts'

/** What a configuration builds on its disks: the layout, as far as it is known without sizes. */
export type Stack = {
  readonly disks: readonly ConfiguredDisk[]
  readonly arrays: readonly StackedArray[]
  readonly btrfs: readonly StackedBtrfs[]
  readonly encrypted: readonly StackedEncrypted[]
  readonly groups: readonly StackedGroup[]
  /** By device: every partition, disk, array and logical volume that a line asks for. */
  readonly lines: ReadonlyMap<string, Line>
  /** By device: what is built on it. */
  readonly uses: ReadonlyMap<string, DeviceUse>
}

/** An md array before its size is known. */
export type StackedArray = Pick<ArrayLayout, 'device' | 'members' | 'spares' | 'volume'>

/** A mapping before its size is known. */
export type StackedEncrypted = Omit<EncryptedLayout, 'sizeBytes'>

/** A volume group before the sizes of its volumes are known. */
export type StackedGroup = Pick<GroupLayout, 'name' | 'devices' | 'group'>

/** What a line says of its device. */
export type Line = { readonly mountPoint: string; readonly origin: Origin }

/** What is built on a device: `raid` and `lvm` also show in the type of a partition. */
export type DeviceUse = { readonly kind: 'raid' | 'lvm' | 'btrfs' | 'crypt'; readonly origin: Origin }

/**
 * Finds the devices that arrays, mappings, btrfs and volume groups are made of. Pure. A mapping takes the place of its
 * device for all others. A device that no line makes is `disk-not-found`; one that two things are built on, or that
 * is mounted itself, is `disk-config-invalid`.
 */
export const stackDevices = (config: SpelledOut, listed: ListedDisks): Outcome<Stack> => {
  const diagnostics: Diagnostic[] = []
  const lines = configuredLines(config)
  const deviceOf = (ref: DeviceRef): string | undefined => {
    const device = referencedDevice(ref, listed)
    if (device !== undefined && lines.has(device)) return device
    diagnostics.push(errorAt('disk-not-found', `no line makes the device "${ref.text}"`, ref.origin))
    return undefined
  }
  const encrypted = config.encrypted.flatMap((volume): StackedEncrypted[] => {
    const on = deviceOf(volume.device)
    if (on === undefined) return []
    const name = encryptedName(on)
    return [{ name, device: `/dev/mapper/${name}`, on, volume }]
  })
  const openDeviceOf = (ref: DeviceRef): readonly string[] => {
    const name = ref.text.replace(/^\/dev\/mapper\//, '')
    const named = encrypted.find(each => each.name === name)
    if (named !== undefined) return [named.device]
    const device = deviceOf(ref)
    return device === undefined ? [] : [encrypted.find(({ on }) => on === device)?.device ?? device]
  }
  const devicesOf = (refs: readonly DeviceRef[]) =>
    refs.flatMap(ref => (ref.isMissing ? ['missing'] : openDeviceOf(ref)))
  const arrays = config.arrays.map((volume, index) => ({
    device: `/dev/md${index}`,
    members: devicesOf(volume.devices.filter(({ isSpare }) => !isSpare)),
    spares: devicesOf(volume.devices.filter(({ isSpare }) => isSpare)),
    volume,
  }))
  const groups = config.volumeGroups.map(group => ({
    name: group.name,
    devices: devicesOf(group.devices),
    group,
  }))
  const btrfs = stackBtrfs(config, { encrypted, devicesOf })
  const uses = deviceUses({ arrays, groups, btrfs, encrypted }, lines, diagnostics)
  const stack: Stack = { disks: config.disks, arrays, btrfs, encrypted, groups, lines, uses }
  return { value: diagnostics.length > 0 ? undefined : stack, diagnostics }
}

const configuredLines = ({ disks, arrays, volumeGroups }: SpelledOut): ReadonlyMap<string, Line> =>
  new Map<string, Line>([
    ...disks.flatMap((configured): [string, Line][] => {
      const { stanza, disk } = configured
      if (stanza.isWhole) return [[disk.device, { mountPoint: '-', origin: stanza.origin }]]
      return numberedVolumes(configured).map(({ volume, device }) => [device, volume])
    }),
    ...arrays.map((volume, index): [string, Line] => [`/dev/md${index}`, volume]),
    ...volumeGroups.flatMap(({ name, volumes }) =>
      volumes.map((volume): [string, Line] => [`/dev/${name}/${volume.name}`, volume]),
    ),
  ])

type Users = Pick<Stack, 'arrays' | 'groups' | 'btrfs' | 'encrypted'>

const deviceUses = (
  { arrays, groups, btrfs, encrypted }: Users,
  lines: ReadonlyMap<string, Line>,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, DeviceUse> => {
  const uses = new Map<string, DeviceUse>()
  const add = (kind: DeviceUse['kind'], { origin }: Pick<Line, 'origin'>, devices: readonly string[]) => {
    for (const device of devices) {
      if (device === 'missing') continue
      const other = uses.get(device)
      const line = lines.get(device)
      if (other !== undefined) {
        const message = `device "${device}" is used twice`
        diagnostics.push(errorAt('disk-config-invalid', message, origin, [other.origin]))
      } else if (line !== undefined && line.mountPoint !== '-') {
        const message = `"${line.mountPoint}" cannot be mounted from "${device}", which other devices are built on`
        diagnostics.push(errorAt('disk-config-invalid', message, line.origin, [origin]))
      }
      uses.set(device, { kind, origin })
    }
  }
  for (const { volume, members, spares } of arrays) add('raid', volume, [...members, ...spares])
  for (const { group, devices } of groups) add('lvm', group, devices)
  for (const { isLine, devices, origin } of btrfs) if (!isLine) add('btrfs', { origin }, devices)
  for (const { volume, on } of encrypted) add('crypt', volume, [on])
  return uses
}
