import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Storage } from '../../model/storage.ts'
import type { StoragePlan, StorageStep, StorageWord } from '../../plan/disk/storage-plan.ts'
import { renderDiskVariables } from '../../plan/disk/variables.ts'
import { RefusedError } from '../apply-error.ts'
import type { Runner } from '../runner.ts'
import { openTaskLog } from '../task-log.ts'
import { continueJournal, JOURNAL, type Journal, type JournalWriter, startJournal } from './journal.ts'
import {
  bringBack,
  describeBefore,
  isDone,
  performStep,
  putToRest,
  recoverStep,
  type StepContext,
  shownCommand,
  unmountLeft,
} from './perform-step.ts'
import { refuseResume } from './refuse-resume.ts'
import { refuseMissingPrograms, refuseStorage } from './refuse-storage.ts'
import { refuseWriters } from './refuse-writers.ts'
import { runSteps } from './schedule.ts'
import { settleArrays } from './settle-arrays.ts'
import { StorageError, StorageStepError } from './storage-error.ts'

/** What applying a plan of the storage needs of the outside. */
export type ApplyStorageOptions = {
  readonly run: Runner
  readonly searchPath: string
  readonly logDirectory: string
  /** Of the configuration, in file order; the plan names them by their number. */
  readonly passphrases: readonly string[]
  /** Reads the machine anew. */
  readonly readStorage: () => Promise<Storage>
  /** Called when a step begins, and when it is done. */
  readonly onStep: (step: StorageStep, event: 'begin' | 'done' | 'was-done') => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly signal: AbortSignal
  /** How long a program may take, in place of what is usual for its kind of step. */
  readonly limitSeconds?: number | undefined
}

/**
 * Carries out a plan, and finishes one that was killed on the way. Refusals (`RefusedError`, `EnvironmentError`) come before
 * anything is changed. The first step that fails (`StorageStepError`) ends the run; its journal stays, and the next run
 * goes on from there.
 */
export const applyStorage = async (
  plan: StoragePlan,
  configuration: string,
  options: ApplyStorageOptions,
): Promise<void> => {
  await mkdir(options.logDirectory, { recursive: true, mode: 0o750 })
  await refuseMissingPrograms(plan.steps, options.searchPath)
  refuseStorage(plan, await options.readStorage())
  await refuseWriters(plan.steps)
  const named = withNumberedSecrets(plan, options.passphrases)
  const journal = await startJournal(options.logDirectory, { configuration, plan: named })
  await carryOut(named, { begun: new Set(), done: new Set() }, journal, options)
}

/** Finishes the run that a journal tells of; `configuration` must be the one that it was begun with. */
export const resumeStorage = async (
  { plan, begun, done, ...journal }: Journal,
  configuration: string,
  options: ApplyStorageOptions,
): Promise<void> => {
  if (journal.configuration !== configuration) {
    throw new RefusedError(
      `a run in ${options.logDirectory} was not finished, and the configuration is another by now; run again with the one that it was begun with`,
    )
  }
  const left = plan.steps.filter(({ id }) => !done.has(id))
  await refuseMissingPrograms(left, options.searchPath)
  await unmountLeft(storageContext(options))
  await refuseResume(plan.machine, left)
  await settleArrays(plan, { begun, done }, options)
  await refuseWriters(left)
  await carryOut(plan, { begun, done }, await continueJournal(options.logDirectory), options)
}

type Progress = Pick<Journal, 'begun' | 'done'>

