import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeLogFile } from '../apply/log-file.ts'
import { STOP_ON_ERROR } from '../plan/task.ts'

/**
 * FAI's error codes and skip markers: files of the log directory, which the programs `task_error` and `skiptask` of
 * `bin/tools` write too (fai-semantics.md, sections 2.4 and 2.6).
 */
export type TaskErrors = {
  /** What a task says of itself; both maxima rise. */
  raise(code: number): void
  /** A task begins, perhaps inside of another: nothing is wrong with it yet. */
  begin(): void
  /** The task that began last ends; gives its worst, which counts for the task around it, too. */
  end(): number
  /** The worst of the run. */
  worst(): number
  isMarkedSkipped(task: string): boolean
  /** Whether the task is to be left out; the mark is gone then. */
  takeSkipMark(task: string): boolean
}

/** Errors of the run that logs to this directory; those of an earlier one are forgotten. */
export const openTaskErrors = (logDirectory: string): TaskErrors => {
  mkdirSync(logDirectory, { recursive: true, mode: 0o750 })
  const read = (file: string): number => {
    try {
      return Number.parseInt(readFileSync(join(logDirectory, file), 'utf8'), 10) || 0
    } catch {
      return 0
    }
  }
  const write = (file: string, code: number): void => writeLogFile(join(logDirectory, file), `${code}\n`)
  const mark = (task: string): string => join(logDirectory, `skip.${task}`)
  write('task_error', 0)
  write('task_local_error', 0)
  const around: number[] = []
  return {
    raise(code) {
      for (const file of ['task_local_error', 'task_error']) {
        if (code > read(file)) write(file, code)
      }
    },
    begin() {
      around.push(read('task_local_error'))
      write('task_local_error', 0)
    },
    end() {
      const code = read('task_local_error')
      write('task_local_error', Math.max(code, around.pop() ?? 0))
      return code
    },
    worst: () => read('task_error'),
    isMarkedSkipped: task => existsSync(mark(task)),
    takeSkipMark(task) {
      const isMarked = existsSync(mark(task))
      rmSync(mark(task), { force: true })
      return isMarked
    },
  }
}

/** The code above which the run ends: `$STOP_ON_ERROR`, 700 where that is no number. Pure. */
export const stopAbove = (variables: ReadonlyMap<string, string>): number => {
  const text = variables.get('STOP_ON_ERROR') ?? ''
  return /^[0-9]+$/.test(text) ? Number(text) : STOP_ON_ERROR
}
