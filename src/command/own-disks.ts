import type { ApplyContext } from '../apply/context.ts'
import { readJournal } from '../apply/storage/journal.ts'
import { lockStorage } from '../apply/storage/lock.ts'
import { wakeStorage } from '../apply/storage/wake.ts'
import type { Outcome } from '../diagnostic/diagnostic.ts'
import type { DiskConfig } from '../language/disk-config.ts'
import { keepsAnything } from '../language/disk-config-keeps.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import type { ClassFile } from '../model/config-space.ts'
import type { DiskSteps } from '../plan/disk/image-steps.ts'
import { planOwnDisks } from '../plan/disk/own-disks.ts'
import { planDisks } from '../plan/disk/plan-disks.ts'
import type { StoragePlan } from '../plan/disk/storage-plan.ts'
import type { CommandDeps } from './deps.ts'
import { configurationDigest } from './disks-apply.ts'
import { disklistOf, ignoredGroupsOf, isTrue, readMachine, readThisMachine } from './disks-input.ts'

/** Onto the disks of this machine; a plan alone may be for the one that a file describes. */
export type MachineGoal = { readonly kind: 'machine'; readonly description?: string }

/** What an installation onto the disks of a machine is planned from. */
export type OwnDisksSetting = {
  readonly goal: MachineGoal
  /** The `disk_config` of the highest class. */
  readonly file: ClassFile
  readonly host: string
  readonly variables: Readonly<Record<string, string>>
  /** `FAI_FLAGS`. */
  readonly flags: readonly string[]
  /** Where the files of the disks go. */
  readonly logDirectory: string
  readonly hasFilesystem: (name: string) => boolean
  readonly saveLogsTo: string
  /** The run that will carry the plan out; absent where the plan is only shown. */
  readonly run?: ApplyContext
  readonly deps: CommandDeps
}

/** The steps of the disks, and what the storage planner said of them. */
export type OwnDisks = { readonly steps: DiskSteps; readonly storage: StoragePlan }

/**
 * Plans the disks of the machine as `disks plan` does. For a run it sees that no other one changes them, goes on with the plan
 * of a run that was killed, and starts the arrays and groups of which something is kept; the end of the run undoes that.
 */
export const planGoalMachine = async (setting: OwnDisksSetting): Promise<Outcome<OwnDisks>> => {
  const { file, flags, variables, deps, goal } = setting
  const { value: config, diagnostics } = parseDiskConfig(file.text, file.path)
  if (config === undefined) return { value: undefined, diagnostics }
  const environment = { ...deps.environment, ...variables }
  const disklist = disklistOf({ disklist: undefined }, { environment })
  const ignoredGroups = ignoredGroupsOf(environment)
  const isInitial = flags.includes('initial') || isTrue(environment['flag_initial'])
  const decisive = { text: file.text, disklist, isInitial, ignoredGroups }
  const storage = await planStorageOf(setting, { config, ...decisive })
  if (storage.value === undefined)
    return { value: undefined, diagnostics: [...diagnostics, ...storage.diagnostics] }
  const steps = planOwnDisks({
    storage: storage.value,
    because: { class: file.class, origin: { kind: 'file', path: file.path } },
    configuration: configurationDigest(decisive),
    passphrases: config.encrypted.flatMap(({ passphrase }) => passphrase ?? []),
    ...(disklist === undefined ? {} : { disklist }),
    hasFilesystem: goal.description === undefined ? setting.hasFilesystem : () => true,
    saveLogsTo: setting.saveLogsTo,
  })
  return {
    value: steps.value && { steps: steps.value, storage: storage.value },
    diagnostics: [...diagnostics, ...storage.diagnostics, ...steps.diagnostics],
  }
}

type Decisive = {
  readonly config: DiskConfig
  readonly disklist: readonly string[] | undefined
  readonly isInitial: boolean
  readonly ignoredGroups: readonly string[]
}

const planStorageOf = async (
  { goal, run, host, variables, logDirectory, deps }: OwnDisksSetting,
  decisive: Decisive,
): Promise<Outcome<StoragePlan>> => {
  const { config, disklist, ignoredGroups } = decisive
  if (run !== undefined) {
    const unlock = await lockStorage()
    run.undo.push({ title: 'the disks are locked against other runs', undo: unlock })
    const journal = await readJournal(logDirectory)
    if (journal?.isFinished === false) {
      deps.complain(`finishing the run that ${logDirectory} tells of`)
      return { value: journal.plan, diagnostics: [] }
    }
    if (keepsAnything(config)) {
      const readStorage = () => readThisMachine(disklist, deps)
      const rest = await wakeStorage({ run: run.run, signal: run.signal, readStorage, ignoredGroups })
      run.undo.push({ title: 'arrays or volume groups that were started still run', undo: rest })
    }
  }
  const machine = await readMachine(goal.description, disklist, deps)
  if (machine.value === undefined) return { value: undefined, diagnostics: machine.diagnostics }
  return planDisks({
    ...decisive,
    machine: machine.value,
    variables: { ...variables, HOSTNAME: host },
    logDirectory,
    newUuid: deps.newUuid,
  })
}

/** FAI's `disklist`: what the environment says, else the disks of this machine. */
export const machineDisklist = async (deps: CommandDeps): Promise<string> =>
  deps.environment['disklist'] ??
  (await readThisMachine(undefined, deps)).disks.map(({ name }) => name).join(' ')
