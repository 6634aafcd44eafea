import type { CommandModule } from 'yargs'
import { type Diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import { formatOrigin } from '../diagnostic/format.ts'
import { parseClassName } from '../model/class-name.ts'
import type { ListHistory } from '../model/list-history.ts'
import { formatHostChange } from '../resolve/host-change.ts'
import { type RecordedChange, type ShownCause, toRecordedChanges } from '../resolve/recorded-change.ts'
import { type CommandDeps, complainAll, EXIT, UsageError } from './deps.ts'
import { findRecorded, withHistoryOf } from './open-history-file.ts'

type HistoryArgs = {
  host: string | undefined
  config: string | undefined
  class: string | undefined
  limit: number
  format: 'text' | 'json'
}

/** `history HOST` and `history --class C`: prints what changed, and why, the newest first. */
export const historyCommand = (deps: CommandDeps): CommandModule<object, HistoryArgs> => ({
  command: 'history [host]',
  describe: 'print how class lists changed, and by what',
  builder: yargs =>
    yargs
      .positional('host', { type: 'string', describe: 'short or full name' })
      .option('config', { type: 'string', describe: 'configuration file' })
      .option('class', { type: 'string', describe: 'only where a host got or lost this class' })
      .option('limit', { type: 'number', default: 20, describe: 'how many changes, the newest ones' })
      .option('format', { choices: ['text', 'json'] as const, default: 'text' as const }),
  handler: async args => {
    const wanted = parseWanted(args)
    const { value: changes, diagnostics } = await withHistoryOf(args.config, deps, history =>
      selectChanges(history, wanted),
    )
    complainAll(deps, diagnostics)
    if (args.format === 'json') deps.print(JSON.stringify(historyObject(changes, diagnostics), undefined, 2))
    else for (const change of changes ?? []) deps.print(formatRecordedChange(change))
    deps.setExitCode(hasErrors(diagnostics) ? EXIT.findings : EXIT.done)
  },
})

type Wanted = ReturnType<typeof parseWanted>

const parseWanted = ({ host, class: text, limit }: HistoryArgs) => {
  if (host === undefined && text === undefined) throw new UsageError('history needs a host, or --class')
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit needs a number above 0')
  const className = text === undefined ? undefined : parseClassName(text)
  if (text !== undefined && className === undefined)
    throw new UsageError(`--class "${text}" is no class name`)
  return { host, className, limit }
}

const selectChanges = (
  history: ListHistory,
  { host, className, limit }: Wanted,
): Outcome<readonly RecordedChange[]> => {
  if (host === undefined) {
    const entries = className === undefined ? [] : history.ofClass(className, { limit })
    return { value: toRecordedChanges(entries), diagnostics: [] }
  }
  const { value: name, diagnostics } = findRecorded(history, host)
  const entries = name === undefined ? undefined : history.of(name, { className, limit })
  return { value: entries && toRecordedChanges(entries), diagnostics }
}

/** The object of `history --format json`; its shape is in `schema/history.schema.json`. */
const historyObject = (
  changes: readonly RecordedChange[] | undefined,
  diagnostics: readonly Diagnostic[],
): object => ({ ...(changes === undefined ? {} : { changes }), diagnostics })

/** For example `2026-11-22T23:28:23.000Z web01.example.test: +NGINX (dns example.test serial 7: zone …)`. */
const formatRecordedChange = (change: RecordedChange): string =>
  `${change.at} ${formatHostChange(change)} (${formatCause(change.cause)})`

/** A cause for people: source, serial, places. Pure. */
const formatCause = ({ source, serial, origins }: ShownCause): string => {
  const from = serial === undefined ? source : `${source} serial ${serial}`
  return origins.length === 0 ? from : `${from}: ${origins.map(formatOrigin).join('; ')}`
}
