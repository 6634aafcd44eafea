import { appendFileSync, writeFileSync } from 'node:fs'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { messageOf } from './apply-error.ts'

/** A file of the log directory cannot be written, as on a full disk: a run that cannot tell what it does ends. */
export class LogFileError extends EnvironmentError {}

/** Of root and its group, as FAI's logs are. */
const MODE = { mode: 0o640 }

/** Appends to a file of a log directory; throws a `LogFileError`. */
export const appendLogFile = (path: string, text: string): void =>
  naming(path, () => appendFileSync(path, text, MODE))

/** Writes a file of a log directory; throws a `LogFileError`. */
export const writeLogFile = (path: string, text: string): void =>
  naming(path, () => writeFileSync(path, text, MODE))

const naming = (path: string, write: () => void): void => {
  try {
    write()
  } catch (cause) {
    throw new LogFileError(`the log ${path} cannot be written: ${messageOf(cause)}`, { cause })
  }
}
