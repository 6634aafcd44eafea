import type { Applying } from '../apply/apply-plan.ts'
import type { Runner } from '../apply/runner.ts'
import type { TaskLog } from '../apply/task-log.ts'
import type { Task } from '../plan/task.ts'
import type { Monitor } from './monitor.ts'
import type { ScriptKind } from './run-event.ts'
import type { ScriptWatch } from './script-watch.ts'
import type { Shell } from './shell.ts'
import type { TaskErrors } from './task-errors.ts'

/** What files of a config space need that are run, also where nothing is installed. */
export type ScriptRun = {
  /** Directory of the config space. */
  readonly configSpace: string
  readonly logDirectory: string
  readonly shell: Shell
  readonly errors: Pick<TaskErrors, 'worst'>
  readonly log: Pick<TaskLog, 'line' | 'status'>
  readonly run: Runner
  readonly signal: AbortSignal
  readonly reporter: Pick<Reporter, 'scriptBegins' | 'scriptEnded' | 'complain'>
  /** No script and no hook may take longer. */
  readonly scriptSeconds: number
}

/** One run of FAI's tasks: what all tasks share. */
export type FaiRun = ScriptRun & {
  /** `install`, `dirinstall`, `softupdate`, or the name of another action. */
  readonly action: string
  readonly errors: TaskErrors
  readonly monitor: Monitor
  readonly log: TaskLog
  readonly applying: Applying
  readonly reporter: Reporter
  /** What scripts of task `configure` change: one by one where a system is updated, all together where one is made. */
  readonly watch: ScriptWatch
  /** The class list as it stands: FAI's few before task `defclass`. */
  classes: readonly string[]
}

/** Gets told what happens, in the order in which it does. */
export type Reporter = {
  taskBegins(task: Task): void
  taskEnds(task: Task, code: number): void
  taskSkipped(task: Task): void
  /** A step of the plan is about to be done. */
  stepBegins(task: Task, title: string): void
  scriptBegins(task: Task, name: string, kind: ScriptKind): void
  /** A class script, a hook, a script or a test has ended. */
  scriptEnded(task: Task, name: string, exitCode: number): void
  /** What an administrator must read: a failure, or a class script that was left out. */
  complain(text: string): void
}

/** The run ends before its last task; why was told. */
export class StopRun extends Error {
  override readonly name = 'StopRun'
}
