import type { DiskLayout, Partition } from './layout.ts'
import type { PlacedDevice } from './variables.ts'

/** Names that a partition gets besides its device, as far as they are known. */
export type PartitionNames = Pick<PlacedDevice, 'uuid' | 'filesystemLabel' | 'partitionUuid'>

/** The formatted partitions of a disk as rows of `fstab` and `disk_var.sh` need them. Pure. */
export const placedDevices = (
  layout: DiskLayout,
  namesOf: (partition: Partition) => PartitionNames,
): readonly PlacedDevice[] =>
  layout.partitions.flatMap(partition => {
    const { volume, device, name } = partition
    if (volume === undefined) return []
    const placed: PlacedDevice = {
      device,
      disk: layout.device,
      key: layout.fstabKey,
      mountPoint: volume.mountPoint,
      filesystem: volume.filesystem,
      mountOptions: volume.mountOptions,
      ...(name === undefined ? {} : { partitionName: name }),
      ...namesOf(partition),
    }
    return [placed]
  })
