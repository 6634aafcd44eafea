import type { ArrayLayout, DiskLayout, EncryptedLayout, GroupLayout } from '../layout.ts'
import type { Stack, StackedArray } from './stack.ts'

/** What `cryptsetup` puts before the content of LUKS 2. */
const LUKS_HEAD_BYTES = 16 * 1024 ** 2

/** The layouts that have been made so far. */
export type Laid = {
  readonly stack: Stack
  readonly disks: readonly DiskLayout[]
  readonly groups: readonly GroupLayout[]
  /** Sizes of arrays that stay, as far as they are known. */
  readonly keptArrays: ReadonlyMap<string, Pick<ArrayLayout, 'sizeBytes'>>
}

/**
 * Bytes of a device as FAI estimates them: arrays by the smallest member, mappings as what they lie on. Pure. Undefined
 * for what is not laid out, or is built on itself.
 */
export const estimatedBytes = (
  device: string,
  laid: Laid,
  above: readonly string[] = [],
): number | undefined => {
  if (above.includes(device)) return undefined
  const under = (each: string) => estimatedBytes(each, laid, [...above, device])
  const array = laid.stack.arrays.find(each => each.device === device)
  if (array !== undefined) return laid.keptArrays.get(device)?.sizeBytes ?? arrayBytes(array, under)
  const mapping = laid.stack.encrypted.find(each => each.device === device)
  if (mapping !== undefined) return under(mapping.on)
  const disk = laid.disks.find(each => each.device === device)
  if (disk !== undefined) return disk.sizeBytes
  const partitions = laid.disks.flatMap(each => each.partitions)
  const volumes = laid.groups.flatMap(each => each.volumes)
  return [...partitions, ...volumes].find(each => each.device === device)?.sizeBytes
}

/** Bytes of a device without what its encryption needs. Pure. */
export const usableBytes = (device: string, laid: Laid): number | undefined => {
  const mapping = laid.stack.encrypted.find(each => each.device === device)
  const estimated = estimatedBytes(device, laid)
  if (mapping === undefined || estimated === undefined) return estimated
  return encryptedBytes(mapping.volume.kind, estimated)
}

/** Bytes of a mapping on a device of this size. Pure. */
export const encryptedBytes = (kind: EncryptedLayout['volume']['kind'], bytes: number): number =>
  kind === 'luks' ? Math.max(0, bytes - LUKS_HEAD_BYTES) : bytes

/** Missing members count, and are taken to be no smaller than the others; spares do not count. */
const arrayBytes = (
  { members, volume }: StackedArray,
  sizeOf: (device: string) => number | undefined,
): number | undefined => {
  const sizes = members.filter(device => device !== 'missing').map(sizeOf)
  if (sizes.length === 0 || sizes.includes(undefined)) return undefined
  const smallest = Math.min(...sizes.filter(size => size !== undefined))
  return Math.floor(smallest * usedMembers(volume.level, members.length))
}

const usedMembers = (level: StackedArray['volume']['level'], members: number): number => {
  switch (level) {
    case '0':
      return members
    case '1':
      return 1
    case '5':
      return members - 1
    case '6':
      return members - 2
    case '10':
      return members / 2
  }
}
