import { join } from 'node:path'
import type { Config } from '../config/read-config.ts'
import { type Diagnostic, errorAt, type Outcome } from '../diagnostic/diagnostic.ts'
import { type OpenHistory, readHistory } from '../history/read-history.ts'
import { parseHostname } from '../model/host-query.ts'
import type { ListHistory } from '../model/list-history.ts'
import { type CommandDeps, UsageError } from './deps.ts'
import { loadConfig } from './look-up.ts'

/** Name of the history in `serve.stateDirectory`. */
export const HISTORY_FILE = 'history.db'

/**
 * Runs `use` with the history that `serve` of the configuration keeps, open to be read; no value where there is none. Rejects with a
 * `SourceError` where the file cannot be read.
 */
export const withHistoryOf = async <T>(
  option: string | undefined,
  deps: CommandDeps,
  use: (history: OpenHistory) => Outcome<T>,
): Promise<Outcome<T>> => {
  const { value: config, diagnostics } = await loadConfig(option, deps)
  const found = config === undefined ? undefined : historyPath(config)
  if (found?.value === undefined)
    return { value: undefined, diagnostics: [...diagnostics, ...(found?.diagnostics ?? [])] }
  const history = readHistory(found.value)
  try {
    const outcome = use(history)
    return { value: outcome.value, diagnostics: [...diagnostics, ...outcome.diagnostics] }
  } finally {
    history.close()
  }
}

const historyPath = ({ serve, originOf, resolvePath }: Config): Outcome<string> => {
  if (serve?.history !== undefined)
    return { value: resolvePath(join(serve.stateDirectory, HISTORY_FILE)), diagnostics: [] }
  const message = 'there is no serve.history: no history is kept'
  return { value: undefined, diagnostics: [errorAt('config-invalid', message, originOf(['serve']))] }
}

/** The one host that the history knows by a short or full name; what is no name is wrong use. */
export const findRecorded = (history: ListHistory, text: string): Outcome<string> => {
  const name = parseHostname(text)
  if (name === undefined)
    throw new UsageError(`"${text}" is no host name: the history knows hosts by their names`)
  const [host, ...others] = history.hostsNamed(name)
  if (host !== undefined && others.length === 0) return { value: host, diagnostics: [] }
  return { value: undefined, diagnostics: [notOne(text, host === undefined ? [] : [host, ...others])] }
}

const HOST_ARGUMENT = { kind: 'option', option: 'HOST' } as const

const notOne = (text: string, names: readonly string[]): Diagnostic =>
  names.length === 0
    ? errorAt('host-not-found', `the history knows no host "${text}"`, HOST_ARGUMENT)
    : errorAt('host-ambiguous', `"${text}" means several hosts: ${names.join(', ')}`, HOST_ARGUMENT)
