import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../../../diagnostic/diagnostic.ts'
import type { StoragePlan } from '../storage-plan.ts'
import { arraySteps } from './arrays.ts'
import { claimDevices } from './claim.ts'
import { deviceDisks, foundUnderlays, layoutUnderlays } from './device-disks.ts'
import type { Draft, StorageInput } from './draft.ts'
import { encryptedSteps } from './encrypted.ts'
import { filesystemSteps } from './filesystems.ts'
import { groupSteps } from './groups.ts'
import { orderSteps } from './order.ts'
import { storageOutputs } from './outputs.ts'
import { partitionResizes } from './resize.ts'
import { behindSavedTables, newTables, tableSteps } from './table.ts'
import { arraysToRestart, teardownSteps } from './teardown.ts'

/**
 * Plans how the machine comes to the layout: what is taken apart, written and made, in an order that respects what each
 * step needs, and the files that tell the system about it. Pure; the same input gives the same plan. It is refused
 * where something that stays is in the way (`storage-conflict`); what the configuration asks for has been checked by the
 * layout.
 */
export const planStorageSteps = (input: StorageInput): Outcome<StoragePlan> => {
  const diagnostics: Diagnostic[] = []
  const draft: Draft = {
    ...input,
    tables: newTables(input.layout, input.machine, input.newUuid),
    claim: claimDevices(input),
    disksOf: deviceDisks(layoutUnderlays(input.layout)),
    diagnostics,
  }
  const arrays = arraySteps(draft)
  const encrypted = encryptedSteps(draft)
  const filesystems = filesystemSteps(draft)
  const { steps, stuck } = orderSteps(
    behindSavedTables(
      [
        // What may turn out to be impossible comes before anything is destroyed.
        ...partitionResizes(draft),
        ...teardownSteps(draft),
        ...tableSteps(draft),
        ...arrays.steps,
        ...encrypted.steps,
        ...groupSteps(draft),
        ...filesystems.steps,
      ],
      input.layout,
    ),
    device => isThere(draft, device),
  )
  for (const { title, needs, device } of stuck) {
    const message = `nothing makes it possible to ${title}: it needs ${needs.join(', ')}`
    diagnostics.push(errorAt('storage-conflict', message, { kind: 'device', path: device }))
  }
  const outputs = storageOutputs(draft, filesystems.identities)
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics }
  return {
    value: {
      machine: input.machine,
      layout: input.layout,
      steps,
      ...outputs,
      crypttab: encrypted.crypttab,
      mdadmConf: arrays.mdadmConf,
      logDirectory: input.logDirectory,
      diagnostics,
    },
    diagnostics,
  }
}

/**
 * Whether a device is there from the start and all the time: found, not given up, and on no disk that gets a new table.
 * Partitions of a disk that keeps its table are taken for granted: those of a `virtual` disk need not have a disk.
 */
const isThere = (draft: Draft, device: string): boolean => {
  const { layout, machine, claim, tables } = draft
  const isKnown = layout.disks.some(
    ({ device: disk, partitions, keepsTable }) =>
      disk === device || (keepsTable && partitions.some(partition => partition.device === device)),
  )
  if (isKnown) return true
  const gone = [
    ...claim.arrays.map(array => array.device),
    ...claim.encrypted.map(mapping => mapping.device),
    ...claim.groups.flatMap(({ volumes }) => volumes.map(volume => volume.device)),
    ...arraysToRestart(draft).map(array => array.device),
  ]
  const underlays = foundUnderlays(machine)
  const disks = deviceDisks(underlays)(device)
  return underlays.has(device) && !gone.includes(device) && !disks.some(disk => tables.has(disk))
}
