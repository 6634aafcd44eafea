import { EnvironmentError } from '../../diagnostic/environment-error.ts'
import type { Storage, Use } from '../../model/storage.ts'
import type { StoragePlan, StorageStep } from '../../plan/disk/storage-plan.ts'
import { RefusedError } from '../apply-error.ts'
import { missingOf } from '../refusals.ts'

/** Programs that `apply` itself needs, whatever the plan. */
const OWN_PROGRAMS = ['blkid', 'partx', 'sfdisk'] as const

/** Debian's packages by the programs of which they have one. */
const PACKAGES: readonly (readonly [packageName: string, programs: RegExp])[] = [
  ['btrfs-progs', /btrfs/],
  ['cryptsetup-bin', /^cryptsetup$/],
  ['e2fsprogs', /ext[234]$|^(?:e2fsck|mke2fs|resize2fs|tune2fs|e2label)$/],
  ['exfatprogs', /exfat$/],
  ['dosfstools', /(?:fat|msdos)$/],
  ['f2fs-tools', /f2fs$/],
  ['fdisk', /^s?fdisk$/],
  ['jfsutils', /jfs/],
  ['lvm2', /^(?:lv|pv|vg)/],
  ['mdadm', /^mdadm$/],
  ['nilfs-tools', /nilfs/],
  ['ntfs-3g', /ntfs/],
  ['util-linux', /^(?:blkid|mkswap|mount|partx|swaplabel|umount|wipefs)$/],
  ['xfsprogs', /xfs/],
]

const withPackage = (program: string): string => {
  const [found] = PACKAGES.find(([, programs]) => programs.test(program)) ?? []
  return found === undefined ? program : `${program} (package ${found})`
}

/** Rejects where programs of the steps are missing, each named once. */
export const refuseMissingPrograms = async (
  steps: readonly StorageStep[],
  searchPath: string,
): Promise<void> => {
  const programs = steps.flatMap(({ argv: [program] }) => (typeof program === 'string' ? program : []))
  const missing = await missingOf([...OWN_PROGRAMS, ...programs], searchPath)
  if (missing.length > 0)
    throw new EnvironmentError(`programs are missing: ${missing.map(withPackage).join(', ')}`)
}

/**
 * Rejects where the machine is not the one that the plan was made for, or where something on the disks that the plan changes is
 * in use. Nothing was changed then.
 */
export const refuseStorage = (plan: StoragePlan, found: Storage): void => {
  const disks = new Set(plan.steps.flatMap(step => step.disks))
  const [change] = findChanges(plan.machine, found, disks)
  if (change !== undefined)
    throw new RefusedError(`the machine is no longer what the plan was made for: ${change}; plan again`)
  const uses = findUses(found, disks)
  if (uses.length > 0) throw new RefusedError(`in use: ${uses.join('; ')}`)
}

/** What of the disks differs between two readings, apart from who uses them. Pure. */
export const findChanges = (
  planned: Storage,
  found: Storage,
  disks: ReadonlySet<string>,
): readonly string[] => {
  const before = describe(planned, disks)
  const after = describe(found, disks)
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter(key => before.get(key) !== after.get(key))
    .map(key =>
      after.has(key) ? (before.has(key) ? `${key} is another` : `${key} is new`) : `${key} is gone`,
    )
}

/** Everything on the disks by name, as text without its uses. */
const describe = (
  { disks, arrays, volumeGroups, encrypted }: Storage,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, string> =>
  new Map([
    ...disks
      .filter(({ device }) => wanted.has(device))
      .map(disk => [`disk ${disk.device}`, withoutUses(disk)] as const),
    ...arrays.map(array => [`array ${array.device}`, withoutUses(array)] as const),
    ...volumeGroups.map(group => [`volume group ${group.name}`, withoutUses(group)] as const),
    ...encrypted.map(mapping => [`mapping ${mapping.name}`, withoutUses(mapping)] as const),
  ])

const withoutUses = (found: object): string =>
  JSON.stringify(found, (key, value) => (key === 'mountPoints' || key === 'holders' ? undefined : value))

/**
 * Mounts and swap on the disks, or on anything that is built on them, and holders that are neither array, mapping nor volume:
 * loop devices among them.
 * Pure.
 */
export const findUses = (storage: Storage, disks: ReadonlySet<string>): readonly string[] => {
  const { arrays, encrypted, volumeGroups } = storage
  const touched = new Set(disks)
  const uses: string[] = []
  for (const disk of storage.disks.filter(({ device }) => disks.has(device))) {
    uses.push(...nameUses(disk.device, disk))
    for (const partition of disk.table?.partitions ?? []) {
      touched.add(partition.device)
      uses.push(...nameUses(partition.device, partition))
    }
  }
  // A set that grows while it is walked is walked to its new end.
  for (const device of touched) {
    for (const each of arrays.filter(({ members, spares }) => [...members, ...spares].includes(device)))
      touched.add(each.device)
    for (const each of encrypted.filter(({ on }) => on === device)) touched.add(each.device)
    for (const { volumes } of volumeGroups.filter(each => each.physicalVolumes.includes(device)))
      for (const each of volumes) touched.add(each.device)
  }
  const built = [...arrays, ...encrypted, ...volumeGroups.flatMap(({ volumes }) => volumes)]
  return [
    ...uses,
    ...built.filter(({ device }) => touched.has(device)).flatMap(each => nameUses(each.device, each)),
  ]
}

/** Who uses a device, as one sentence each: mounts, swap, and holders that are not ours to take apart. Pure. */
export const nameUses = (device: string, use: Use): readonly string[] => [
  ...mountsOf(device, use),
  // What md and device-mapper build is in the plan.
  ...use.holders
    .filter(holder => !/^(?:md|dm-)/.test(holder))
    .map(holder => `${device} is held by ${holder}`),
]

const mountsOf = (device: string, { mountPoints }: Use): readonly string[] =>
  mountPoints.map(point => (point === 'swap' ? `${device} is swap` : `${device} is mounted at ${point}`))
