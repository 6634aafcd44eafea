import type { Config } from '../config/read-config.ts'
import { type Diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import { SourceError, toDiagnostic } from '../diagnostic/source-error.ts'
import { resolveOne, type SiteHost, type SiteInMemory, toCatalog } from '../live/resolve-one.ts'
import type { HostName } from '../model/catalog.ts'
import { mergeHosts, orderHosts } from '../source/order.ts'
import type { Source, SourceState, WholeSource } from '../source/source.ts'
import { type CommandDeps, EXIT, type ExitCode } from './deps.ts'
import { openSources } from './open-sources.ts'

/** Everything that the sources of a configuration hold; hosts are resolved from it without asking anybody. */
export type WholeSite = SiteInMemory & {
  readonly config: Config
  /** The same in whole, for what no host reads. */
  readonly wholes: readonly WholeSource[]
  /** Hosts of all sources, each once, in the order of their names. */
  readonly hosts: readonly HostName[]
}

/** The outcome of reading a site; `site` only where all of it could be read. */
export type SiteAnswer = {
  readonly site: WholeSite | undefined
  readonly states: readonly SourceState[]
  readonly diagnostics: readonly Diagnostic[]
  readonly exitCode: ExitCode
}

/** How a site is read. */
export type SiteOptions = {
  readonly configSpaceClasses: ReadonlySet<string>
  /** Answer from the sources alone, never from a snapshot. */
  readonly fresh: boolean
}

/**
 * Reads every source of a configuration as a whole (contract, section 4). Never part
 * of a site: a server that cannot be read is read in its last good state, and without one it gives
 * no site and exit code 3; a file that is none of its kind gives no site and exit code 1.
 */
export const readSite = async (
  config: Config,
  { configSpaceClasses, fresh }: SiteOptions,
  deps: CommandDeps,
): Promise<SiteAnswer> => {
  const options = { now: deps.now, alsoKnown: configSpaceClasses, fresh }
  const { sources, snapshots } = await openSources(config, options)
  try {
    const read = await snapshots.answer(() => readAll(sources, deps.signal))
    return toAnswer(config, sources, configSpaceClasses, read, await snapshots.keep())
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    const states = sources.map(source => source.describe())
    return { site: undefined, states, diagnostics: [toDiagnostic(error)], exitCode: EXIT.environment }
  } finally {
    await Promise.all(sources.map(source => source.close()))
  }
}

/** The same of sources that are open already, and stay so. Rejects with a `SourceError` where one cannot be read. */
export const readSources = async (
  config: Config,
  sources: readonly Source[],
  configSpaceClasses: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<SiteAnswer> => toAnswer(config, sources, configSpaceClasses, await readAll(sources, signal), [])

const toAnswer = (
  config: Config,
  sources: readonly Source[],
  configSpaceClasses: ReadonlySet<string>,
  read: readonly Outcome<WholeSource>[],
  ofSnapshots: readonly Diagnostic[],
): SiteAnswer => {
  const diagnostics = [...read.flatMap(outcome => outcome.diagnostics), ...ofSnapshots]
  const wholes = read.flatMap(({ value }) => value ?? [])
  const states = sources.map(source => source.describe())
  if (wholes.length < sources.length) {
    return { site: undefined, states, diagnostics, exitCode: EXIT.findings }
  }
  const exitCode = hasErrors(diagnostics) ? EXIT.findings : EXIT.done
  return { site: toSite(config, wholes, configSpaceClasses), states, diagnostics, exitCode }
}

/** Everything is fetched before any of it is read, so that an alias into another zone is not asked of its servers. */
const readAll = async (
  sources: readonly Source[],
  signal: AbortSignal,
): Promise<readonly Outcome<WholeSource>[]> => {
  await Promise.all(sources.map(source => source.contents?.fetch(signal)))
  return Promise.all(sources.map(source => source.readWhole(signal)))
}

const toSite = (
  config: Config,
  wholes: readonly WholeSource[],
  configSpaceClasses: ReadonlySet<string>,
): WholeSite => {
  const definitions = wholes.flatMap(whole => whole.definitions)
  return {
    config,
    sources: wholes.map(({ source }) => source),
    resolution: config.resolution,
    wholes,
    hosts: orderHosts(mergeHosts(wholes.flatMap(({ hosts }) => hosts))),
    knowledge: {
      catalog: toCatalog(definitions),
      anyDefinition: definitions.length > 0,
      configSpaceClasses,
      facts: config.resolution.facts,
    },
  }
}

/** Resolves the hosts of a site one after the other, in the order of their names, and keeps none of them. */
export async function* resolveHosts(site: WholeSite, signal: AbortSignal): AsyncGenerator<SiteHost> {
  for (const host of site.hosts) {
    signal.throwIfAborted()
    yield await resolveOne(site, host, signal)
  }
}
