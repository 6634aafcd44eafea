import type { StorageStep } from '../../plan/disk/storage-plan.ts'
import { CommandError, messageOf } from '../apply-error.ts'

/** A step did not do what was planned. */
export class StorageError extends Error {
  override readonly name: string = 'StorageError'
}

/** A step failed, and no later one was begun. The message names step, command, last output and log file. */
export class StorageStepError extends StorageError {
  override readonly name = 'StorageStepError'
  readonly step: StorageStep

  constructor(step: StorageStep, cause: unknown, logFile: string) {
    const command =
      cause instanceof CommandError
        ? [`  command: ${cause.command}`, ...cause.result.tail.map(line => `  | ${line}`)]
        : []
    const lines = [
      `step "${step.id}" (${step.title}) failed: ${messageOf(cause)}`,
      ...command,
      `  log: ${logFile}`,
    ]
    super(lines.join('\n'), { cause })
    this.step = step
  }
}
