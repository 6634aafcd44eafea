import type { Config } from '../config/read-config.ts'
import { type Diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import type { Catalog, ClassDefinition, HostName } from '../model/catalog.ts'
import { foldClassName } from '../model/class-name.ts'
import type { Knowledge } from '../resolve/assignment.ts'
import { type ResolvedHost, resolveHost } from '../resolve/resolve-host.ts'
import { hostNotFound } from '../source/find-host.ts'
import { type Gathered, readRecords } from '../source/gather.ts'
import { compareText, mergeHosts, nameOf, orderHosts } from '../source/order.ts'
import type { Source, SourceState, WholeSource } from '../source/source.ts'
import { type CommandDeps, EXIT, type ExitCode } from './deps.ts'
import { toDiagnostic } from './look-up.ts'
import { openSources } from './open-sources.ts'

/** Everything that the sources of a configuration hold; hosts are resolved from it without asking anybody. */
export type WholeSite = {
  readonly config: Config
  /** In configured order, as `config.sources`. */
  readonly sources: readonly Source[]
  /** The same in whole, for what no host reads. */
  readonly wholes: readonly WholeSource[]
  /** Hosts of all sources, each once, in the order of their names. */
  readonly hosts: readonly HostName[]
  readonly knowledge: Knowledge
}

/** The outcome of reading a site; `site` only where all of it could be read. */
export type SiteAnswer = {
  readonly site: WholeSite | undefined
  readonly states: readonly SourceState[]
  readonly diagnostics: readonly Diagnostic[]
  readonly exitCode: ExitCode
}

/** One host of a site with its list, or what stands against one. */
export type SiteHost = {
  readonly host: HostName
  readonly records: readonly Gathered[]
  readonly resolved: Outcome<ResolvedHost>
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
  const answer = (
    site: WholeSite | undefined,
    diagnostics: readonly Diagnostic[],
    exitCode: ExitCode,
  ): SiteAnswer => ({ site, states: sources.map(source => source.describe()), diagnostics, exitCode })
  try {
    const read = await snapshots.answer(() => readAll(sources, deps.signal))
    const diagnostics = [...read.flatMap(outcome => outcome.diagnostics), ...(await snapshots.keep())]
    const wholes = read.flatMap(({ value }) => value ?? [])
    if (wholes.length < sources.length) return answer(undefined, diagnostics, EXIT.findings)
    const exitCode = hasErrors(diagnostics) ? EXIT.findings : EXIT.done
    return answer(toSite(config, wholes, configSpaceClasses), diagnostics, exitCode)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return answer(undefined, [toDiagnostic(error)], EXIT.environment)
  } finally {
    await Promise.all(sources.map(source => source.close()))
  }
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

/** Definitions by folded name, names in their order, those of one name in the order of the sources. Pure. */
export const toCatalog = (definitions: readonly ClassDefinition[]): Catalog => {
  const byName = Map.groupBy(definitions, ({ name }) => foldClassName(name))
  return new Map([...byName].sort(([a], [b]) => compareText(a, b)))
}

/** Resolves the hosts of a site one after the other, in the order of their names, and keeps none of them. */
export async function* resolveHosts(site: WholeSite, signal: AbortSignal): AsyncGenerator<SiteHost> {
  for (const host of site.hosts) {
    signal.throwIfAborted()
    yield await resolveOne(site, host, signal)
  }
}

/** The same site without the check of unknown classes where that only warns: for commands that show no warnings. */
export const withoutUnknownWarnings = (site: WholeSite): WholeSite => {
  const { resolution } = site.config
  if (resolution.unknownClass !== 'warn') return site
  return { ...site, config: { ...site.config, resolution: { ...resolution, unknownClass: 'allow' } } }
}

/** Resolves one host of a site. */
export const resolveOne = async (
  { config, sources, knowledge }: WholeSite,
  host: HostName,
  signal: AbortSignal,
): Promise<SiteHost> => {
  const { value, diagnostics } = await readRecords(sources, host, signal)
  const records = value ?? []
  if (!records.some(({ record }) => record.known)) {
    return {
      host,
      records,
      resolved: {
        value: undefined,
        diagnostics: hasErrors(diagnostics) ? diagnostics : [...diagnostics, hostNotFound(nameOf(host))],
      },
    }
  }
  const assignment = { host, records, facts: [], added: [], options: config.resolution }
  const resolved = resolveHost(assignment, knowledge)
  const all = [...diagnostics, ...resolved.diagnostics]
  return {
    host,
    records,
    resolved: { value: hasErrors(all) ? undefined : resolved.value, diagnostics: all },
  }
}
