import type { FoundArray, FoundGroup } from '../../../model/storage.ts'
import type { GroupLayout } from '../layout.ts'
import type { StorageStep } from '../storage-plan.ts'
import { unwantedVolumes } from './claim.ts'
import { checkClaim } from './conflicts.ts'
import { deviceDisks, foundUnderlays } from './device-disks.ts'
import { type Draft, storageStep } from './draft.ts'

/**
 * The steps that take apart what is in the way of the layout, each after that which is built on it, and wipe what it
 * lay on; what is kept is only put to rest while its disks get a new table. Nothing else is touched: an array or a
 * group that lies on something kept or not configured too is `storage-conflict`. Pure.
 */
export const teardownSteps = (draft: Draft): readonly StorageStep[] => {
  const found: Draft = { ...draft, disksOf: deviceDisks(foundUnderlays(draft.machine)) }
  const { claim } = draft
  checkClaim(found)
  return [
    ...claim.encrypted.map(({ name, device, on }) =>
      storageStep(found, 'close-encrypted', device, {
        title: `close the encrypted device ${name}`,
        argv: ['cryptsetup', 'close', name],
        needs: [`cleared:${device}`],
        provides: [`cleared:${on}`, `removed:${device}`],
        expects: { kind: 'absent', device },
      }),
    ),
    ...draft.layout.volumeGroups.flatMap(group => keptGroupSteps(found, group)),
    ...claim.groups.flatMap(group => removeGroup(found, group)),
    ...claim.arrays.filter(({ isRunning }) => isRunning).map(array => stopArray(found, array)),
    ...arraysToRestart(draft).map(array => stopArray(found, array)),
    ...wipeSteps(found),
  ]
}

const removeGroup = (
  draft: Draft,
  { name, physicalVolumes, volumes }: FoundGroup,
): readonly StorageStep[] => {
  const lost = volumes.length === 0 ? '' : ` with ${volumes.map(volume => volume.name).join(', ')}`
  const present = physicalVolumes.filter(device => device.startsWith('/'))
  // LVM removes no group of which a part is missing.
  const reduce = storageStep(draft, 'reduce-group', name, {
    suffix: 'missing',
    title: `give up the missing physical volumes of volume group ${name}`,
    argv: ['vgreduce', '--removemissing', '--force', '--yes', name],
    needs: volumes.map(({ device }) => `cleared:${device}`),
    provides: [`whole:${name}`],
    destroys: true,
    repeat: 'safe',
  })
  const remove = storageStep(draft, 'remove-group', name, {
    title: `remove volume group ${name}${lost}`,
    argv: ['vgremove', '--force', '--yes', name],
    needs: [`whole:${name}`, ...volumes.map(({ device }) => `cleared:${device}`)],
    provides: [`removed:${name}`, ...present.map(device => `cleared:${device}`)],
    destroys: true,
    expects: { kind: 'group', name, physicalVolumes: [] },
  })
  return present.length < physicalVolumes.length ? [reduce, remove] : [remove]
}

/** Before a kept group can rest, the volumes and physical volumes that it loses are taken out. */
const keptGroupSteps = (draft: Draft, group: GroupLayout): readonly StorageStep[] => {
  const { kept, name, devices, volumes } = group
  if (kept === undefined) return []
  const unwanted = unwantedVolumes({ kept, volumes })
  const removed = unwanted.map(({ device }) => `removed:${device}`)
  const removeVolumes = unwanted.map(({ device, name: volume }) =>
    storageStep(draft, 'remove-volume', device, {
      title: `remove logical volume ${name}/${volume}`,
      argv: ['lvremove', '--force', '--yes', `${name}/${volume}`],
      needs: [`cleared:${device}`],
      provides: [`removed:${device}`],
      destroys: true,
      expects: { kind: 'absent', device },
    }),
  )
  const dropped = kept.physicalVolumes.filter(device => device.startsWith('/') && !devices.includes(device))
  const reduce = dropped.map((device, index) =>
    storageStep(draft, 'reduce-group', name, {
      suffix: device,
      title: `take ${device} out of volume group ${name}`,
      argv: ['vgreduce', '--yes', name, device],
      needs: [...removed, ...(index === 0 ? [] : [`reduced:${dropped[index - 1]}`])],
      provides: [`reduced:${device}`, `cleared:${device}`],
      expects: {
        kind: 'group',
        name,
        physicalVolumes: kept.physicalVolumes.filter(each => !dropped.slice(0, index + 1).includes(each)),
      },
    }),
  )
  const rest = mustRest(draft, group)
    ? [restGroup(draft, group, [...removed, ...dropped.map(each => `reduced:${each}`)])]
    : []
  return [...removeVolumes, ...reduce, ...rest]
}

