import type { FilesystemIdentity } from '../../step.ts'
import { parseFilesystem } from '../format-command.ts'
import { renderFstab } from '../fstab.ts'
import { partitionUuid } from '../image-table.ts'
import type { Partition } from '../layout.ts'
import { diskVariables, type PlacedDevice } from '../variables.ts'
import type { Draft } from './draft.ts'
import { type ContentDevice, contentDevices, keptContentOf } from './volumes.ts'

/** What tells the installed system about its storage (setup-storage.md, section 9). */
export type StorageOutputs = {
  readonly fstab: string
  readonly diskVariables: Readonly<Record<string, string>>
}

/** `fstab` and the variables of `disk_var.sh`. Pure. */
export const storageOutputs = (
  draft: Draft,
  identities: ReadonlyMap<string, FilesystemIdentity>,
): StorageOutputs => {
  const devices: readonly PlacedDevice[] = [
    ...contentDevices(draft)
      .filter(({ content }) => content.mountPoint !== '-')
      .map(each => placedDevice(draft, each, identities.get(each.device))),
    ...btrfsDevices(draft, identities),
    ...nfsDevices(draft),
  ]
  const bootDisks = draft.layout.disks.flatMap(({ isBootDisk, device }) => (isBootDisk ? device : []))
  return {
    fstab: renderFstab(devices, draft.config.tmpfs),
    diskVariables: Object.fromEntries(
      Object.entries(diskVariables(devices, bootDisks)).map(([name, text]) => [name, [text].flat().join('')]),
    ),
  }
}

const placedDevice = (
  draft: Draft,
  { device, content, key, isFormatted, kept, disk, partition }: ContentDevice,
  made: FilesystemIdentity | undefined,
): PlacedDevice => {
  const { type: filesystem } = parseFilesystem(content.filesystem)
  const stays = isFormatted ? undefined : kept
  const uuid = made?.uuid ?? stays?.uuid
  const filesystemLabel = made?.filesystemLabel ?? stays?.label
  const partitionId = partition === undefined ? undefined : partitionUuidOf(draft, disk ?? '', partition)
  return {
    device,
    key,
    mountPoint: content.mountPoint,
    filesystem,
    mountOptions: content.mountOptions,
    ...(uuid === undefined ? {} : { uuid }),
    ...(filesystemLabel === undefined ? {} : { filesystemLabel }),
    ...(partitionId === undefined ? {} : { partitionUuid: partitionId }),
    ...(partition?.name === undefined ? {} : { partitionName: partition.name }),
    // FAI boots a btrfs from its device, not from the disk.
    ...(disk === undefined || filesystem === 'btrfs' ? {} : { disk }),
  }
}

const partitionUuidOf = (
  { tables, machine }: Draft,
  disk: string,
  { number, kept }: Partition,
): string | undefined => {
  const table = tables.get(disk)
  const row = table?.partitions.find(each => each.number === number)
  if (table !== undefined && row !== undefined) return partitionUuid(table, row)
  const found = machine.disks.find(({ device }) => device === disk)?.table
  if (found?.format !== 'dos') return kept?.uuid?.toLowerCase()
  return found.id && `${found.id.slice(2)}-${number.toString(16).padStart(2, '0')}`
}

const btrfsDevices = (
  draft: Draft,
  identities: ReadonlyMap<string, FilesystemIdentity>,
): readonly PlacedDevice[] =>
  draft.layout.btrfs
    .filter(({ isLine }) => !isLine)
    .flatMap(({ devices: [device = ''], subvolumes }) => {
      const kept = keptContentOf(draft.layout, device)
      const uuid = identities.get(device)?.uuid ?? kept?.uuid
      const filesystemLabel = identities.get(device)?.filesystemLabel ?? kept?.label
      return subvolumes.map(({ volume }) => ({
        device,
        key: device.startsWith('/dev/mapper/') ? ('device' as const) : volume.fstabKey,
        mountPoint: volume.mountPoint,
        filesystem: 'btrfs',
        mountOptions: volume.mountOptions,
        ...(uuid === undefined ? {} : { uuid }),
        ...(filesystemLabel === undefined ? {} : { filesystemLabel }),
      }))
    })

/** The word HOSTNAME in a source is the name of the host, as in FAI. */
const nfsDevices = ({ config, variables }: Draft): readonly PlacedDevice[] =>
  config.nfs.map(({ source, mountPoint, mountOptions }) => ({
    device: source.replaceAll('HOSTNAME', variables['HOSTNAME'] ?? 'HOSTNAME'),
    key: 'device',
    mountPoint,
    filesystem: 'nfs',
    mountOptions,
  }))
