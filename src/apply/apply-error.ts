import { formatReasons } from '../plan/format-plan.ts'
import type { Step } from '../plan/step.ts'
import type { CommandResult } from './runner.ts'

/** A program that ended with anything but exit code 0, or did not end in time. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly command: string
  readonly result: CommandResult

  constructor(command: string, result: CommandResult) {
    super(
      result.timedOut
        ? 'the program did not end in time'
        : `the program ended with exit code ${result.exitCode}`,
    )
    this.command = command
    this.result = result
  }
}

/** The plan is not begun: the machine, the target or the image is not what it needs. Nothing was changed. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

/** A step failed. The message names step, command, last output, what asked for it, and log file. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError'
  readonly step: Step
  readonly index: number
  readonly logFile: string

  constructor(
    at: { step: Step; index: number; logFile: string },
    cause: unknown,
    mask: (text: string) => string,
  ) {
    const { step, index, logFile } = at
    const lines = [
      `step ${index + 1} "${step.id}" (${step.title}) failed: ${messageOf(cause)}`,
      ...(cause instanceof CommandError ? commandLines(cause) : []),
      ...(step.because.length === 0 ? [] : [`  asked for by: ${formatReasons(step.because)}`]),
      `  log: ${logFile}`,
    ]
    super(mask(lines.join('\n')), { cause })
    this.step = step
    this.index = index
    this.logFile = logFile
  }
}

/** A failure that has a code of its own in FAI, where others count by their task. */
export class TaskError extends Error {
  override readonly name = 'TaskError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** All steps were done, but something stayed mounted or attached. */
export class CleanupError extends Error {
  override readonly name = 'CleanupError'
}

const commandLines = ({ command, result }: CommandError): readonly string[] => [
  `  command: ${command}`,
  ...result.tail.map(line => `  | ${line}`),
]

/** The message of anything that was thrown. Pure. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
