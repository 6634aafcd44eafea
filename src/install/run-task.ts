import { ApplyError, TaskError } from '../apply/apply-error.ts'
import { reportFailure } from '../apply/apply-plan.ts'
import type { LocalStep } from '../plan/step.ts'
import { failureCode, type Task } from '../plan/task.ts'
import { runHooks } from './hooks.ts'
import { type FaiRun, StopRun } from './run.ts'
import { stopWhereRaised } from './run-file.ts'

/**
 * A task as FAI wraps each one (fai-semantics.md, section 2.4): its hooks, unless something marked it as skipped before;
 * then the task itself, unless a hook did. The monitor hears of both.
 */
export const runTask = async (task: Task, run: FaiRun, body: () => Promise<void>): Promise<void> => {
  const { errors, monitor, reporter } = run
  errors.begin()
  let isSkipped = true
  try {
    if (!errors.isMarkedSkipped(task)) await runHooks(task, run)
    isSkipped = errors.takeSkipMark(task)
    monitor.send(`${isSkipped ? 'TASKSKIP' : 'TASKBEGIN'} ${task}`)
    if (isSkipped) return reporter.taskSkipped(task)
    reporter.taskBegins(task)
    await body()
  } catch (error) {
    // Whoever ends a run has raised why; a task that was broken off has nobody to say so.
    if (!(error instanceof StopRun)) errors.raise(failureCode('faiend'))
    throw error
  } finally {
    const code = errors.end()
    if (!isSkipped) {
      monitor.send(`TASKEND ${task} ${code}`)
      reporter.taskEnds(task, code)
    }
  }
}

/** FAI dies there whatever `STOP_ON_ERROR` says: all later tasks would write into the running system. */
const NOTHING_WITHOUT: readonly Task[] = ['partition', 'mountdisks']

/** A step and its place in the whole plan, from 0. */
export type PlacedStep = { readonly step: LocalStep; readonly index: number }

/** Steps with their places. Pure. */
export const placeSteps = (steps: readonly LocalStep[]): readonly PlacedStep[] =>
  steps.map((step, index) => ({ step, index }))

/**
 * Carries out the steps of a task, up to the first that fails: what that counts as is `failureCode`, and above
 * `STOP_ON_ERROR` the run ends.
 */
export const runSteps = async (task: Task, steps: readonly PlacedStep[], run: FaiRun): Promise<void> => {
  const { errors, reporter, applying, signal } = run
  try {
    for (const { step, index } of steps) {
      signal.throwIfAborted()
      reporter.stepBegins(task, step.title)
      if (step.action.kind === 'run-script') reporter.scriptBegins(task, step.action.name, 'script')
      await performWatched({ step, index }, run)
    }
  } catch (error) {
    if (!(error instanceof ApplyError)) throw error
    signal.throwIfAborted()
    reporter.complain(reportFailure(error, applying.context).message)
    errors.raise(error.cause instanceof TaskError ? error.cause.code : failureCode(task))
    stopWhereRaised(run, `task ${task}`)
    if (NOTHING_WITHOUT.includes(task)) throw new StopRun('there is no target to go on with')
  }
}

/** An update tells which script changed what; a new system is compared with nothing. */
const performWatched = async ({ step, index }: PlacedStep, run: FaiRun): Promise<void> => {
  const perform = (): Promise<void> => run.applying.perform(step, index)
  if (run.action === 'softupdate' && step.action.kind === 'run-script') {
    await run.watch.around(step.action.name, perform)
  } else await perform()
}
