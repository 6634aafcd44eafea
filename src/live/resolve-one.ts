import { type Diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import type { Catalog, ClassDefinition, HostName } from '../model/catalog.ts'
import { foldClassName } from '../model/class-name.ts'
import type { Knowledge, ResolutionOptions } from '../resolve/assignment.ts'
import { type ResolvedHost, resolveHost } from '../resolve/resolve-host.ts'
import { hostNotFound } from '../source/find-host.ts'
import { type Gathered, readRecords } from '../source/gather.ts'
import { compareText, nameOf } from '../source/order.ts'
import type { Source } from '../source/source.ts'

/** All that lists are made from, in memory: nobody is asked any more. */
export type SiteInMemory = {
  /** In configured order. */
  readonly sources: readonly Source[]
  readonly resolution: ResolutionOptions
  readonly knowledge: Knowledge
}

/** One host of a site with its list, or what stands against one. */
export type SiteHost = {
  readonly host: HostName
  readonly records: readonly Gathered[]
  readonly resolved: Outcome<ResolvedHost>
}

/** Definitions by folded name, names in their order, those of one name in the order of the sources. Pure. */
export const toCatalog = (definitions: readonly ClassDefinition[]): Catalog =>
  orderCatalog(Map.groupBy(definitions, ({ name }) => foldClassName(name)))

/** The same catalog with its names in their order. Pure. */
export const orderCatalog = (catalog: Catalog): Catalog =>
  new Map([...catalog].sort(([a], [b]) => compareText(a, b)))

/** The same site without the check of unknown classes where that only warns: for whoever shows no warnings. Pure. */
export const withoutUnknownWarnings = <Site extends Pick<SiteInMemory, 'resolution'>>(site: Site): Site => {
  const { resolution } = site
  return resolution.unknownClass === 'warn'
    ? { ...site, resolution: { ...resolution, unknownClass: 'allow' } }
    : site
}

/** Resolves one host of a site. */
export const resolveOne = async (
  site: SiteInMemory,
  host: HostName,
  signal: AbortSignal,
): Promise<SiteHost> => {
  const { value: records = [], diagnostics } = await readRecords(site.sources, host, signal)
  return { host, records, resolved: resolveRecords(site, { host, records, diagnostics }) }
}

/** What the sources say of one host, and what is wrong with that. */
export type HostRecords = Pick<SiteHost, 'host' | 'records'> & { readonly diagnostics: readonly Diagnostic[] }

/** Whether any source knows the host. Pure. */
export const isKnownHost = (records: readonly Gathered[]): boolean =>
  records.some(({ record }) => record.known)

/** Resolves one host from what the sources say of it; `host-not-found` where none knows it. Pure. */
export const resolveRecords = (
  { resolution, knowledge }: Pick<SiteInMemory, 'resolution' | 'knowledge'>,
  { host, records, diagnostics }: HostRecords,
): Outcome<ResolvedHost> => {
  if (!isKnownHost(records)) {
    const found = hasErrors(diagnostics) ? diagnostics : [...diagnostics, hostNotFound(nameOf(host))]
    return { value: undefined, diagnostics: found }
  }
  const assignment = { host, records, facts: [], added: [], options: resolution }
  const resolved = resolveHost(assignment, knowledge)
  const all = [...diagnostics, ...resolved.diagnostics]
  return { value: hasErrors(all) ? undefined : resolved.value, diagnostics: all }
}
