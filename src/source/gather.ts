import type { Outcome } from '../diagnostic/diagnostic.ts'
import type { Catalog, ClassDefinition, HostName, HostRecord } from '../model/catalog.ts'
import { type ClassName, foldClassName } from '../model/class-name.ts'
import type { Source } from './source.ts'

/** What one source says of a host; sources that know nothing of it are left out. */
export type Gathered = { readonly source: string; readonly record: HostRecord }

/** Asks all sources for the host at once; the answers stand in configured order. */
export const readRecords = async (
  sources: readonly Source[],
  host: HostName,
  signal: AbortSignal,
): Promise<Outcome<readonly Gathered[]>> => {
  const answers = await Promise.all(sources.map(source => source.readHost(host, signal)))
  const value = answers.flatMap(({ value: record }, index) =>
    record === undefined ? [] : [{ source: (sources[index] as Source).name, record }],
  )
  return { value, diagnostics: answers.flatMap(({ diagnostics }) => diagnostics) }
}

/**
 * Reads definitions level by level, as `levels` asks for them and is given all that were read, so that
 * live sources cost round trips by depth of dependency, not by number of classes.
 */
export const readCatalog = async (
  sources: readonly Source[],
  levels: Iterator<readonly ClassName[], unknown, Catalog>,
  signal: AbortSignal,
): Promise<Catalog> => {
  const catalog = new Map<string, readonly ClassDefinition[]>()
  for (let step = levels.next(catalog); step.done !== true; step = levels.next(catalog)) {
    const names = step.value.filter(name => !catalog.has(foldClassName(name)))
    const answers = await Promise.all(sources.map(source => source.readClasses(names, signal)))
    const found = Map.groupBy(answers.flat(), ({ name }) => foldClassName(name))
    for (const name of names) catalog.set(foldClassName(name), found.get(foldClassName(name)) ?? [])
  }
  return catalog
}

/** Whether any source defines any class. */
export const readAnyDefinition = async (
  sources: readonly Source[],
  catalog: Catalog,
  signal: AbortSignal,
): Promise<boolean> => {
  if ([...catalog.values()].some(definitions => definitions.length > 0)) return true
  const answers = await Promise.all(sources.map(source => source.hasDefinitions(signal)))
  return answers.includes(true)
}

/**
 * For the style `bare`: folded names of those classes that any source defines, or that are
 * `alsoKnown` as they are written. `sources` is called when it is asked, for they need this to be opened.
 */
export const knownClassesIn =
  (sources: () => readonly Source[], alsoKnown: ReadonlySet<string>) =>
  async (names: readonly ClassName[], signal: AbortSignal): Promise<ReadonlySet<string>> => {
    const answers = await Promise.all(sources().map(source => source.readClasses(names, signal)))
    const defined = answers.flat().map(({ name }) => foldClassName(name))
    return new Set([...defined, ...names.filter(name => alsoKnown.has(name)).map(foldClassName)])
  }
