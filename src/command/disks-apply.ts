import { createHash } from 'node:crypto'
import { ApplyError, RefusedError } from '../apply/apply-error.ts'
import { makeRunner, searchPath } from '../apply/runner.ts'
import { type ApplyStorageOptions, applyStorage, resumeStorage } from '../apply/storage/apply-storage.ts'
import { readJournal } from '../apply/storage/journal.ts'
import { lockStorage } from '../apply/storage/lock.ts'
import { StorageError } from '../apply/storage/storage-error.ts'
import { wakeStorage } from '../apply/storage/wake.ts'
import type { Outcome } from '../diagnostic/diagnostic.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { keepsAnything } from '../language/disk-config-keeps.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import type { StoragePlan } from '../plan/disk/storage-plan.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode, UsageError } from './deps.ts'
import { type DisksArgs, type DisksInput, readThisMachine } from './disks-input.ts'

/**
 * Changes the disks of this machine: by a new plan, or by the one of a run in the same log directory that did not come to its
 * end. One line a step goes to stderr.
 */
export const applyDisks = async (
  input: DisksInput,
  args: DisksArgs,
  makePlan: () => Promise<Outcome<StoragePlan>>,
  deps: CommandDeps,
): Promise<ExitCode> => {
  if (args.machine !== undefined)
    throw new UsageError('--machine describes a machine, and apply changes this one')
  if (!deps.isRoot) throw new EnvironmentError('changing disks needs root')
  try {
    const unlock = await lockStorage()
    try {
      return await applyLocked(input, makePlan, deps)
    } finally {
      await unlock()
    }
  } catch (error) {
    const isOurs =
      error instanceof StorageError || error instanceof RefusedError || error instanceof ApplyError
    if (!isOurs) throw error
    deps.complain(`fai-classes: ${error.message}`)
    return EXIT.findings
  }
}

const applyLocked = async (
  input: DisksInput,
  makePlan: () => Promise<Outcome<StoragePlan>>,
  deps: CommandDeps,
): Promise<ExitCode> => {
  const configuration = configurationDigest(input)
  const options = optionsOf(input, deps)
  const journal = await readJournal(input.logDirectory)
  if (journal !== undefined && !journal.isFinished) {
    deps.complain(`finishing the run that ${input.logDirectory} tells of`)
    await resumeStorage(journal, configuration, options)
    return EXIT.done
  }
  const config = parseDiskConfig(input.text, input.path).value
  const { ignoredGroups } = input
  const rest =
    config !== undefined && keepsAnything(config) ? await wakeStorage({ ...options, ignoredGroups }) : noRest
  try {
    const { value: plan, diagnostics } = await makePlan()
    complainAll(deps, diagnostics)
    if (plan === undefined) {
      await rest()
      return EXIT.findings
    }
    await applyStorage(plan, configuration, options)
  } catch (error) {
    await rest()
    throw error
  }
  deps.complain(`fstab, disk_var.sh and the log are in ${input.logDirectory}`)
  return EXIT.done
}

/** What a run that was killed is finished with: the same digest, for the text itself may hold passphrases. */
export const configurationDigest = ({
  text,
  disklist,
  isInitial,
  ignoredGroups,
}: Pick<DisksInput, 'text' | 'disklist' | 'isInitial' | 'ignoredGroups'>): string =>
  createHash('sha256')
    .update(JSON.stringify([text, disklist, isInitial, ignoredGroups]))
    .digest('hex')

const noRest = async (): Promise<void> => {}

const optionsOf = (
  { text, path, logDirectory, disklist }: DisksInput,
  deps: CommandDeps,
): ApplyStorageOptions => {
  const { environment, now, signal, limitSeconds } = deps
  const started = now()
  const encrypted = parseDiskConfig(text, path).value?.encrypted ?? []
  return {
    run: makeRunner(environment),
    searchPath: searchPath(environment),
    logDirectory,
    passphrases: encrypted.flatMap(({ passphrase }) => passphrase ?? []),
    readStorage: () => readThisMachine(disklist, deps),
    onStep: ({ title }, event) => {
      const seconds = Math.round((now() - started) / 1000)
      if (event === 'begin') deps.complain(`[${String(seconds).padStart(4)} s] ${title}`)
    },
    now,
    signal,
    limitSeconds,
  }
}