const restGroup = (
  draft: Draft,
  { name, devices, volumes }: GroupLayout,
  needs: readonly string[],
): StorageStep =>
  storageStep(draft, 'deactivate-group', name, {
    title: `deactivate volume group ${name} while its disks get a new table`,
    argv: ['vgchange', '--activate', 'n', name],
    needs: [...needs, ...volumes.map(({ device }) => `cleared:${device}`)],
    provides: devices.map(device => `cleared:${device}`),
  })

/** Whether a kept group is active on something that changes below it. */
const mustRest = (draft: Draft, { kept }: GroupLayout): boolean => {
  if (kept === undefined || !kept.volumes.some(({ isActive }) => isActive)) return false
  const restarted = arraysToRestart(draft).map(({ device }) => device)
  return (
    draft.disksOf(kept.name).some(disk => draft.tables.has(disk)) ||
    kept.physicalVolumes.some(device => restarted.includes(device))
  )
}

/** Running arrays that are kept, but stopped on the way: their disks get a new table, or they another name. Pure. */
export const arraysToRestart = (
  draft: Pick<Draft, 'layout' | 'machine' | 'tables'>,
): readonly FoundArray[] => {
  const disksOf = deviceDisks(foundUnderlays(draft.machine))
  return draft.layout.arrays.flatMap(({ kept, device }) =>
    kept?.isRunning && (kept.device !== device || disksOf(kept.device).some(disk => draft.tables.has(disk)))
      ? kept
      : [],
  )
}

const stopArray = (draft: Draft, { device, members, spares }: FoundArray): StorageStep =>
  storageStep(draft, 'stop-array', device, {
    title: `stop array ${device}`,
    argv: ['mdadm', '--stop', device],
    needs: [`cleared:${device}`],
    provides: [`removed:${device}`, ...[...members, ...spares].map(member => `cleared:${member}`)],
    expects: { kind: 'absent', device },
  })

/**
 * Old partitions lose their signatures, so that nothing that begins at the same place finds them; so does a disk that
 * is used as a whole. A kept partition is wiped only where something was built on it: mkfs does the rest.
 */
const wipeSteps = (draft: Draft): readonly StorageStep[] => {
  const { machine, layout, claim } = draft
  const stays = layout.disks.flatMap(({ partitions }) => partitions.flatMap(({ kept }) => kept?.device ?? []))
  const isBuiltOn = (device: string) =>
    machine.encrypted.some(({ on }) => on === device) ||
    machine.arrays.some(({ members, spares }) => [...members, ...spares].includes(device)) ||
    machine.volumeGroups.some(({ physicalVolumes }) => physicalVolumes.includes(device))
  const goes = (device: string) => claim.devices.has(device) && (!stays.includes(device) || isBuiltOn(device))
  return machine.disks.flatMap(({ device: disk, table }) => {
    const partitions = (table?.partitions ?? []).map(({ device }) => device).filter(goes)
    return [
      ...partitions.map(device => wipe(draft, device, [])),
      ...(goes(disk) ? [wipe(draft, disk, partitions)] : []),
    ]
  })
}

const wipe = (draft: Draft, device: string, first: readonly string[]): StorageStep =>
  storageStep(draft, 'wipe', device, {
    title: `wipe the signatures of ${device}`,
    argv: ['wipefs', '--all', '--force', device],
    needs: [`cleared:${device}`, ...first.map(partition => `wiped:${partition}`)],
    provides: [`wiped:${device}`],
    destroys: true,
    expects: { kind: 'blank', device },
  })
