import {
  type Diagnostic,
  errorAt,
  hasErrors,
  type Origin,
  type Outcome,
} from '../../../diagnostic/diagnostic.ts'
import type { FoundArray, FoundPartition, FoundVolume, Storage } from '../../../model/storage.ts'
import { type NumberedVolume, numberedVolumes } from './device-name.ts'
import type { ConfiguredDisk } from './find-disk.ts'
import { foundArrayOf, physicalVolumeNames } from './found-array.ts'
import { checkKept } from './keep-check.ts'
import { keepGroups } from './keep-group.ts'
import { fateOf, type Kept, type KeptVolume, keepsTable } from './kept.ts'
import type { Stack } from './stack.ts'

/**
 * Decides what stays, by the table at `fateOf`. Pure. What a kept volume is built on stays as it is. What is not there
 * is `preserve-missing`; what the rest of the configuration would destroy is `preserve-impossible`.
 */
export const decideKept = (stack: Stack, storage: Storage, isInitial: boolean): Outcome<Kept> => {
  const draft: Draft = {
    stack,
    storage,
    isInitial,
    diagnostics: [],
    needed: new Map(),
    partitions: new Map(),
    arrays: new Map(),
    volumes: new Map(),
    wholes: new Set(),
    tables: new Set(
      stack.disks.flatMap(({ stanza, disk }) => (keepsTable(stanza, isInitial) ? disk.device : [])),
    ),
    pinnedDisks: new Set(),
  }
  keepVolumes(draft)
  keepArrays(draft)
  for (const configured of stack.disks) keepOnDisk(draft, configured)
  const { diagnostics } = draft
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics }
  const kept: Kept = { ...draft, groups: keepGroups(stack, storage, draft, diagnostics) }
  checkKept(stack, storage, kept, diagnostics)
  return { value: hasErrors(diagnostics) ? undefined : kept, diagnostics }
}

type Draft = {
  readonly stack: Stack
  readonly storage: Storage
  readonly isInitial: boolean
  readonly diagnostics: Diagnostic[]
  /** Devices that must stay because of what is built on them, with the line that says so. */
  readonly needed: Map<string, Origin>
  readonly partitions: Map<string, KeptVolume<FoundPartition>>
  readonly arrays: Map<string, FoundArray>
  readonly volumes: Map<string, KeptVolume<FoundVolume>>
  readonly wholes: Set<string>
  readonly tables: ReadonlySet<string>
  readonly pinnedDisks: Set<string>
}

const keepVolumes = (draft: Draft): void => {
  const { stack, storage, isInitial, needed } = draft
  for (const { name, group, devices } of stack.groups) {
    const found = storage.volumeGroups.find(each => each.name === name)
    for (const volume of group.volumes) {
      const device = `/dev/${name}/${volume.name}`
      const there = found?.volumes.find(each => each.name === volume.name)
      const fate = fateOf(volume, there !== undefined, isInitial)
      if (fate === 'missing') reportMissing(draft, `logical volume "${device}"`, volume.origin)
      if (there === undefined || fate === 'make' || fate === 'missing') continue
      draft.volumes.set(device, { found: there, isResized: fate === 'resize' })
      const physical = devices.filter(each =>
        physicalVolumeNames(each, stack, storage).some(alias => found?.physicalVolumes.includes(alias)),
      )
      for (const each of physical) needed.set(each, volume.origin)
    }
  }
}

const keepArrays = (draft: Draft): void => {
  const { stack, storage, isInitial, needed } = draft
  for (const array of stack.arrays) {
    const { device, volume, members, spares } = array
    const there = foundArrayOf(array, storage.arrays)
    const fate = needed.has(device) ? 'keep' : fateOf(volume, there !== undefined, isInitial)
    if (fate === 'make') continue
    if (there === undefined || fate === 'missing') {
      reportMissing(draft, `array "${device}" of ${members.join(', ')}`, volume.origin)
    } else if (there === 'other') {
      const message = `array "${device}" is to stay, and what is there has not the same members`
      draft.diagnostics.push(errorAt('preserve-impossible', message, volume.origin))
    } else {
      draft.arrays.set(device, there)
      for (const each of [...members, ...spares]) if (each !== 'missing') needed.set(each, volume.origin)
    }
  }
}

const keepOnDisk = (draft: Draft, configured: ConfiguredDisk): void => {
  const { stanza, disk } = configured
  if (draft.needed.has(disk.device)) draft.wholes.add(disk.device)
  for (const each of numberedVolumes(configured)) {
    if (each.number === 0) keepWhole(draft, configured, each)
    else keepPartition(draft, configured, each)
  }
  const { format } = disk.table ?? {}
  const wanted = stanza.partitionTable === 'msdos' ? 'dos' : 'gpt'
  const stays = numberedVolumes(configured).some(({ device }) => draft.partitions.has(device))
  if (stays && format !== wanted && !draft.tables.has(disk.device)) {
    const message = `the partition table of "${disk.name}" cannot become another kind while partitions stay (wanted ${wanted}, found ${format})`
    draft.diagnostics.push(errorAt('preserve-impossible', message, stanza.origin))
  }
}

const keepWhole = (draft: Draft, { disk }: ConfiguredDisk, { volume }: NumberedVolume): void => {
  const fate = fateOf(volume, disk.content !== undefined, draft.isInitial)
  if (fate === 'missing') reportMissing(draft, `the content of "${disk.device}"`, volume.origin)
  else if (fate !== 'make' && !volume.alwaysFormat) draft.wholes.add(disk.device)
}

const keepPartition = (draft: Draft, { stanza, disk }: ConfiguredDisk, line: NumberedVolume): void => {
  const { volume, number, device } = line
  const { diagnostics, isInitial, needed } = draft
  const found = disk.table?.partitions.find(each => each.number === number)
  const preserve = volume.preserve ?? stanza.preserveAll
  const asked = fateOf({ ...volume, ...(preserve && { preserve }) }, found !== undefined, isInitial)
  const fate = needed.has(device) ? 'keep' : asked
  if (fate === 'make') return
  if (needed.has(device) || asked === 'resize' || (asked === 'keep' && preserve !== 'lazy')) {
    draft.pinnedDisks.add(disk.device)
  }
  if (found === undefined) {
    const where = disk.table === undefined ? ' of a disk without a readable table' : ''
    reportMissing(draft, `partition "${device}"${where}`, needed.get(device) ?? volume.origin)
  } else if (found.kind === 'extended') {
    const message = `"${device}" is an extended partition: only the logical ones in it can stay`
    diagnostics.push(errorAt('preserve-impossible', message, volume.origin))
  } else {
    const isResized = fate === 'resize' && !draft.tables.has(disk.device)
    // Nothing of it would be left, so it is a new one.
    if (!isResized || !volume.alwaysFormat) draft.partitions.set(device, { found, isResized })
  }
}

const reportMissing = ({ diagnostics }: Draft, what: string, origin: Origin): void => {
  diagnostics.push(errorAt('preserve-missing', `${what} is to stay and is not there`, origin))
}
