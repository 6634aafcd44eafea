import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Task } from '../plan/task.ts'
import { appendLogFile } from './log-file.ts'

/** The log files of one run, under the names that FAI gives them. Every line is masked before it is written. */
export type TaskLog = {
  /** A line of the task's own file and of `fai.log`. */
  line(task: Task, text: string): void
  /** The same, but a log that cannot be written is no fault: for what must be undone in any case. */
  tryLine(task: Task, text: string): void
  /** A line of `status.log`, in FAI's format, and of the files of the task. */
  status(task: Task, name: string, exitCode: number): void
  /** Where the output of a task goes. */
  pathOf(task: Task): string
}

/** Gets what is logged, masked, once it is written. */
export type LogListener = {
  line(text: string): void
  status(task: Task, name: string, exitCode: number): void
}

/** Where it is not `fai.log`. */
const FILES: Partial<Readonly<Record<Task, string>>> = {
  partition: 'format.log',
  mountdisks: 'format.log',
  extrbase: 'software.log',
  debconf: 'software.log',
  repository: 'software.log',
  updatebase: 'software.log',
  instsoft: 'software.log',
  configure: 'scripts.log',
  tests: 'scripts.log',
  sysinfo: 'sysinfo.log',
  inventory: 'inventory.log',
}
const WHOLE = 'fai.log'

/** Opens the log directory, which is made (0750) where it is missing. */
export const openTaskLog = (
  directory: string,
  mask: (text: string) => string,
  listener?: LogListener,
): TaskLog => {
  mkdirSync(directory, { recursive: true, mode: 0o750 })
  const append = (file: string, text: string): void => appendLogFile(join(directory, file), `${mask(text)}\n`)
  const line = (task: Task, text: string): void => {
    append(WHOLE, text)
    const own = FILES[task]
    if (own !== undefined) append(own, text)
    listener?.line(mask(text))
  }
  return {
    line,
    tryLine(task, text) {
      try {
        line(task, text)
      } catch {
        // What is undone must be undone where the log is gone, too.
      }
    },
    status(task, name, exitCode) {
      const text = formatStatus(name, exitCode)
      append('status.log', text)
      line(task, text)
      listener?.status(task, name, exitCode)
    },
    pathOf: task => join(directory, FILES[task] ?? WHOLE),
  }
}

/** A line of FAI's `status.log`: the name in 20 columns, then how it ended. Pure. */
export const formatStatus = (name: string, exitCode: number): string =>
  `${name.padEnd(20)} ${exitCode === 0 ? 'OK.' : `FAILED with exit code ${exitCode}.`}`
