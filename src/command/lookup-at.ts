import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import type { HistoryEntry, ListHistory } from '../model/list-history.ts'
import { parseTime } from '../model/time.ts'
import { type CommandDeps, complainAll, EXIT, UsageError } from './deps.ts'
import type { LookupFormat } from './lookup-output.ts'
import { findRecorded, withHistoryOf } from './open-history-file.ts'

/** What `lookup HOST --at TIME` is asked with; of the other options of `lookup` none means anything here. */
export type LookupAtArgs = {
  readonly host: string
  readonly config: string | undefined
  readonly at: string
  readonly format: LookupFormat
}

/** Prints the list that a host had at a time, as the history has it. */
export const lookupAt = async (
  { host, config, at, format }: LookupAtArgs,
  deps: CommandDeps,
): Promise<void> => {
  const atMs = parseTime(at, deps.now())
  if (atMs === undefined)
    throw new UsageError(`--at "${at}" is no time such as 2026-11-22T12:00:00Z, and no age such as 2h`)
  if (atMs > deps.now()) throw new UsageError(`--at "${at}" is yet to come`)
  if (format === 'shell') throw new UsageError('--at and --format shell: the history has no variables')
  const { value: entry, diagnostics } = await withHistoryOf(config, deps, history =>
    findList(history, host, atMs),
  )
  complainAll(deps, diagnostics)
  const classes = entry?.after
  if (format === 'json')
    deps.print(JSON.stringify(lookupAtObject(host, entry, atMs, diagnostics), undefined, 2))
  else if (classes !== undefined)
    for (const line of format === 'words' ? [classes.join(' ')] : classes) deps.print(line)
  deps.setExitCode(hasErrors(diagnostics) ? EXIT.findings : EXIT.done)
}

const AT: Diagnostic['origin'] = { kind: 'option', option: '--at' }

const findList = (history: ListHistory, text: string, atMs: number): Outcome<HistoryEntry> => {
  const { value: host, diagnostics } = findRecorded(history, text)
  const found = host === undefined ? undefined : history.listAt(host, atMs)
  if (found?.kind === 'list') return { value: found.entry, diagnostics: [] }
  const at = new Date(atMs).toISOString()
  switch (found?.kind) {
    case undefined:
      return { value: undefined, diagnostics }
    case 'absent':
      return fault(errorAt('host-not-found', `there was no host "${host}" at ${at}`, AT))
    case 'forgotten': {
      const begin = new Date(found.beginsAtMs).toISOString()
      return fault(
        errorAt(
          'history-too-short',
          `what "${host}" had at ${at} is not known: its history begins at ${begin}`,
          AT,
        ),
      )
    }
  }
}

const fault = (diagnostic: Diagnostic): Outcome<HistoryEntry> => ({
  value: undefined,
  diagnostics: [diagnostic],
})

/** The object of `lookup --at --format json`; its shape is in `schema/lookup-at.schema.json`. */
const lookupAtObject = (
  asked: string,
  entry: HistoryEntry | undefined,
  atMs: number,
  diagnostics: readonly Diagnostic[],
): object => {
  const name = entry?.host ?? asked
  const { atMs: sinceMs = 0, ...cause } = entry?.cause ?? {}
  return {
    host: name.replace(/\..*/, ''),
    fqdn: name,
    at: new Date(atMs).toISOString(),
    ...(entry === undefined ? {} : { classes: entry.after, since: new Date(sinceMs).toISOString(), cause }),
    sources: [],
    diagnostics,
  }
}
