import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import type { Task } from '../plan/task.ts'
import type { Reporter } from './run.ts'

/** What a file of the config space is for. */
export type ScriptKind = 'class-script' | 'hook' | 'script' | 'test'

/** How a run ended. */
export type RunEnd = {
  readonly host: string
  readonly action: string
  /** Of this program (contract, section 4). */
  readonly exitCode: number
  /** FAI's worst task error of the run. */
  readonly taskError: number
  readonly seconds: number
  readonly failedScripts: readonly { readonly name: string; readonly exitCode: number }[]
  readonly logDirectory: string
}

/** Something that happened in a run; `schema/events.schema.json` shows them as `--events` writes them. */
export type RunEvent =
  | {
      readonly event: 'run-begin'
      readonly action: string
      readonly host: string
      readonly logDirectory: string
    }
  | { readonly event: 'task-begin' | 'task-skip'; readonly task: Task }
  | { readonly event: 'task-end'; readonly task: Task; readonly code: number; readonly seconds: number }
  | { readonly event: 'step'; readonly task: Task; readonly title: string }
  | {
      readonly event: 'script-begin'
      readonly task: Task
      readonly name: string
      readonly kind: ScriptKind
    }
  | {
      readonly event: 'script-end'
      readonly task: Task
      readonly name: string
      readonly exitCode: number
      readonly seconds: number
    }
  | ({ readonly event: 'diagnostic' } & Diagnostic)
  | { readonly event: 'message'; readonly message: string }
  /** A line that a program printed; it is in the logs, too. */
  | { readonly event: 'output'; readonly line: string }
  | ({ readonly event: 'run-end' } & RunEnd)

/** Gets every event in the order in which things happen. */
export type RunListener = (event: RunEvent) => void

/** Makes events of what a run reports; `now` gives milliseconds, and tasks and scripts are timed by it. */
export const eventReporter = (emit: RunListener, now: () => number): Reporter => {
  const secondsSince = (beganMs: number): number => Math.round((now() - beganMs) / 100) / 10
  const tasks: number[] = []
  let scriptBeganMs = now()
  return {
    taskBegins(task) {
      tasks.push(now())
      emit({ event: 'task-begin', task })
    },
    taskEnds: (task, code) =>
      emit({ event: 'task-end', task, code, seconds: secondsSince(tasks.pop() ?? now()) }),
    taskSkipped: task => emit({ event: 'task-skip', task }),
    stepBegins: (task, title) => emit({ event: 'step', task, title }),
    scriptBegins(task, name, kind) {
      scriptBeganMs = now()
      emit({ event: 'script-begin', task, name, kind })
    },
    scriptEnded: (task, name, exitCode) =>
      emit({ event: 'script-end', task, name, exitCode, seconds: secondsSince(scriptBeganMs) }),
    complain: message => emit({ event: 'message', message }),
  }
}
