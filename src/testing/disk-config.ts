import type { Origin } from '../diagnostic/diagnostic.ts'
import type {
  Content,
  CryptVolume,
  DeviceRef,
  DiskConfig,
  DiskStanza,
  Keep,
  LogicalVolume,
  RaidVolume,
  Volume,
  VolumeGroup,
} from '../language/disk-config.ts'
import { parseSizeRange, type SizeRange } from '../language/size.ts'

const originOf = (line: number): Origin => ({ kind: 'file', path: 'CLASS', line })
const MADE: Keep = { resize: false, alwaysFormat: false }

const contentAt = (mountPoint: string, filesystem: string, line: number): Content => ({
  mountPoint,
  filesystem,
  mountOptions: 'rw',
  createOptions: '',
  tuneOptions: '',
  origin: originOf(line),
})

const rangeOf = (size: string): SizeRange => {
  const range = parseSizeRange(size)
  if (range === undefined) throw new Error(`"${size}" is no size`)
  return range
}

/** A partition line, ext4 unless `more` says another; its line in the file is 1. */
export const volumeOf = (mountPoint: string, size: string, more: Partial<Volume> = {}): Volume => ({
  ...contentAt(mountPoint, mountPoint === '-' ? '-' : 'ext4', 1),
  ...MADE,
  kind: 'primary',
  size: rangeOf(size),
  ...more,
})

/** A stanza of a disk with a GPT. */
export const stanzaOf = (
  disk: string,
  volumes: readonly Volume[],
  more: Partial<DiskStanza> = {},
): DiskStanza => ({
  disk,
  partitionTable: 'gpt',
  fstabKey: 'device',
  isVirtual: false,
  isWhole: false,
  volumes,
  origin: originOf(10),
  ...more,
})

/** Devices of a list, blank separated: `disk1.2`, `sdb1:spare`, `sdc1:missing`. */
export const refsOf = (list: string): readonly DeviceRef[] =>
  list.split(' ').map(word => {
    const [text = '', ...flags] = word.split(':')
    const [, disk, partition] = /^disk([0-9]+)(?:\.([0-9]+))?$/.exec(text) ?? []
    return {
      text,
      ...(disk === undefined ? {} : { disk: Number(disk) }),
      ...(partition === undefined ? {} : { partition: Number(partition) }),
      isSpare: flags.includes('spare'),
      isMissing: flags.includes('missing'),
      origin: originOf(20),
    }
  })

/** A line of a raid stanza. */
export const arrayOf = (
  level: RaidVolume['level'],
  mountPoint: string,
  devices: string,
  more: Partial<RaidVolume> = {},
): RaidVolume => ({
  ...contentAt(mountPoint, mountPoint === '-' ? '-' : 'ext4', 20),
  ...MADE,
  level,
  devices: refsOf(devices),
  arrayOptions: '',
  fstabKey: 'device',
  ...more,
})

/** A `vg` line with its volumes. */
export const groupOf = (name: string, devices: string, volumes: readonly LogicalVolume[]): VolumeGroup => ({
  name,
  devices: refsOf(devices),
  physicalOptions: '',
  groupOptions: '',
  fstabKey: 'device',
  volumes,
  origin: originOf(30),
})

/** A `VG-LV` line. */
export const logicalOf = (
  name: string,
  mountPoint: string,
  size: string,
  more: Partial<LogicalVolume> = {},
): LogicalVolume => ({
  ...contentAt(mountPoint, 'ext4', 31),
  ...MADE,
  name,
  size: rangeOf(size),
  volumeOptions: '',
  ...more,
})

/** A `luks` line. */
export const luksOf = (mountPoint: string, device: string, more: Partial<CryptVolume> = {}): CryptVolume => ({
  ...contentAt(mountPoint, mountPoint === '-' ? '-' : 'ext4', 40),
  kind: 'luks',
  device: refsOf(device)[0] as DeviceRef,
  luksOptions: '',
  randomFill: false,
  ...more,
})

/** A configuration with these parts. */
export const diskConfigOf = (more: Partial<DiskConfig>): DiskConfig => ({
  disks: [],
  arrays: [],
  btrfs: [],
  encrypted: [],
  volumeGroups: [],
  tmpfs: [],
  nfs: [],
  ...more,
})
