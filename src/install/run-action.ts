import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../apply/apply-error.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { TIMED_OUT } from '../model/exit-code.ts'
import type { LocalStep } from '../plan/step.ts'
import { failureCode, isSystemAction, type SystemAction, type Task, tasksInside } from '../plan/task.ts'
import type { Wanted } from '../plan/update/run-difference.ts'
import { changeBoot } from './boot-change.ts'
import { runHooks } from './hooks.ts'
import { runOtherAction } from './other-actions.ts'
import { type ResolveClasses, runPrologue } from './prologue.ts'
import { saveRemoteLogs } from './remote-logs.ts'
import { type FaiRun, StopRun } from './run.ts'
import { readIntoShell, stopWhereRaised, tellLate } from './run-file.ts'
import { type PlacedStep, placeSteps, runSteps, runTask } from './run-task.ts'
import { runTests } from './tests.ts'

/** What a run asks for while it goes. What is wrong is told by whoever answers, and the run ends. */
export type RunQuestions = {
  readonly resolve: ResolveClasses
  /** Everything the action will do, with these variables; nothing of it is done before all of it is known. */
  plan(variables: Readonly<Record<string, string>>): Promise<RunPlan | undefined>
  /** Rejects where the machine, the target or the image is not what the steps need. */
  refuse(steps: readonly LocalStep[]): Promise<void>
}

/** The steps of a run, and what the host is after them. */
export type RunPlan = { readonly steps: readonly LocalStep[]; readonly wanted: Wanted }

/** What an action is asked for beside its tasks. */
export type ActionSetting = {
  readonly choice: Choice
  /** Called before the logs are saved and the target is unmounted. */
  readonly atEnd: (wanted: Wanted) => Promise<void>
}

/** Which of the tasks of the action are run; FAI's own prologue always is. */
export type Choice = { readonly only: readonly Task[]; readonly skip: readonly Task[] }

/**
 * One action in FAI's order (fai-semantics.md, section 2.2): classes, variables, the whole plan, and then its tasks. Gives
 * the worst error code, 0 where nothing went wrong. An action that installs nothing has no plan. A run that is ended (`StopRun`, or an abort) still saves its logs.
 */
export const runAction = async (
  action: string,
  run: FaiRun,
  questions: RunQuestions,
  setting: ActionSetting,
): Promise<number> => {
  let steps: readonly PlacedStep[] = []
  try {
    await runPrologue(run, questions.resolve)
    if (isSystemAction(action)) {
      const planned = await questions.plan(run.shell.environment())
      if (planned === undefined) throw new StopRun('there is no plan')
      await questions.refuse(planned.steps)
      steps = placeSteps(planned.steps)
      await runSystemAction(action, { steps, wanted: planned.wanted }, run, setting)
    } else {
      await runTask('action', run, () => runOtherAction(action, run))
    }
  } catch (error) {
    await saveWhatIsThere(steps, run)
    if (!(error instanceof StopRun)) throw error
    run.errors.raise(failureCode('faiend'))
  }
  return run.errors.worst()
}

const runSystemAction = async (
  action: SystemAction,
  { steps, wanted }: { readonly steps: readonly PlacedStep[]; readonly wanted: Wanted },
  run: FaiRun,
  { choice, atEnd }: ActionSetting,
): Promise<void> => {
  const tasks = tasksInside(action).filter(task => isChosen(task, choice))
  const makesImage = steps.some(({ step }) => step.action.kind === 'create-image')
  await runTask('action', run, async () => {
    await runTask(action, run, async () => {
      for (const task of tasks) {
        await runTask(task, run, async () => {
          if (task === 'savelog') await atEnd(wanted)
          await runInside(task, stepsOf(task, steps), run)
          // An image is booted by nobody yet.
          if (task === 'chboot' && !makesImage) await changeBoot(run)
        })
      }
    })
    await runTask('faiend', run, async () => undefined)
  })
}

/** Whether a task of the action is run. Pure. */
export const isChosen = (task: Task, { only, skip }: Choice): boolean =>
  (only.length === 0 || only.includes(task)) && !skip.includes(task)

const stepsOf = (task: Task, steps: readonly PlacedStep[]): readonly PlacedStep[] =>
  steps.filter(({ step }) => step.task === task)

const runInside = async (task: Task, steps: readonly PlacedStep[], run: FaiRun): Promise<void> => {
  switch (task) {
    case 'partition':
      await runSteps(task, steps, run)
      return readDiskVariables(run)
    case 'instsoft':
      await runSteps(task, steps, run)
      return tellPackages(run)
    case 'configure':
      return run.action === 'softupdate'
        ? configure(steps, run)
        : run.watch.around(task, () => configure(steps, run))
    case 'tests':
      return runTests(run)
    case 'savelog':
      await runSteps(
        task,
        steps.filter(step => isAllowed(step, run)),
        run,
      )
      return saveRemoteLogs(run)
    default:
      return runSteps(task, steps, run)
  }
}

const configure = async (steps: readonly PlacedStep[], run: FaiRun): Promise<void> => {
  await runSteps('configure', steps, run)
  const { failedScripts } = run.applying.context
  for (const { name, exitCode } of failedScripts) {
    if (exitCode === TIMED_OUT) tellLate(name, run)
  }
  if (failedScripts.length === 0) return
  run.errors.raise(failureCode('configure'))
  stopWhereRaised(run, 'task configure')
}

/** FAI's code for names that no archive has. */
const UNKNOWN_PACKAGE = 321

/** What the host holds was left out because the host says so: that is no error. */
const tellPackages = ({ applying, reporter, errors }: FaiRun): void => {
  for (const { diagnostics, dropped } of applying.context.packageReports) {
    for (const diagnostic of diagnostics) reporter.complain(formatDiagnostic(diagnostic))
    const held = diagnostics.filter(({ code }) => code === 'package-held')
    if (dropped.length > held.length) errors.raise(UNKNOWN_PACKAGE)
  }
}

/** An image of a run that went wrong stays under its other name; a warning is no harm. */
const isAllowed = ({ step }: PlacedStep, { errors }: FaiRun): boolean =>
  step.action.kind !== 'finish-image' || errors.worst() < HARMFUL

/** A script that failed is 420: what it was to do is not done. */
const HARMFUL = 400

/** FAI's `disk_var.sh`: a hook may have written it, too. */
const readDiskVariables = async (run: FaiRun): Promise<void> => {
  const path = join(run.logDirectory, 'disk_var.sh')
  const text = await readFile(path, 'utf8').catch(() => '')
  if (text !== '') await readIntoShell({ path, task: 'partition', cwd: run.logDirectory }, run)
}

/** The end of a run that did not get to its end: hooks of `savelog`, then the logs into the target. */
const saveWhatIsThere = async (steps: readonly PlacedStep[], run: FaiRun): Promise<void> => {
  const { errors, reporter, applying, signal, log } = run
  if (signal.aborted)
    return log.tryLine('action', `the run was ended from outside: ${messageOf(signal.reason)}`)
  if (errors.takeSkipMark('savelog')) return
  try {
    await runHooks('savelog', run)
    for (const { step, index } of stepsOf('savelog', steps)) {
      if (step.action.kind === 'save-logs') await applying.perform(step, index)
    }
    await saveRemoteLogs(run)
  } catch (error) {
    if (!(error instanceof StopRun)) reporter.complain(messageOf(error))
  }
}
