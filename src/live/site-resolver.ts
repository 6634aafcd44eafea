import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Knowledge, ResolutionOptions } from '../resolve/assignment.ts'
import type { LiveSource, SourceChange } from '../source/live-source.ts'
import { nameOf } from '../source/order.ts'
import { type Definitions, namesOfDefinitions, openDefinitions } from './definitions.ts'
import { type HostChanges, hostNames, type Listing } from './host-names.ts'
import { listHosts } from './list-hosts.ts'
import type { FreshList, ListTable } from './list-table.ts'
import { breather, keyNumber, type NotedReading, withNotes } from './noted-reading.ts'
import type { SiteInMemory } from './resolve-one.ts'

/** What a resolution found, to be swapped into the table. */
export type Resolution = { readonly gone: readonly HostName[]; readonly fresh: readonly FreshList[] }

/** Resolves what a change touched, from sources in memory. One call at a time, and no change of memory meanwhile. */
export type SiteResolver = {
  /** As it is now, for single answers. */
  readonly site: () => SiteInMemory
  /** Reads these sources, by their numbers, as a whole, and resolves every host. */
  readonly resolveAll: (sources: readonly number[]) => Promise<Resolution>
  /** Resolves what a change of a source touched. */
  readonly resolveTouched: (source: number, change: SourceChange) => Promise<Resolution>
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
  table: Pick<ListTable, 'readings' | 'touchedBy' | 'touchedByClasses'>,
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
  const resolveAll: SiteResolver['resolveAll'] = numbers =>
    withNotes(live, async reading => {
      const changes: HostChanges[] = []
      const classes = new Set(definitions.names())
      for (const number of numbers) {
        const { value, diagnostics } = (await sources[number]?.readWhole(signal)) ?? NOTHING
        diagnostics.forEach(report)
        if (value === undefined) continue
        changes.push(names.replace(number, value.hosts))
        for (const name of namesOfDefinitions(value.definitions)) classes.add(name)
      }
      await readDefinitions(classes, reading)
      const gone = changes.flatMap(change => change.gone)
      const come = changes.flatMap(change => change.come)
      const hosts = table.readings().map(({ host }) => host)
      return { gone, fresh: await listHosts(site, afterChanges(hosts, { come, gone }), [], reading, signal) }
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
      const unread = afterChanges(touched, changes)
      const others = new Set([...unread, ...changes.gone].map(nameOf))
      const read = byClass.filter(({ host }) => !others.has(nameOf(host)))
      return { gone: changes.gone, fresh: await listHosts(site, unread, read, reading, signal) }
    })
  }
  return { site: () => site, resolveAll, resolveTouched }
}

const NOTHING = { value: undefined, diagnostics: [] }

/** Those that stay and those that come, each once. Pure. */
const afterChanges = (hosts: readonly HostName[], { come, gone }: HostChanges): readonly HostName[] => {
  const byName = new Map(hosts.map(host => [nameOf(host), host]))
  for (const host of gone) byName.delete(nameOf(host))
  for (const host of come) byName.set(nameOf(host), host)
  return [...byName.values()]
}

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
