import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { DiskConfig } from '../../language/disk-config.ts'
import type { Storage } from '../../model/storage.ts'
import { checkBoot } from './layout/boot.ts'
import { layoutDisk } from './layout/disk.ts'
import { filesystemSizeFaults } from './layout/filesystem-size.ts'
import { findDisks, listDisks } from './layout/find-disk.ts'
import { layoutGroup } from './layout/group.ts'
import { decideKept } from './layout/keep.ts'
import type { Kept } from './layout/kept.ts'
import { spellOutEncryption } from './layout/old-encryption.ts'
import { encryptedBytes, estimatedBytes, type Laid, usableBytes } from './layout/sizes.ts'
import { type Stack, type StackedArray, stackDevices } from './layout/stack.ts'
import type { StackedBtrfs } from './layout/stack-btrfs.ts'
import type { ArrayLayout, BtrfsLayout, GroupLayout, StorageLayout } from './layout.ts'

/** What a layout depends on besides the configuration and the machine. */
export type LayoutOptions = {
  /** Names of the disks that may be used, in the order of their numbers; all disks of the machine where absent. */
  readonly disklist?: readonly string[]
  /** A first installation, on which `preserve_reinstall` keeps nothing. */
  readonly isInitial: boolean
}

/**
 * What all disks of a machine will look like (setup-storage.md, sections 4 to 8). Pure. Every refusal comes here, at the
 * line that asks for what cannot be:
 *
 *     code                   the line asks for
 *     `disk-not-found`       a disk or device that is not there, or not in `disklist`
 *     `disk-config-invalid`  what contradicts itself
 *     `disk-too-small`       more than there is, up to the next partition that stays, or less than its file system needs
 *     `preserve-missing`     something to stay that is not there
 *     `preserve-impossible`  something to stay that the rest of the configuration destroys
 *     `resize-impossible`    a size for which data would have to move, or a file system that cannot shrink to shrink
 *     `boot-unreadable`      a `/boot` that boot loaders cannot read
 *
 * What `shrinks` here may still turn out too small for its content, which only its own program knows.
 */
export const planStorage = (
  config: DiskConfig,
  storage: Storage,
  { disklist, isInitial }: LayoutOptions,
): Outcome<StorageLayout> => {
  const listed = listDisks(storage, disklist)
  const disks = findDisks(config.disks, storage, listed)
  if (disks.value === undefined) return { value: undefined, diagnostics: disks.diagnostics }
  const stack = stackDevices(spellOutEncryption(config, disks.value), listed)
  if (stack.value === undefined) return { value: undefined, diagnostics: stack.diagnostics }
  const kept = decideKept(stack.value, storage, isInitial)
  if (kept.value === undefined) return { value: undefined, diagnostics: kept.diagnostics }
  const diagnostics = [...kept.diagnostics]
  const layout = layoutStack(stack.value, kept.value, storage, diagnostics)
  if (layout !== undefined && !hasErrors(diagnostics)) {
    diagnostics.push(...filesystemSizeFaults(layout))
    checkBoot(layout, config.tmpfs, diagnostics)
  }
  return { value: hasErrors(diagnostics) ? undefined : layout, diagnostics }
}

/** Everything in the order in which sizes depend on each other; undefined where a disk has no layout. */
const layoutStack = (
  stack: Stack,
  kept: Kept,
  { memoryBytes }: Storage,
  diagnostics: Diagnostic[],
): StorageLayout | undefined => {
  const { uses } = stack
  const layouts = stack.disks.map(disk => layoutDisk(disk, { kept, uses, memoryBytes }))
  diagnostics.push(...layouts.flatMap(layout => layout.diagnostics))
  const disks = layouts.flatMap(({ value }) => value ?? [])
  if (hasErrors(diagnostics)) return undefined
  const groups: GroupLayout[] = []
  const laid: Laid = { stack, disks, groups, keptArrays: keptSizes(kept) }
  for (const group of stack.groups) {
    const physical = group.devices.map(device => {
      const estimated = estimatedBytes(device, laid) ?? 0
      if (estimated <= 0) {
        const message = `"${device}" has no size when group "${group.name}" is to be made of it`
        diagnostics.push(errorAt('disk-config-invalid', message, group.group.origin))
      }
      return { estimatedBytes: estimated, usableBytes: usableBytes(device, laid) ?? 0 }
    })
    groups.push(layoutGroup(group, { kept, uses, memoryBytes, physical }, diagnostics))
  }
  const arrays = stack.arrays.map(array => layoutArray(array, kept, laid, diagnostics))
  const encrypted = stack.encrypted.map(mapping => {
    const sizeBytes = encryptedBytes(mapping.volume.kind, estimatedBytes(mapping.on, laid) ?? 0)
    return { ...mapping, sizeBytes }
  })
  const layout = { disks, arrays, encrypted, volumeGroups: groups }
  return { ...layout, btrfs: stack.btrfs.map(btrfs => layoutBtrfs(btrfs, layout)) }
}

const keptSizes = ({ arrays }: Kept): Laid['keptArrays'] =>
  new Map(
    [...arrays].flatMap(([device, { sizeBytes }]): [string, { sizeBytes: number }][] =>
      sizeBytes === undefined ? [] : [[device, { sizeBytes }]],
    ),
  )

const layoutArray = (array: StackedArray, kept: Kept, laid: Laid, diagnostics: Diagnostic[]): ArrayLayout => {
  const { device, volume } = array
  const found = kept.arrays.get(device)
  const sizeBytes = estimatedBytes(device, laid) ?? 0
  if (sizeBytes <= 0) {
    const message = `the members of "${device}" leave no space for data`
    diagnostics.push(errorAt('disk-config-invalid', message, volume.origin))
  }
  const isFormatted = !laid.stack.uses.has(device) && (found === undefined || volume.alwaysFormat)
  return { ...array, sizeBytes, ...(found && { kept: found }), isFormatted }
}

/** It stays where every device of it stays and none is to be formatted. */
const layoutBtrfs = (
  { devices, subvolumes, isLine }: StackedBtrfs,
  { disks, arrays, volumeGroups }: Omit<StorageLayout, 'btrfs'>,
): BtrfsLayout => {
  const volumes = [
    ...disks.flatMap(({ partitions }) => partitions),
    ...disks.map(({ device, isWholeKept }) => ({ device, kept: isWholeKept, isFormatted: !isWholeKept })),
    ...arrays,
    ...volumeGroups.flatMap(group => group.volumes),
  ]
  const isKept = devices.every(device => {
    const found = volumes.find(volume => volume.device === device)
    return found?.kept !== undefined && !found.isFormatted
  })
  return { devices, subvolumes, ...(isLine && { isLine }), ...(isKept && { isKept }) }
}
