import type { Catalog, ClassDefinition } from '../model/catalog.ts'
import { type ClassName, foldClassName, parseClassName } from '../model/class-name.ts'
import { breather } from '../source/breather.ts'
import type { Source } from '../source/source.ts'
import type { NotedReading } from './noted-reading.ts'
import { numberIndex } from './number-index.ts'
import { orderCatalog } from './resolve-one.ts'

/** The definitions of all sources, and what each was read by. */
export type Definitions = {
  readonly catalog: () => Catalog
  /** Classes that were read by one of these keys. */
  readonly touchedBy: (keys: Iterable<number>) => readonly ClassName[]
  /** Every class that there was a definition of once. */
  readonly names: () => Iterable<ClassName>
  /**
   * Reads these anew, and replaces the catalog: nobody may add to one that plain classes were made from. Gives their
   * folded names.
   */
  readonly read: (
    names: Iterable<ClassName>,
    reading: NotedReading,
    signal: AbortSignal,
  ) => Promise<readonly string[]>
}

type Tracked = { readonly name: ClassName; keys: readonly number[] }

/** Of sources in configured order; none is read yet. */
export const openDefinitions = (sources: readonly Source[]): Definitions => {
  let catalog: Catalog = new Map()
  const tracked: Tracked[] = []
  const numbers = new Map<string, number>()
  const byKey = numberIndex<number>()

  const numberOf = (name: ClassName): number => {
    const folded = foldClassName(name)
    const number = numbers.get(folded) ?? tracked.push({ name, keys: [] }) - 1
    numbers.set(folded, number)
    return number
  }
  const track = (number: number, keys: readonly number[]): void => {
    const one = tracked[number]
    if (one === undefined) return
    for (const key of one.keys) byKey.remove(key, number)
    for (const key of keys) byKey.add(key, number)
    one.keys = keys
  }
  return {
    catalog: () => catalog,
    touchedBy: keys => [...byKey.numbersOf(keys)].flatMap(number => tracked[number]?.name ?? []),
    names: () => tracked.map(({ name }) => name),
    read: async (names, reading, signal) => {
      const breathe = breather()
      const found = new Map<string, readonly ClassDefinition[]>()
      for (const name of names) {
        if (found.has(foldClassName(name))) continue
        const { value, keys } = await reading(() =>
          Promise.all(sources.map(source => source.readClasses([name], signal))),
        )
        track(numberOf(name), keys)
        found.set(foldClassName(name), value.flat())
        await breathe()
      }
      if (found.size > 0) catalog = replaceIn(catalog, found)
      return [...found.keys()]
    },
  }
}

/** A catalog with other definitions of some classes; none of a class takes it out. Pure. */
const replaceIn = (catalog: Catalog, found: Catalog): Catalog => {
  const replaced = new Map(catalog)
  for (const [folded, definitions] of found) {
    if (definitions.length > 0) replaced.set(folded, definitions)
    else replaced.delete(folded)
  }
  const isInOrder = [...found.keys()].every(folded => catalog.has(folded) || !replaced.has(folded))
  return isInOrder ? replaced : orderCatalog(replaced)
}

/** The names of definitions that anybody can ask for. Pure. */
export const namesOfDefinitions = (definitions: readonly ClassDefinition[]): readonly ClassName[] =>
  definitions.flatMap(({ name }) => parseClassName(name) ?? [])
