import { mkdir, realpath } from 'node:fs/promises'
import { secretMasker } from '../plan/mask-secrets.ts'
import type { LocalAction, LocalStep, Plan, Step } from '../plan/step.ts'
import { ApplyError, CleanupError, RefusedError } from './apply-error.ts'
import type { ApplyContext, FailedScript, Handler } from './context.ts'
import { copyFile } from './copy-file.ts'
import { attachExtent, formatDevice } from './device.ts'
import { fillVfat } from './fill-vfat.ts'
import { createImage, finishImage } from './image-file.ts'
import { installPackages } from './install-packages.ts'
import { mountDevice, mountKernelFilesystems, unmountAll } from './mount.ts'
import { writeTable } from './partition-table.ts'
import { refusePlan } from './refusals.ts'
import { runProgram } from './run-program.ts'
import { runScript } from './run-script.ts'
import type { Runner } from './runner.ts'
import { saveLogs } from './save-logs.ts'
import { endTargetProcesses } from './target-process.ts'
import { openTaskLog } from './task-log.ts'
import { undoStack } from './undo.ts'
import { makeDirectory, removeFile, writeFile } from './write-file.ts'

/** What applying a plan needs of the outside. */
export type ApplyOptions = {
  readonly run: Runner
  /** Where programs are found; `searchPath` of the environment that `run` was made for. */
  readonly searchPath: string
  /** The root of the installed system; made where it is missing. */
  readonly target: string
  readonly logDirectory: string
  /** Steps that destroy data are refused unless the operator said so. */
  readonly allowDestructive: boolean
  /** Called before each step, so that the reader sees what was being tried when it failed. */
  readonly onStep: (step: Step, index: number) => void
  /** An abort ends the running program with all it started; what was mounted and attached is undone nevertheless. */
  readonly signal: AbortSignal
}

/** How a plan went whose steps were all done. */
export type ApplyResult = {
  /** Scripts of the config space that failed: recorded, not fatal, and yet the run has not gone well. */
  readonly failedScripts: readonly FailedScript[]
}

/** What carries out each kind of action. The type demands one for every kind. */
const HANDLERS: { readonly [K in LocalAction['kind']]: Handler<K> } = {
  run: runProgram,
  'create-image': createImage,
  'write-table': writeTable,
  attach: attachExtent,
  format: formatDevice,
  mount: mountDevice,
  'mount-kernel-filesystems': mountKernelFilesystems,
  'fill-vfat': fillVfat,
  'unmount-all': unmountAll,
  'finish-image': finishImage,
  'make-directory': makeDirectory,
  'write-file': writeFile,
  'remove-file': removeFile,
  'copy-file': copyFile,
  'run-script': runScript,
  'install-packages': installPackages,
  'save-logs': saveLogs,
}

/**
 * Carries out a plan in order and stops at the first failure (`ApplyError`). Decides nothing itself. Whatever
 * happens, all that was mounted or attached is undone in reverse order. Refusals (`RefusedError`,
 * `EnvironmentError`) come before the first step.
 */
export const applyPlan = async (plan: Plan<LocalAction>, options: ApplyOptions): Promise<ApplyResult> => {
  if (!options.allowDestructive && plan.steps.some(({ destroys }) => destroys)) {
    throw new RefusedError('the plan destroys data, and that was not allowed')
  }
  const mask = secretMasker(plan.variables)
  const context = await makeContext(plan, options, mask)
  await refusePlan(plan, context, options.searchPath)
  let failure: Failure | undefined
  for (const [index, step] of plan.steps.entries()) {
    failure = await perform(step, index, context, options)
    if (failure !== undefined) break
  }
  const cleanupFailures = await context.undo.undoAll()
  if (failure !== undefined) {
    const { step, index, cause } = failure
    const error = new ApplyError(
      { step, index, logFile: context.log.pathOf(step.task), cleanupFailures },
      cause,
      mask,
    )
    context.log.tryLine(step.task, error.message)
    throw error
  }
  if (cleanupFailures.length > 0) throw new CleanupError(`left behind: ${cleanupFailures.join('; ')}`)
  return { failedScripts: context.failedScripts }
}

type Failure = { readonly step: Step; readonly index: number; readonly cause: unknown }

const makeContext = async (
  plan: Plan<LocalAction>,
  { run, target, logDirectory, signal }: ApplyOptions,
  mask: (text: string) => string,
): Promise<ApplyContext> => {
  await mkdir(target, { recursive: true, mode: 0o755 })
  const root = await realpath(target)
  const log = openTaskLog(logDirectory, mask)
  return {
    plan,
    target: root,
    logDirectory: await realpath(logDirectory),
    run,
    log,
    undo: undoStack(() => endTargetProcesses(root)),
    devices: new Map(),
    failedScripts: [],
    packageReports: [],
    signal,
  }
}

const perform = async (
  step: LocalStep,
  index: number,
  context: ApplyContext,
  { onStep, signal }: ApplyOptions,
): Promise<Failure | undefined> => {
  try {
    signal.throwIfAborted()
    onStep(step, index)
    context.log.line(step.task, `--- ${index + 1}. ${step.id}: ${step.title}`)
    // The table has for each kind a handler of that kind, which the compiler cannot follow through the index.
    const handler = HANDLERS[step.action.kind] as Handler<LocalAction['kind']>
    await handler(step.action, context, step)
    return undefined
  } catch (cause) {
    return { step, index, cause }
  }
}
