import { resolveOne, type SiteInMemory, toCatalog } from '../live/resolve-one.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Knowledge, ResolutionOptions } from '../resolve/assignment.ts'
import { mergeHosts, nameOf, orderHosts } from '../source/order.ts'
import type { Source } from '../source/source.ts'

/** The list of a host, undefined where errors stand against it, and those. */
export type FreshHost = {
  readonly classes: readonly ClassName[] | undefined
  readonly faults: readonly string[]
}

/** Reads all sources as a whole and resolves every host, with nothing kept from before. */
export const freshLists = async (
  sources: readonly Source[],
  resolution: ResolutionOptions & Pick<Knowledge, 'facts'>,
): Promise<ReadonlyMap<string, FreshHost>> => {
  const { signal } = new AbortController()
  const read = await Promise.all(sources.map(source => source.readWhole(signal)))
  const wholes = read.flatMap(({ value }) => value ?? [])
  if (wholes.length < sources.length) throw new Error('a source has errors as a whole')
  const definitions = wholes.flatMap(whole => whole.definitions)
  const knowledge = {
    catalog: toCatalog(definitions),
    anyDefinition: definitions.length > 0,
    configSpaceClasses: new Set<string>(),
    facts: resolution.facts,
  }
  const site: SiteInMemory = { sources, resolution, knowledge }
  const lists = new Map<string, FreshHost>()
  for (const host of orderHosts(mergeHosts(wholes.flatMap(({ hosts }) => hosts)))) {
    const { resolved } = await resolveOne(site, host, signal)
    const faults = resolved.diagnostics.filter(({ severity }) => severity === 'error')
    lists.set(nameOf(host), { classes: resolved.value?.classes, faults: faults.map(({ code }) => code) })
  }
  return lists
}
