import { resolve } from 'node:path'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import type { Reporter } from '../install/run.ts'
import { eventReporter, type RunListener } from '../install/run-event.ts'
import type { CommandDeps } from './deps.ts'
import { openEventsFile } from './run-events-file.ts'
import { lineListener } from './run-reporter.ts'
import { terminalListener } from './run-terminal.ts'

/** Where everything that happens in a run is told: a terminal or lines on stderr, and the file of `--events`. */
export type Progress = {
  readonly emit: RunListener
  readonly reporter: Reporter
  /** Tells diagnostics, each once in a run. */
  diagnose(diagnostics: readonly Diagnostic[]): void
  close(): void
}

/** Opens them; an `EnvironmentError` where the file cannot be written. `listener` gets the same. */
export const openProgress = (
  deps: CommandDeps,
  eventsPath: string | undefined,
  listener?: RunListener,
): Progress => {
  const { terminal, complain, now } = deps
  const people = terminal === undefined ? lineListener(complain, now) : terminalListener(terminal, now)
  const file =
    eventsPath === undefined ? undefined : openEventsFile(resolve(deps.cwd, eventsPath), now, complain)
  const emit: RunListener = event => {
    people(event)
    file?.listener(event)
    listener?.(event)
  }
  const told = new Set<string>()
  return {
    emit,
    reporter: eventReporter(emit, now),
    diagnose(diagnostics) {
      for (const diagnostic of diagnostics) {
        const line = formatDiagnostic(diagnostic)
        if (!told.has(line)) emit({ event: 'diagnostic', ...diagnostic })
        told.add(line)
      }
    },
    close: () => file?.close(),
  }
}
