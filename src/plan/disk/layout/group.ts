import { type Diagnostic, errorAt } from '../../../diagnostic/diagnostic.ts'
import type { LogicalVolume } from '../../../language/disk-config.ts'
import { toByteRange } from '../../../language/size.ts'
import type { GroupLayout, LogicalLayout } from '../layout.ts'
import type { Kept } from './kept.ts'
import { shrinkFaults } from './resize.ts'
import { reversedRange } from './reversed-range.ts'
import { roundDown, roundUp, sum } from './rounding.ts'
import type { Stack, StackedGroup } from './stack.ts'

const MIB = 1024 ** 2
/** What LVM makes a group of unless it is told otherwise. */
export const EXTENT_BYTES = 4 * MIB
/** What it leaves at the beginning of each physical volume. */
const PHYSICAL_HEAD_BYTES = MIB
/** What FAI takes as the usable part of the physical volumes. */
const USABLE_SHARE = 0.99

/** What the layout of a group depends on. */
export type GroupContext = {
  readonly kept: Kept
  readonly uses: Stack['uses']
  /** Of the machine, for sizes that are a part of it. */
  readonly memoryBytes: number
  /** Of each physical volume: what FAI takes it for, without what encryption needs, and with it. */
  readonly physical: readonly { readonly estimatedBytes: number; readonly usableBytes: number }[]
}

/**
 * Shares a volume group out among its volumes (setup-storage.md, section 6). Pure. Every range gets the same share of
 * what lies between its ends; a volume that stays has the size that it has. Too little space is `disk-too-small`.
 */
export const layoutGroup = (
  { name, devices, group }: StackedGroup,
  context: GroupContext,
  diagnostics: Diagnostic[],
): GroupLayout => {
  const { kept, memoryBytes } = context
  const sizeBytes = Math.floor(sum(context.physical.map(each => each.estimatedBytes)) * USABLE_SHARE)
  const ranges = group.volumes.map(volume => {
    const there = kept.volumes.get(`/dev/${name}/${volume.name}`)
    const fixed = there?.isResized === false ? there.found.sizeBytes : undefined
    const { lower, upper } = toByteRange(volume.size, { availableBytes: sizeBytes, memoryBytes })
    return { volume, lower: fixed ?? lower, upper: fixed ?? upper }
  })
  for (const { volume, lower, upper } of ranges) {
    if (lower > upper && lower <= sizeBytes) diagnostics.push(reversedRange(volume, lower, upper))
  }
  const need = sum(ranges.map(({ lower }) => lower))
  const want = sum(ranges.map(({ upper }) => upper))
  if (need >= sizeBytes && ranges.length > 0) diagnostics.push(tooSmall(group, need, sizeBytes))
  const factor = want > need ? Math.max(0, Math.min(1, (sizeBytes - need) / (want - need))) : 0
  const volumes = ranges.map(({ volume, lower, upper }) =>
    layoutVolume(name, volume, Math.floor(lower + (upper - lower) * factor), context),
  )
  for (const each of volumes) {
    diagnostics.push(...shrinkFaults(each.device, each.kept, each.sizeBytes, each.volume))
  }
  const found = kept.groups.get(name)
  const layout = { name, devices, sizeBytes, group, volumes, ...(found && { kept: found }) }
  if (need < sizeBytes) diagnostics.push(...extentFaults(layout, context))
  return layout
}

const tooSmall = ({ name, origin }: StackedGroup['group'], need: number, found: number): Diagnostic => {
  const message = `volume group "${name}" is too small (wanted more than ${need} bytes, found ${found})`
  return errorAt('disk-too-small', message, origin)
}

const layoutVolume = (
  group: string,
  volume: LogicalVolume,
  sizeBytes: number,
  { kept, uses }: GroupContext,
): LogicalLayout => {
  const device = `/dev/${group}/${volume.name}`
  const there = kept.volumes.get(device)?.found
  const isFormatted = !uses.has(device) && (there === undefined || volume.alwaysFormat)
  return { name: volume.name, device, sizeBytes, volume, ...(there && { kept: there }), isFormatted }
}

/** LVM gives whole extents, so that a small group may be full before its estimate is; options can change all of it. */
const extentFaults = (layout: GroupLayout, { physical }: GroupContext): readonly Diagnostic[] => {
  const { group, volumes, kept } = layout
  const options = [
    group.physicalOptions,
    group.groupOptions,
    ...volumes.map(each => each.volume.volumeOptions),
  ]
  if (volumes.length === 0 || options.some(text => text !== '')) return []
  const extentBytes = kept?.extentBytes ?? EXTENT_BYTES
  const found = sum(
    physical.map(each => roundDown(Math.max(0, each.usableBytes - PHYSICAL_HEAD_BYTES), extentBytes)),
  )
  const wanted = sum(volumes.map(each => roundUp(each.sizeBytes, extentBytes)))
  return wanted > found ? [tooSmall(group, wanted, found)] : []
}
