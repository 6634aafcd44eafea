import { errorAt } from '../../../diagnostic/diagnostic.ts'
import type { GroupLayout, LogicalLayout } from '../layout.ts'
import { optionValue } from '../options.ts'
import type { StorageStep } from '../storage-plan.ts'
import { type Draft, optionWords, storageStep } from './draft.ts'
import { growSteps, type Resizing, shrinkSteps } from './resize.ts'

/** The steps that make volume groups and their volumes, and give kept ones their new sizes. Pure. */
export const groupSteps = (draft: Draft): readonly StorageStep[] =>
  draft.layout.volumeGroups.flatMap(group => {
    const { devices } = group
    const kept = group.kept?.physicalVolumes ?? []
    const added = devices.filter(device => !kept.includes(device))
    const groupOptions = optionWords(draft, group.group.groupOptions, group.group.origin)
    const extentBytes = group.kept?.extentBytes ?? parseExtentSize(optionValue(groupOptions, 's'))
    return [
      ...added.map(device => createPhysicalVolume(draft, group, device)),
      ...(group.kept === undefined
        ? [createGroup(draft, group, devices, groupOptions)]
        : keepGroup(draft, group, { devices, added, extentBytes })),
      ...volumeSteps(draft, group, extentBytes),
    ]
  })

const createPhysicalVolume = (draft: Draft, { group }: GroupLayout, device: string): StorageStep =>
  storageStep(draft, 'create-physical-volume', device, {
    title: `make ${device} a physical volume`,
    argv: [
      ...['pvcreate', '--force', '--force', '--yes'],
      ...optionWords(draft, group.physicalOptions, group.origin),
      device,
    ],
    needs: [`device:${device}`, `cleared:${device}`, `wiped:${device}`],
    provides: [`pv:${device}`],
    destroys: true,
    expects: { kind: 'content', device, type: 'LVM2_member' },
  })

const createGroup = (
  draft: Draft,
  { name }: GroupLayout,
  devices: readonly string[],
  options: readonly string[],
): StorageStep =>
  storageStep(draft, 'create-group', name, {
    title: `make volume group ${name} of ${devices.join(', ')}`,
    argv: ['vgcreate', '--yes', ...options, name, ...devices],
    needs: [`removed:${name}`, ...devices.map(device => `pv:${device}`)],
    provides: [`vg:${name}`],
    expects: { kind: 'group', name, physicalVolumes: devices },
    recover: [['vgremove', '--force', '--yes', name]],
  })

type KeptGroup = {
  readonly devices: readonly string[]
  readonly added: readonly string[]
  readonly extentBytes: number
}

const keepGroup = (
  draft: Draft,
  { name, volumes }: GroupLayout,
  { devices, added, extentBytes }: KeptGroup,
): readonly StorageStep[] => {
  const old = devices.filter(device => !added.includes(device))
  const activate = storageStep(draft, 'activate-group', name, {
    title: `activate the kept volume group ${name}`,
    argv: activateCommand('y', name),
    runtime: { up: activateCommand('y', name), down: activateCommand('n', name) },
    needs: old.flatMap(device => [
      `device:${device}`,
      `pv:${device}`,
      `reduced:${device}`,
      `cleared:${device}`,
    ]),
    provides: [
      `active:${name}`,
      ...(added.length === 0 ? [`vg:${name}`] : []),
      ...volumes.flatMap(({ kept, device, sizeBytes }) => {
        if (kept === undefined) return []
        const isSteady = roundToExtents(sizeBytes, extentBytes) === kept.sizeBytes
        return [`active:${device}`, ...(isSteady ? [`device:${device}`] : [])]
      }),
    ],
  })
  if (added.length === 0) return [activate]
  const extend = storageStep(draft, 'extend-group', name, {
    title: `extend volume group ${name} by ${added.join(', ')}`,
    argv: ['vgextend', '--yes', name, ...added],
    needs: [`active:${name}`, ...added.map(device => `pv:${device}`)],
    provides: [`vg:${name}`],
    expects: { kind: 'group', name, physicalVolumes: devices },
  })
  return [activate, extend]
}

const activateCommand = (to: 'y' | 'n', group: string): readonly string[] => [
  'vgchange',
  '--activate',
  to,
  group,
]

