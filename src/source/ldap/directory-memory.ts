import type { Directory, Filter } from './directory.ts'
import { type Dn, foldAttribute, isBelow, parseDn } from './dn.ts'
import { foldValue } from './dn-value.ts'
import type { Entry } from './entry.ts'

/** Entries in memory, which may come and go. */
export type MemoryDirectory = Directory & {
  /** Takes an entry, in place of one with the same DN; one that is not below the base is left out. */
  readonly put: (entry: Entry) => void
  /** Removes this very entry; nothing happens where it is not there. */
  readonly remove: (entry: Entry) => void
}

/**
 * Entries in memory as a directory: equality ignores case and needless blanks,
 * for `member` and `uniqueMember` it is that of DNs. Indexes are made when they
 * are first asked for, so that a search costs what it finds.
 */
export const memoryDirectory = (entries: readonly Entry[], base: Dn): MemoryDirectory => {
  const held = new Set(entries.filter(({ dn }) => isBelow(dn, base)))
  const byDn = new Map([...held].map(entry => [entry.dn.normal, entry]))
  const indexes = new Map<string, Index>()
  const parents = new Map<string, Dn>()

  const indexOf = (attribute: string): Index => {
    const made = indexes.get(attribute) ?? makeIndex(held, attribute, parents)
    indexes.set(attribute, made)
    return made
  }
  const foundBy = (filter: Exclude<Filter, { of: unknown }>): ReadonlySet<Entry> => {
    const attribute = foldAttribute(filter.attribute)
    const index = indexOf(attribute)
    if (filter.kind === 'present') return new Set([...index.values()].flatMap(found => [...found]))
    if (filter.kind === 'equal') return index.get(indexKey(attribute, filter.value, parents)) ?? new Set()
    const start = foldValue(filter.value)
    return new Set([...index].flatMap(([key, found]) => (key.startsWith(start) ? [...found] : [])))
  }
  const matches = (entry: Entry, filter: Filter): boolean => {
    if (!('of' in filter)) return foundBy(filter).has(entry)
    const isMatch = (part: Filter): boolean => matches(entry, part)
    return filter.kind === 'or' ? filter.of.some(isMatch) : filter.of.every(isMatch)
  }
  const match = (filter: Filter): ReadonlySet<Entry> => {
    if (!('of' in filter)) return foundBy(filter)
    if (filter.kind === 'or') return new Set(filter.of.flatMap(part => [...match(part)]))
    const last = narrowest(filter.of)
    return new Set(last === undefined ? [] : [...match(last)].filter(entry => matches(entry, filter)))
  }
  const remove = (entry: Entry): void => {
    if (!held.delete(entry)) return
    if (byDn.get(entry.dn.normal) === entry) byDn.delete(entry.dn.normal)
    for (const [attribute, index] of indexes)
      for (const key of indexKeys(entry, attribute, parents)) {
        const found = index.get(key)
        found?.delete(entry)
        if (found?.size === 0) index.delete(key)
      }
  }
  return {
    find: async filter => [...match(filter)],
    read: async dns => dns.flatMap(dn => byDn.get(dn.normal) ?? []),
    hasAny: async filter => match(filter).size > 0,
    close: async () => {},
    put: entry => {
      const before = byDn.get(entry.dn.normal)
      if (before !== undefined) remove(before)
      if (!isBelow(entry.dn, base)) return
      held.add(entry)
      byDn.set(entry.dn.normal, entry)
      for (const [attribute, index] of indexes) addTo(index, entry, attribute, parents)
    },
    remove,
  }
}

/** Entries by what `indexKey` makes of their values. */
type Index = Map<string, Set<Entry>>

const makeIndex = (entries: Iterable<Entry>, attribute: string, parents: Map<string, Dn>): Index => {
  const index: Index = new Map()
  for (const entry of entries) addTo(index, entry, attribute, parents)
  return index
}

const addTo = (index: Index, entry: Entry, attribute: string, parents: Map<string, Dn>): void => {
  for (const key of indexKeys(entry, attribute, parents)) {
    const found = index.get(key)
    if (found === undefined) index.set(key, new Set([entry]))
    else found.add(entry)
  }
}

const indexKeys = (entry: Entry, attribute: string, parents: Map<string, Dn>): readonly string[] =>
  (entry.attributes.get(attribute) ?? []).map(({ text }) => indexKey(attribute, text, parents))

/** The part of an `and` that lets least through: what narrows most is written last, as in `(&(objectClass=device)(cn=a))`. */
export const narrowest = (parts: readonly Filter[]): Filter | undefined => parts.at(-1)

/** The form in which two values of an attribute, by its folded name, are equal. Pure, but for `parents`, as in `parseDn`. */
export const indexKey = (attribute: string, text: string, parents?: Map<string, Dn>): string => {
  if (!DN_ATTRIBUTES.has(attribute)) return foldValue(text)
  return memberDn(text, parents)?.normal ?? foldValue(text)
}

/**
 * A member's DN, undefined where the value is none. A `uniqueMember` with a bit
 * string behind it (RFC 4517, section 3.3.21) means another entry, as for slapd.
 */
export const memberDn = (text: string, parents?: Map<string, Dn>): Dn | undefined => {
  const result = parseDn(text, parents)
  return result.ok ? result.dn : undefined
}

const DN_ATTRIBUTES: ReadonlySet<string> = new Set(['member', 'uniquemember'])
