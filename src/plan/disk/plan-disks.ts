import { hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { DiskConfig } from '../../language/disk-config.ts'
import type { Storage } from '../../model/storage.ts'
import { planStorageSteps } from './steps/plan-storage-steps.ts'
import { planStorage } from './storage-layout.ts'
import type { StoragePlan } from './storage-plan.ts'

/** What the plan for the disks of a machine depends on. */
export type DisksInput = {
  readonly config: DiskConfig
  readonly machine: Storage
  /** Names of the disks in the order of their numbers; the machine's where absent. */
  readonly disklist: readonly string[] | undefined
  /** A first installation: what is preserved for a reinstallation only is formatted. */
  readonly isInitial: boolean
  /** Names of volume groups that are left alone (`SS_IGNORE_VG`). */
  readonly ignoredGroups: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly logDirectory: string
  readonly newUuid: () => string
}

/** The layout of the disks and the steps to it; no plan where anything stands against it. Pure. */
export const planDisks = ({ disklist, isInitial, ...input }: DisksInput): Outcome<StoragePlan> => {
  const options = { isInitial, ...(disklist === undefined ? {} : { disklist }) }
  const layout = planStorage(input.config, input.machine, options)
  if (layout.value === undefined) return { value: undefined, diagnostics: layout.diagnostics }
  const planned = planStorageSteps({ ...input, layout: layout.value })
  const diagnostics = [...layout.diagnostics, ...planned.diagnostics]
  const plan = hasErrors(diagnostics) ? undefined : planned.value
  return { value: plan && { ...plan, diagnostics }, diagnostics }
}
