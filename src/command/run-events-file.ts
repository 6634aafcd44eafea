import { closeSync, openSync, writeSync } from 'node:fs'
import { messageOf } from '../apply/apply-error.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import type { RunEvent, RunListener } from '../install/run-event.ts'

/** A file of events, one JSON object a line. */
export type EventsFile = { readonly listener: RunListener; close(): void }

/**
 * Opens the file of `--events`, which is made anew, or a pipe or terminal that is there. Each event is written at once. A
 * file that can be written no longer, such as on a full disk, is told once, and does not stop the run.
 */
export const openEventsFile = (
  path: string,
  now: () => number,
  complain: (text: string) => void,
): EventsFile => {
  let file: number | undefined = open(path)
  const close = (): void => {
    if (file !== undefined) closeSync(file)
    file = undefined
  }
  return {
    close,
    listener(event) {
      if (file === undefined || event.event === 'output') return
      try {
        writeSync(file, `${formatEvent(event, now())}\n`)
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

/** An event as `schema/events.schema.json` describes it; `nowMs` since 1970. Pure. */
export const formatEvent = (event: RunEvent, nowMs: number): string =>
  JSON.stringify({ time: new Date(nowMs).toISOString(), ...event })
