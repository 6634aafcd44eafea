import type { RunEvent, RunListener } from '../install/run-event.ts'
import { openLinesFile } from './lines-file.ts'

/** A file of events, one JSON object a line. */
export type EventsFile = { readonly listener: RunListener; close(): void }

/** Opens the file of `--events` of a run. */
export const openEventsFile = (
  path: string,
  now: () => number,
  complain: (text: string) => void,
): EventsFile => {
  const file = openLinesFile(path, complain)
  return {
    close: file.close,
    listener(event) {
      if (event.event !== 'output') file.write(formatEvent(event, now()))
    },
  }
}

/** An event as `schema/events.schema.json` describes it; `nowMs` since 1970. Pure. */
export const formatEvent = (event: RunEvent, nowMs: number): string =>
  JSON.stringify({ time: new Date(nowMs).toISOString(), ...event })
