import type { Directory, Filter } from './directory.ts'
import { type Dn, foldAttribute, isBelow, parseDn } from './dn.ts'
import { foldValue } from './dn-value.ts'
import type { Entry } from './entry.ts'

/**
 * Entries in memory as a directory: equality ignores case and needless blanks,
 * for `member` and `uniqueMember` it is that of DNs. Indexes are made when they
 * are first asked for, so that a search costs what it finds.
 */
export const memoryDirectory = (entries: readonly Entry[], base: Dn): Directory => {
  const below = entries.filter(({ dn }) => isBelow(dn, base))
  const byDn = new Map(below.map(entry => [entry.dn.normal, entry]))
  const indexes = new Map<string, ReadonlyMap<string, ReadonlySet<Entry>>>()
  const parents = new Map<string, Dn>()

  const indexOf = (attribute: string): ReadonlyMap<string, ReadonlySet<Entry>> => {
    const made = indexes.get(attribute) ?? makeIndex(below, attribute, parents)
    indexes.set(attribute, made)
    return made
  }
  const foundBy = (filter: Exclude<Filter, { of: unknown }>): ReadonlySet<Entry> => {
    const attribute = foldAttribute(filter.attribute)
    const index = indexOf(attribute)
    if (filter.kind === 'present') return new Set([...index.values()].flatMap(found => [...found]))
    if (filter.kind === 'equal') return index.get(keyOf(attribute, filter.value, parents)) ?? new Set()
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
    // What narrows most is written last, as in (&(objectClass=device)(cn=a)).
    const last = filter.of.at(-1)
    return new Set(last === undefined ? [] : [...match(last)].filter(entry => matches(entry, filter)))
  }
  return {
    find: async filter => [...match(filter)],
    read: async dns => dns.flatMap(dn => byDn.get(dn.normal) ?? []),
    hasAny: async filter => match(filter).size > 0,
    close: async () => {},
  }
}

const makeIndex = (
  entries: readonly Entry[],
  attribute: string,
  parents: Map<string, Dn>,
): ReadonlyMap<string, ReadonlySet<Entry>> => {
  const index = new Map<string, Set<Entry>>()
  for (const entry of entries) {
    for (const { text } of entry.attributes.get(attribute) ?? []) {
      const key = keyOf(attribute, text, parents)
      const found = index.get(key)
      if (found === undefined) index.set(key, new Set([entry]))
      else found.add(entry)
    }
  }
  return index
}

const keyOf = (attribute: string, text: string, parents: Map<string, Dn>): string => {
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
