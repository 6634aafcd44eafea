import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { findExecuted } from '../inspect/config-space-executed.ts'
import { foreseePrologue } from '../install/prologue.ts'
import { StopRun } from '../install/run.ts'
import { eventReporter, type RunListener } from '../install/run-event.ts'
import { UNWATCHED } from '../install/script-watch.ts'
import { tasksOf } from '../plan/task.ts'
import { configSpaceDirectory } from './config-space-directory.ts'
import { type CommandDeps, EXIT } from './deps.ts'
import { runDate } from './log-directory.ts'
import type { LookupAnswer } from './look-up.ts'
import { actionOf, askFor, type MadePlan, type PlanSetting, settingsOf, withoutPlan } from './make-plan.ts'
import { openRun, type RunPlace } from './open-run.ts'
import { nothingAsked, planQuestions } from './plan-questions.ts'
import type { Progress } from './run-progress.ts'
import { lineListener } from './run-reporter.ts'

/** A plan as a run would make it, and FAI's worst error code that was raised on the way. */
export type ForeseenPlan = MadePlan & { readonly code: number }

/**
 * The plan that a run would make now: class scripts and `.var` files of the config space are executed as the run executes them,
 * with a log directory that is removed. Hooks are not: each of the action is the warning `plan-incomplete`.
 */
export const foreseePlan = async (setting: PlanSetting): Promise<ForeseenPlan> => {
  const { args, deps, goal } = setting
  const directory = await configSpaceDirectory(args.configSpace, deps)
  const answer = await askFor(setting, directory.value, args.facts, args.add)
  const { host, resolved } = answer
  if (directory.value === undefined || host === undefined) {
    return { ...withoutPlan(answer, [...directory.diagnostics, ...answer.diagnostics]), code: 0 }
  }
  const scratch = await mkdtemp(join(tmpdir(), 'fai-classes-foreseen-'))
  try {
    const foreseen = await foreseeAt(setting, answer, {
      ...{ configSpace: directory.value, host, logDirectory: scratch, isTold: false },
      target: goal.kind === 'update' ? goal.target : join(scratch, 'target'),
      date: runDate(deps.now()),
      known: resolved === undefined ? {} : settingsOf(resolved),
    })
    return { ...foreseen, diagnostics: [...directory.diagnostics, ...foreseen.diagnostics] }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

const foreseeAt = async (
  setting: PlanSetting,
  first: LookupAnswer,
  place: RunPlace,
): Promise<ForeseenPlan> => {
  const diagnostics: Diagnostic[] = []
  const progress = quietProgress(setting.deps, diagnostics)
  const asked = nothingAsked()
  const { configSpace } = place
  const questions = planQuestions(setting, { configSpace, asked }, progress)
  const run = { ...(await openRun(setting, place, progress)), watch: UNWATCHED }
  try {
    await foreseePrologue(run, questions.resolve)
    await questions.plan(run.shell.environment())
  } catch (error) {
    // Why was told, by a class script or by the diagnostics.
    if (!(error instanceof StopRun)) throw error
  }
  const left = { classFiles: false, hooksOf: tasksOf(actionOf(setting.goal)) }
  diagnostics.push(...(await findExecuted(configSpace, run.classes, left)))
  const { planned, answer = first } = asked
  const exitCode = planned === undefined ? asked.exitCode : EXIT.done
  return { planned, answer, diagnostics, exitCode, code: run.errors.worst() }
}

/** Nothing is under way that somebody would watch; what class scripts complain of is said, and diagnostics are kept. */
const quietProgress = ({ complain, now }: CommandDeps, diagnostics: Diagnostic[]): Progress => {
  const say = lineListener(complain, now)
  const emit: RunListener = event => {
    if (event.event === 'message' || event.event === 'script-end') say(event)
  }
  return {
    emit,
    reporter: eventReporter(emit, now),
    diagnose: found => void diagnostics.push(...found),
    close: () => undefined,
  }
}
