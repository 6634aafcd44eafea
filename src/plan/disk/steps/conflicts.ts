import { errorAt, type Origin, warningAt } from '../../../diagnostic/diagnostic.ts'
import { keptArray } from './claim.ts'
import type { Draft } from './draft.ts'

/**
 * Complaints about what cannot make way: an array or a group that the layout keeps, or that lies on a device too that
 * nobody gave up (`storage-conflict`). An ignored group whose device goes is a warning: it was asked for. Pure.
 */
export const checkClaim = (draft: Draft): void => {
  const { layout, machine, ignoredGroups, claim, diagnostics } = draft
  for (const found of claim.arrays) {
    if (keptArray(layout, found) !== undefined) {
      const lost = [...found.members, ...found.spares].find(device => claim.devices.has(device))
      const message = `array ${found.device} is kept, but its member ${lost} is not`
      diagnostics.push(errorAt('storage-conflict', message, at(found.device)))
    }
    checkShared(draft, `array ${found.device}`, [...found.members, ...found.spares])
  }
  for (const { name, physicalVolumes } of claim.groups) {
    checkShared(draft, `volume group "${name}"`, physicalVolumes)
  }
  for (const { name, physicalVolumes } of machine.volumeGroups) {
    const lost = physicalVolumes.find(device => claim.devices.has(device))
    if (lost === undefined || !ignoredGroups.includes(name)) continue
    const message = `volume group "${name}" is left alone, but its physical volume ${lost} is written anew`
    diagnostics.push(warningAt('storage-conflict', message, at(lost)))
  }
  checkDropped(draft)
  checkNames(draft)
}

const at = (path: string): Origin => ({ kind: 'device', path })

const checkShared = (draft: Draft, what: string, parts: readonly string[]): void => {
  const { claim } = draft
  const lost = parts.find(device => claim.devices.has(device))
  const others = parts.filter(device => device.startsWith('/') && !claim.devices.has(device))
  for (const other of others) {
    const why = isForeign(draft, other) ? 'on a disk that is not in the configuration' : 'which is kept'
    const message = `${what} on ${lost} must go, but it lies on ${other} too, ${why}`
    draft.diagnostics.push(errorAt('storage-conflict', message, at(other), [at(lost ?? other)]))
  }
}

/** Whether a device lies on a disk that the configuration does not name. */
const isForeign = ({ layout, disksOf }: Draft, device: string): boolean =>
  disksOf(device).some(disk => !layout.disks.some(({ device: configured }) => configured === disk))

/** A kept group gives up no physical volume on a disk that nobody gave up. */
const checkDropped = (draft: Draft): void => {
  for (const { name, devices, kept, group } of draft.layout.volumeGroups) {
    const dropped = (kept?.physicalVolumes ?? []).filter(device => !devices.includes(device))
    for (const device of dropped.filter(each => isForeign(draft, each))) {
      const message = `volume group "${name}" is kept without ${device}, which lies on a disk that is not in the configuration`
      draft.diagnostics.push(errorAt('storage-conflict', message, group.origin, [at(device)]))
    }
  }
}

/** A new group or array cannot have the name of one that stays. */
const checkNames = ({ layout, machine, claim, diagnostics }: Draft): void => {
  for (const { name, kept, group } of layout.volumeGroups) {
    const other = machine.volumeGroups.find(each => each.name === name)
    if (kept !== undefined || other === undefined || claim.groups.includes(other)) continue
    const message = `there is a volume group "${name}" already on ${other.physicalVolumes.join(', ')}, which stays`
    diagnostics.push(errorAt('storage-conflict', message, group.origin))
  }
  for (const { device, kept, volume } of layout.arrays) {
    const other = machine.arrays.find(each => each.isRunning && each.device === device)
    if (other === undefined || claim.arrays.includes(other) || other.device === kept?.device) continue
    const isKept = keptArray(layout, other) !== undefined
    if (isKept) continue
    const message = `there is an array ${device} already on ${other.members.join(', ')}, which stays`
    diagnostics.push(errorAt('storage-conflict', message, volume.origin))
  }
}
