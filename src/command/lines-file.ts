import { closeSync, openSync, writeSync } from 'node:fs'
import { messageOf } from '../apply/apply-error.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'

/** The file of `--events`: one JSON object a line. */
export type LinesFile = { readonly write: (line: string) => void; readonly close: () => void }

/**
 * Opens the file of `--events`, which is made anew, or a pipe or terminal that is there. Each line is written at once. A
 * file that can be written no longer, such as on a full disk, is told once, and does not stop the run.
 */
export const openLinesFile = (path: string, complain: (text: string) => void): LinesFile => {
  let file: number | undefined = open(path)
  const close = (): void => {
    if (file !== undefined) closeSync(file)
    file = undefined
  }
  return {
    close,
    write: line => {
      if (file === undefined) return
      try {
        writeSync(file, `${line}\n`)
      } catch (error) {
        complain(`fai-classes: --events ${path}: ${messageOf(error)}; no more events are written`)
        close()
      }
    },
  }
}

const open = (path: string): number => {
  try {
    return openSync(path, 'w', 0o640)
  } catch (error) {
    throw new EnvironmentError(`--events ${path}: ${messageOf(error)}`)
  }
}
