import type { Outcome } from '../diagnostic/diagnostic.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import { planStorageSteps } from '../plan/disk/steps/plan-storage-steps.ts'
import { planStorage } from '../plan/disk/storage-layout.ts'
import type { StoragePlan } from '../plan/disk/storage-plan.ts'
import type { DiskCase } from './disk-case.ts'
import { countedUuids } from './image-plan.ts'

/** What the expected answers call it. */
const LOG_DIRECTORY = 'LOGDIR'

/** Plans a case of the corpus as `disks plan` would. Pure. */
export const planDiskCase = ({ text, path, storage, options, expected }: DiskCase): Outcome<StoragePlan> => {
  const { value: config, diagnostics: parsed } = parseDiskConfig(text, path)
  if (config === undefined) return { value: undefined, diagnostics: parsed }
  const { value: layout, diagnostics: found } = planStorage(config, storage, options)
  if (layout === undefined) return { value: undefined, diagnostics: [...parsed, ...found] }
  const { value, diagnostics } = planStorageSteps({
    layout,
    config,
    machine: storage,
    variables: expected.env ?? {},
    ignoredGroups: [],
    logDirectory: LOG_DIRECTORY,
    newUuid: countedUuids(),
  })
  return { value, diagnostics: [...parsed, ...found, ...diagnostics] }
}
