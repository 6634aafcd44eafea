import { EnvironmentError } from '../../diagnostic/environment-error.ts'
import type { Storage, Use } from '../../model/storage.ts'
import type { StoragePlan, StorageStep } from '../../plan/disk/storage-plan.ts'
import { RefusedError } from '../apply-error.ts'
import { missingOf } from '../refusals.ts'

/** Programs that `apply` itself needs, whatever the plan. */
const OWN_PROGRAMS = ['blkid', 'partx', 'sfdisk'] as const

/** Rejects where programs of the steps are missing, each named once. */
export const refuseMissingPrograms = async (
  steps: readonly StorageStep[],
  searchPath: string,
): Promise<void> => {
  const programs = steps.flatMap(({ argv: [program] }) => (typeof program === 'string' ? program : []))
  const missing = await missingOf([...OWN_PROGRAMS, ...programs], searchPath)
  if (missing.length > 0) throw new EnvironmentError(`programs are missing: ${missing.join(', ')}`)
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
 * Mounts and swap on the disks, or on anything that is built on them, and holders that are neither array, mapping nor volume.
 * Pure.
 */
export const findUses = (storage: Storage, disks: ReadonlySet<string>): readonly string[] => {
  const { arrays, encrypted, volumeGroups } = storage
  const touched = new Set(disks)
  const named = (device: string, use: Use): readonly string[] =>
    use.mountPoints.map(point =>
      point === 'swap' ? `${device} is swap` : `${device} is mounted at ${point}`,
    )
  const uses: string[] = []
  for (const disk of storage.disks.filter(({ device }) => disks.has(device))) {
    uses.push(...named(disk.device, disk), ...foreign(disk.device, disk))
    for (const partition of disk.table?.partitions ?? []) {
      touched.add(partition.device)
      uses.push(...named(partition.device, partition), ...foreign(partition.device, partition))
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
    ...built.filter(({ device }) => touched.has(device)).flatMap(each => named(each.device, each)),
  ]
}

/** What md and device-mapper build is in the plan; anything else is not ours to take apart. */
const foreign = (device: string, { holders }: Use): readonly string[] =>
  holders.filter(holder => !/^(?:md|dm-)/.test(holder)).map(holder => `${device} is held by ${holder}`)