const DEFAULT_EXTENT_BYTES = 4 * 1024 ** 2
const EXTENT_UNITS: Readonly<Record<string, number>> = { b: 1, s: 512, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** The size behind vgcreate's `-s`: mebibytes unless a unit stands behind it (lvm(8)). */
const parseExtentSize = (text: string | undefined): number => {
  const [, count, unit = 'm'] = /^([0-9]+)([bskmg])?$/i.exec(text ?? '') ?? []
  if (count === undefined) return DEFAULT_EXTENT_BYTES
  return Number(count) * (EXTENT_UNITS[unit.toLowerCase()] ?? 1)
}

/** LVM counts in extents: sizes are rounded up, as it would do it, so that what is asked for fits. */
const roundToExtents = (sizeBytes: number, extentBytes: number): number =>
  Math.ceil(sizeBytes / extentBytes) * extentBytes

/** Volumes that shrink come first: they make room for those that grow and those that are new. */
const volumeSteps = (draft: Draft, group: GroupLayout, extentBytes: number): readonly StorageStep[] => {
  const sized = group.volumes.map(volume => ({
    volume,
    sizeBytes: roundToExtents(volume.sizeBytes, extentBytes),
  }))
  const shrinking = sized.filter(({ volume, sizeBytes }) => volume.kept && sizeBytes < volume.kept.sizeBytes)
  const shrunk = shrinking.map(({ volume }) => `device:${volume.device}`)
  return sized.flatMap(({ volume, sizeBytes }) => {
    const old = volume.kept?.sizeBytes
    if (old === undefined) return [createVolume(draft, group, volume, sizeBytes, shrunk)]
    if (old === sizeBytes) return []
    return resizeVolume(draft, group, volume, sizeBytes, sizeBytes < old ? [] : shrunk)
  })
}

const createVolume = (
  draft: Draft,
  group: GroupLayout,
  { name, device, volume }: LogicalLayout,
  sizeBytes: number,
  shrunk: readonly string[],
): StorageStep =>
  storageStep(draft, 'create-volume', device, {
    title: `create logical volume ${group.name}/${name}`,
    argv: [
      ...['lvcreate', '--yes', '--wipesignatures', 'y', '--name', name, '--size', `${sizeBytes}b`],
      ...optionWords(draft, volume.volumeOptions, volume.origin),
      group.name,
    ],
    needs: [`vg:${group.name}`, `removed:${device}`, ...shrunk],
    provides: [`device:${device}`],
    destroys: true,
    expects: { kind: 'device', device, sizeBytes },
    recover: [['lvremove', '--force', '--yes', `${group.name}/${name}`]],
    runtime: { up: activateCommand('y', group.name), down: activateCommand('n', group.name) },
  })

const resizeVolume = (
  draft: Draft,
  group: GroupLayout,
  { name, device, kept, volume, isFormatted }: LogicalLayout,
  sizeBytes: number,
  shrunk: readonly string[],
): readonly StorageStep[] => {
  const step = storageStep(draft, 'resize-volume', device, {
    title: `resize logical volume ${group.name}/${name} to ${sizeBytes} bytes`,
    argv: ['lvresize', '--yes', '--force', '--size', `${sizeBytes}b`, `${group.name}/${name}`],
    needs: [`vg:${group.name}`, `shrunk:${device}`, `cleared:${device}`, ...shrunk],
    provides: [`device:${device}`],
    expects: { kind: 'device', device, sizeBytes },
  })
  if (isFormatted || kept === undefined) return [step]
  if (!kept.isActive && kept.content === undefined) {
    const message = `nobody can tell what is on ${device} before it is resized: its group rests (run vgchange --activate y ${group.name})`
    draft.diagnostics.push(errorAt('storage-conflict', message, volume.origin))
    return []
  }
  const resizing: Resizing = {
    device,
    present: device,
    content: kept.content,
    fromBytes: kept.sizeBytes,
    toBytes: sizeBytes,
    needs: [`active:${device}`, `cleared:${device}`],
    origin: volume.origin,
  }
  return [...shrinkSteps(draft, resizing), step, ...growSteps(draft, resizing)]
}
