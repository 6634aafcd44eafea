import type { Config } from '../config/read-config.ts'
import { configCandidates, readConfig } from '../config/read-config.ts'
import { type Diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import { SourceError, toDiagnostic } from '../diagnostic/source-error.ts'
import { withoutRepeats } from '../diagnostic/without-repeats.ts'
import type { Catalog, HostName } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { parseHostQuery } from '../model/host-query.ts'
import type { Assignment } from '../resolve/assignment.ts'
import { classesToRead } from '../resolve/closure.ts'
import { type ResolvedHost, resolveHost } from '../resolve/resolve-host.ts'
import { findHost, hostNotFound } from '../source/find-host.ts'
import { type Gathered, readAnyDefinition, readCatalog, readRecords } from '../source/gather.ts'
import type { Source, SourceState } from '../source/source.ts'
import { type CommandDeps, EXIT, type ExitCode, UsageError } from './deps.ts'
import { openSources } from './open-sources.ts'

/** What a lookup is asked with, apart from the sources. */
export type LookupRequest = {
  readonly host: string
  readonly facts: readonly ClassName[]
  readonly added: readonly ClassName[]
  readonly configSpaceClasses: ReadonlySet<string>
  /** Answer from the sources alone, never from a snapshot. */
  readonly fresh: boolean
}

/** The answer to one lookup; `resolved` only where nothing was wrong. */
export type LookupAnswer = {
  readonly host: HostName | undefined
  readonly resolved: ResolvedHost | undefined
  /** Addresses that entries of the host name. */
  readonly addresses: readonly string[]
  /** Its address records, in all zones. */
  readonly zoneAddresses: readonly string[]
  /** What it was resolved from. */
  readonly records: readonly Gathered[]
  readonly catalog: Catalog
  readonly sources: readonly SourceState[]
  readonly diagnostics: readonly Diagnostic[]
  readonly exitCode: ExitCode
}

/** Nothing was asked, and nothing is known. */
export const NO_ANSWER: LookupAnswer = {
  host: undefined,
  resolved: undefined,
  addresses: [],
  zoneAddresses: [],
  records: [],
  catalog: new Map(),
  sources: [],
  diagnostics: [],
  exitCode: EXIT.findings,
}

/** Reads the configuration that the command line, the environment or the usual places name. */
export const loadConfig = async (option: string | undefined, deps: CommandDeps): Promise<Outcome<Config>> => {
  if (option === '') throw new UsageError('--config needs a file')
  const outcome = await readConfig(configCandidates(option, deps.configVariable), deps.cwd)
  if (outcome.diagnostics.some(({ code }) => code === 'config-missing')) {
    throw new UsageError(outcome.diagnostics.map(({ message }) => message).join('; '))
  }
  return outcome
}

/**
 * Looks one host up in all sources of the configuration. Never a partial list: the
 * whole or findings. A source that cannot be read is asked again in its snapshot,
 * and with `fresh` it is an error.
 */
export const lookUp = async (
  config: Config,
  request: LookupRequest,
  deps: Pick<CommandDeps, 'now' | 'signal'>,
): Promise<LookupAnswer> => {
  const alsoKnown = new Set([...request.facts, ...request.configSpaceClasses])
  const options = { now: deps.now, alsoKnown, fresh: request.fresh }
  const { sources, snapshots } = await openSources(config, options)
  let state = unanswered()
  try {
    const resolved = await snapshots.answer(() => {
      state = unanswered()
      return resolveFrom(sources, config, request, deps.signal, state)
    })
    state.diagnostics.push(...(await snapshots.keep()))
    return answer(sources, state, resolved, hasErrors(state.diagnostics) ? EXIT.findings : EXIT.done)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    state.diagnostics.push(toDiagnostic(error))
    return answer(sources, state, undefined, EXIT.environment)
  } finally {
    await Promise.all(sources.map(source => source.close()))
  }
}

/** Looks one host up in open sources and in no snapshot; rejects with a `SourceError` where one of them cannot be read. */
export const lookUpIn = async (
  sources: readonly Source[],
  config: Config,
  request: LookupRequest,
  signal: AbortSignal,
): Promise<LookupAnswer> => {
  const state = unanswered()
  const resolved = await resolveFrom(sources, config, request, signal, state)
  return answer(sources, state, resolved, hasErrors(state.diagnostics) ? EXIT.findings : EXIT.done)
}

type LookupState = {
  host?: HostName
  diagnostics: Diagnostic[]
  records: readonly Gathered[]
  catalog: Catalog
}

const unanswered = (): LookupState => ({ diagnostics: [], records: [], catalog: new Map() })

const resolveFrom = async (
  sources: readonly Source[],
  config: Config,
  request: LookupRequest,
  signal: AbortSignal,
  state: LookupState,
): Promise<ResolvedHost | undefined> => {
  const query = parseHostQuery(request.host)
  if (query === undefined) throw new UsageError(`"${request.host}" is no host name, MAC, IP or UUID`)
  const found = await findHost(sources, query, signal)
  state.diagnostics.push(...found.diagnostics)
  if (found.value === undefined) return undefined
  state.host = found.value

  const records = await readRecords(sources, found.value, signal)
  state.diagnostics.push(...records.diagnostics)
  const known = records.value?.filter(({ record }) => record.known) ?? []
  if (records.value === undefined || known.length === 0) {
    if (!hasErrors(state.diagnostics)) state.diagnostics.push(hostNotFound(request.host))
    return undefined
  }
  state.records = records.value
  const assignment: Assignment = {
    host: found.value,
    records: records.value,
    facts: request.facts,
    added: request.added,
    options: config.resolution,
  }
  const catalog = await readCatalog(sources, classesToRead(assignment), signal)
  state.catalog = catalog
  const anyDefinition = await readAnyDefinition(sources, catalog, signal)
  const { configSpaceClasses } = request
  const { facts } = config.resolution
  const resolved = resolveHost(assignment, { catalog, anyDefinition, configSpaceClasses, facts })
  state.diagnostics.push(...resolved.diagnostics)
  return hasErrors(state.diagnostics) ? undefined : resolved.value
}

const answer = (
  sources: readonly Source[],
  { host, diagnostics, records, catalog }: LookupState,
  resolved: ResolvedHost | undefined,
  exitCode: ExitCode,
): LookupAnswer => ({
  host,
  resolved,
  addresses: eachOnce(records.flatMap(({ record }) => record.addresses)),
  zoneAddresses: eachOnce(records.flatMap(({ record }) => record.zoneAddresses ?? [])),
  records,
  catalog,
  sources: sources.map(source => source.describe()),
  // Two questions for one owner find the same twice.
  diagnostics: withoutRepeats(diagnostics),
  exitCode,
})

const eachOnce = (texts: readonly string[]): readonly string[] => [...new Set(texts)]
