import { readFile, rename } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { readStorage } from '../../inspect/storage/read-storage.ts'
import type { StoragePlan } from '../../plan/disk/storage-plan.ts'
import type { ActionOf, ApplyContext, Handler } from '../context.ts'
import { type ApplyStorageOptions, applyStorage, resumeStorage, storageContext } from './apply-storage.ts'
import { isPresent } from './expectation.ts'
import { readJournal } from './journal.ts'
import { putToRest, readerOf } from './perform-step.ts'
import { refuseMissingPrograms, refuseStorage } from './refuse-storage.ts'
import { StorageError } from './storage-error.ts'

/** Files of the log directory that tell later tasks of the disks. */
const DISK_FILES = ['fstab', 'disk_var.sh', 'crypttab', 'mdadm.conf'] as const

/**
 * FAI's task `partition`: the plan is carried out, or the one of a run that was killed is finished. What that opened is
 * closed when the run ends.
 */
export const changeStorage: Handler<'change-storage'> = async (action, context, step) => {
  const { logDirectory, log } = context
  if (await hasDiskVariables(logDirectory)) {
    log.line(step.task, 'disk_var.sh is there: a hook has laid out the disks')
    return
  }
  const options = optionsOf(action, context)
  const journal = await readJournal(logDirectory)
  const storage = journal?.isFinished === false ? journal.plan : action.storage
  context.undo.push({
    title: 'arrays, volume groups or encrypted devices are open',
    undo: () => closeStorage(storage, options),
  })
  if (journal?.isFinished === false) await resumeStorage(journal, action.configuration, options)
  else await applyStorage(storage, action.configuration, options)
}

const hasDiskVariables = async (logDirectory: string): Promise<boolean> =>
  (await readFile(join(logDirectory, 'disk_var.sh'), 'utf8').catch(() => '')) !== ''

/** Sets aside what an earlier run in the same log directory has said of the disks: a hook of this run did not. */
export const forgetDiskFiles = async (logDirectory: string): Promise<void> => {
  for (const name of DISK_FILES) {
    const path = join(logDirectory, name)
    await rename(path, `${path}.old`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}

/** Rejects before the first task where a program is missing or a disk is in use, as `changeStorage` itself would later. */
export const refuseChange = async (storage: StoragePlan, searchPath: string): Promise<void> => {
  await refuseMissingPrograms(storage.steps, searchPath)
  refuseStorage(storage, storage.machine)
}

const optionsOf = (
  { passphrases, disklist }: ActionOf<'change-storage'>,
  { run, searchPath, logDirectory, signal }: ApplyContext,
): ApplyStorageOptions => ({
  ...{ run, searchPath, logDirectory, passphrases, signal },
  readStorage: () =>
    readStorage({ diskNames: disklist, memoryBytes: totalmem(), read: readerOf({ run }), signal }),
  onStep: () => {},
  now: Date.now,
})

/** Closes what the steps of a plan have opened, and rejects where some of it is still there. */
const closeStorage = async ({ steps, layout }: StoragePlan, options: ApplyStorageOptions): Promise<void> => {
  const opened = steps.filter(({ runtime }) => runtime !== undefined)
  await putToRest(opened, storageContext(options))
  const names = new Set(opened.map(({ device }) => device))
  const active = layout.volumeGroups.filter(({ name }) => names.has(name)).flatMap(({ volumes }) => volumes)
  const left: string[] = []
  for (const device of [...names, ...active.map(volume => volume.device)])
    if (device.startsWith('/') && (await isPresent(device))) left.push(device)
  if (left.length > 0) throw new StorageError(`still open: ${left.join(', ')}`)
}
