import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Knowledge, ResolutionOptions } from '../resolve/assignment.ts'
import { breather } from '../source/breather.ts'
import type { LiveSource, SourceChange } from '../source/live-source.ts'
import { nameOf } from '../source/order.ts'
import type { Source, WholeSource } from '../source/source.ts'
import { type Definitions, namesOfDefinitions, openDefinitions } from './definitions.ts'
import { type HostChanges, hostNames, type Listing, netChanges } from './host-names.ts'
import { listHosts } from './list-hosts.ts'
import type { HostReading, ListTable } from './list-table.ts'
import { keyNumber, type NotedReading, withNotes } from './noted-reading.ts'
import type { SiteInMemory } from './resolve-one.ts'

/**
 * Resolves what a change touched, from sources in memory, puts it into the table for the next swap, and gives the hosts
 * that are gone. One call at a time, and no change of memory meanwhile.
 */
export type SiteResolver = {
  /** As it is now, for single answers. */
  readonly site: () => SiteInMemory
  /** Reads these sources, by their numbers, as a whole, and resolves every host. */
  readonly resolveAll: (sources: readonly number[]) => Promise<readonly HostName[]>
  /** Resolves what a change of a source touched. */
  readonly resolveTouched: (source: number, change: SourceChange) => Promise<readonly HostName[]>
}

/** What lists depend on beside the sources. */
export type ResolverOptions = {
  readonly resolution: ResolutionOptions & Pick<Knowledge, 'facts'>
  readonly configSpaceClasses: ReadonlySet<string>
  /** Told what is wrong with a source as a whole. */
  readonly report: (diagnostic: Diagnostic) => void
}

/** `table` has what was swapped into it before. */
export const siteResolver = (
  live: readonly LiveSource[],
  table: Pick<ListTable, 'readings' | 'readingOf' | 'touchedBy' | 'touchedByClasses' | 'put'>,
  { resolution, configSpaceClasses, report }: ResolverOptions,
  signal: AbortSignal,
): SiteResolver => {
  const sources = live.map(({ source }) => source)
  const names = hostNames(live.length)
  const definitions = openDefinitions(sources)
  let site = siteOf(definitions)

  function siteOf({ catalog }: Pick<Definitions, 'catalog'>): SiteInMemory {
    const anyDefinition = catalog().size > 0
    const knowledge = { catalog: catalog(), anyDefinition, configSpaceClasses, facts: resolution.facts }
    return { sources, resolution, knowledge }
  }
  const readDefinitions = async (classes: Iterable<ClassName>, reading: NotedReading) => {
    const folded = await definitions.read(classes, reading, signal)
    if (folded.length > 0) site = siteOf(definitions)
    return folded
  }
  const list = (touched: Touched, reading: NotedReading) => listTouched(site, table, touched, reading, signal)
  const resolveAll: SiteResolver['resolveAll'] = numbers =>
    withNotes(live, async reading => {
      const wholes = await readWholes(sources, numbers, report, signal)
      const changes = wholes.map(({ number, hosts }) => names.replace(number, hosts))
      const defined = wholes.flatMap(({ definitions }) => namesOfDefinitions(definitions))
      await readDefinitions([...definitions.names(), ...defined], reading)
      const hosts = table.readings().map(({ host }) => host)
      return list({ ...netChanges(changes), touched: hosts, byClass: [] }, reading)
    })
  const resolveTouched: SiteResolver['resolveTouched'] = (source, change) => {
    if (change.keys === 'all') return resolveAll([source])
    const keys = [...change.keys].map(key => keyNumber(source, key))
    return withNotes(live, async reading => {
      const touched = table.touchedBy(keys).map(({ host }) => host)
      const bare = touched.map(({ short }) => ({ short, fqdn: undefined }))
      const listed = bare.filter(host => names.isListed(source, host))
      const doubtful = [...change.hosts, ...touched, ...listed]
      const changes = names.change(source, await listingsOf(live, source, doubtful, signal))
      const before = site.knowledge.anyDefinition
      const classes = [...change.classes, ...definitions.touchedBy(keys)]
      const folded = await readDefinitions(classes, reading)
      const isCheckNew = before !== site.knowledge.anyDefinition && resolution.unknownClass === 'error'
      const byClass = isCheckNew ? table.readings() : folded.length > 0 ? table.touchedByClasses(folded) : []
      return list({ ...changes, touched, byClass }, reading)
    })
  }
  return { site: () => site, resolveAll, resolveTouched }
}

/** Those sources, by their numbers, that have no error as a whole; of the others the hosts stay that were there. */
const readWholes = async (
  sources: readonly Source[],
  numbers: readonly number[],
  report: (diagnostic: Diagnostic) => void,
  signal: AbortSignal,
): Promise<readonly (WholeSource & { readonly number: number })[]> => {
  const wholes: (WholeSource & { number: number })[] = []
  for (const number of numbers) {
    const { value, diagnostics } = (await sources[number]?.readWhole(signal)) ?? NOTHING
    diagnostics.forEach(report)
    if (value !== undefined) wholes.push({ ...value, number })
  }
  return wholes
}

const NOTHING = { value: undefined, diagnostics: [] }

type Touched = HostChanges & {
  /** Those that read something that changed. */
  readonly touched: readonly HostName[]
  /** Those whose classes may mean something else. */
  readonly byClass: readonly HostReading[]
}

/** Reads the hosts that come and those that read what changed, resolves them and those whose classes did; gives those that are gone. */
const listTouched = async (
  site: SiteInMemory,
  table: Pick<ListTable, 'readingOf' | 'put'>,
  { come, gone, touched, byClass }: Touched,
  reading: NotedReading,
  signal: AbortSignal,
): Promise<readonly HostName[]> => {
  const left = namesOf(gone)
  const staying = touched.filter(host => !left.has(nameOf(host)))
  const unread = namesOf([...staying, ...come])
  const read = byClass.filter(({ host }) => !unread.has(nameOf(host)) && !left.has(nameOf(host)))
  await listHosts(site, { unread: [...unread.values()], read }, reading, table, signal)
  return gone.filter(host => !unread.has(nameOf(host)))
}

const namesOf = (hosts: readonly HostName[]): ReadonlyMap<string, HostName> =>
  new Map(hosts.map(host => [nameOf(host), host]))

/** Whether a source lists hosts. */
const listingsOf = async (
  live: readonly LiveSource[],
  source: number,
  hosts: readonly HostName[],
  signal: AbortSignal,
): Promise<readonly Listing[]> => {
  const breathe = breather()
  const listings: Listing[] = []
  for (const host of hosts) {
    listings.push({ host, isListed: (await live[source]?.lists(host, signal)) ?? false })
    await breathe()
  }
  return listings
}