const carryOut = async (
  plan: StoragePlan,
  progress: Progress,
  journal: JournalWriter,
  options: ApplyStorageOptions,
): Promise<void> => {
  const { now, onStep } = options
  const context = storageContext(options)
  const log = openTaskLog(options.logDirectory, masker(options.passphrases))
  /** Devices that have lost what steps that were done had put onto them. */
  const empty = new Set<string>()
  const opened: StorageStep[] = []
  const perform = async (step: StorageStep): Promise<void> => {
    const startedAt = now()
    try {
      options.signal.throwIfAborted()
      if (progress.done.has(step.id) && !empty.has(step.device)) {
        const came = await bringBack(step, context)
        if (came !== 'there') opened.push(step)
        if (came === 'empty') empty.add(step.device)
        return onStep(step, 'was-done')
      }
      onStep(step, 'begin')
      await journal.begin(step, await describeBefore(step, context))
      context.log(`--- ${step.id}: ${step.title}\n$ ${shownCommand(step, context)}`)
      opened.push(step)
      await doStep(step, progress.begun.has(step.id), context)
      context.log(`--- ${step.id}: done in ${((now() - startedAt) / 1000).toFixed(1)} s`)
      await journal.done(step)
      onStep(step, 'done')
    } catch (cause) {
      const log = openTaskLog(options.logDirectory, masker(options.passphrases))
      const error = new StorageStepError(step, cause, log.pathOf('partition'))
      log.tryLine('partition', error.message)
      throw error
    }
  }
  try {
    await runSteps(plan.steps, perform)
    await writeOutputs(plan, options)
    await journal.finish()
  } catch (error) {
    await putToRest(opened, context).catch(cause => log.tryLine('partition', String(cause)))
    throw error
  } finally {
    await journal.close()
  }
}

/** What the steps of a plan share. */
export const storageContext = ({
  run,
  logDirectory,
  passphrases,
  signal,
  limitSeconds,
}: ApplyStorageOptions): StepContext => {
  const log = openTaskLog(logDirectory, masker(passphrases))
  return {
    run,
    logDirectory,
    secrets: passphrases,
    log: line => log.line('partition', line),
    signal,
    limitSeconds,
  }
}

/** A step that was begun before may have been done, half done, or not at all. */
const doStep = async (step: StorageStep, wasBegun: boolean, context: StepContext): Promise<void> => {
  if (wasBegun && step.repeat === 'refuse') {
    throw new StorageError(
      `it was begun and not finished, and nobody but you can tell what is left; once it is well, finish it by hand with: ${shownCommand(step, context)}; then remove ${join(context.logDirectory, JOURNAL)}, and run again`,
    )
  }
  if (wasBegun && step.repeat === 'resume' && (await isDone(step, context))) return
  if (wasBegun) await recoverStep(step, context)
  await performStep(step, context)
}

/** The files that FAI's later tasks read, and what `update-initramfs` and `mdadm` of the target will. */
const writeOutputs = async (
  { fstab, diskVariables, crypttab, mdadmConf }: StoragePlan,
  { logDirectory }: ApplyStorageOptions,
): Promise<void> => {
  const files = [
    ['fstab', fstab],
    ['disk_var.sh', [renderDiskVariables(diskVariables)].flat().join('')],
    ['crypttab', crypttab],
    ['mdadm.conf', mdadmConf],
  ] as const
  for (const [name, text] of files)
    if (text !== '') await writeFile(join(logDirectory, name), text, { mode: 0o644, flush: true })
}

/** The same plan with numbers in place of passphrases, so that neither journal nor log can show one. Pure. */
export const withNumberedSecrets = (plan: StoragePlan, passphrases: readonly string[]): StoragePlan => {
  const numbered = (word: StorageWord): StorageWord =>
    typeof word === 'object' && 'secret' in word ? { secret: `#${passphrases.indexOf(word.secret)}` } : word
  const encrypted = plan.layout.encrypted.map(({ volume: { passphrase, ...volume }, ...mapping }) => ({
    ...mapping,
    volume: { ...volume, ...(passphrase === undefined ? {} : { passphrase: '***' }) },
  }))
  return {
    ...plan,
    layout: { ...plan.layout, encrypted },
    steps: plan.steps.map(step => ({
      ...step,
      argv: step.argv.map(numbered),
      ...(step.stdin === undefined || typeof step.stdin === 'string' ? {} : { stdin: numbered(step.stdin) }),
    })),
  }
}

const masker =
  (passphrases: readonly string[]) =>
  (text: string): string =>
    passphrases.reduce((masked, secret) => (secret === '' ? masked : masked.replaceAll(secret, '***')), text)
