import type { MemoryDirectory } from './directory-memory.ts'
import { ancestorOf, type Dn, putBelow } from './dn.ts'
import { type Entry, isSameEntry } from './entry.ts'

/** What an entry is known by over all its changes: its `entryUUID`, or its normalized DN where there is none. */
export type EntryKey = string

/** What came and went at one moment. */
export type EntryStep = {
  readonly entries: ReadonlyMap<EntryKey, Entry>
  readonly gone: ReadonlySet<EntryKey>
  /** Where it is given, whatever is neither in `entries` nor here is gone too. */
  readonly kept?: ReadonlySet<EntryKey>
}

/** An entry that is not as it was: new without `before`, gone without `after`. */
export type EntryChange = { readonly before?: Entry; readonly after?: Entry }

/**
 * Applies steps, one after the other, to the entries and to the directory that holds them. What is below an entry that
 * got another DN goes along with it: a server tells of the one entry alone. Undefined, and nothing done, where the first
 * step, which alone may keep entries, keeps one that nobody has told of.
 */
export const applySteps = (
  held: Map<EntryKey, Entry>,
  directory: MemoryDirectory,
  steps: readonly EntryStep[],
): readonly EntryChange[] | undefined => {
  const before = new Map<EntryKey, Entry | undefined>()
  const set = (key: EntryKey, entry: Entry | undefined): void => {
    if (!before.has(key)) before.set(key, held.get(key))
    if (entry === undefined) held.delete(key)
    else held.set(key, entry)
  }
  const [first] = steps
  for (const key of first?.kept ?? []) if (!held.has(key) && !first?.entries.has(key)) return undefined
  for (const { entries, gone, kept } of steps) {
    const moved = movedBy(held, entries)
    const unnamed = kept && [...held.keys()].filter(key => !kept.has(key) && !entries.has(key))
    for (const [key, entry] of [...moved, ...entries]) set(key, entry)
    for (const key of [...gone, ...(unnamed ?? [])]) set(key, undefined)
  }
  const changes = [...before].flatMap(([key, old]) => changeOf(held, key, old))
  for (const { before } of changes) if (before !== undefined) directory.remove(before)
  for (const { after } of changes) if (after !== undefined) directory.put(after)
  return changes
}

/** None where all is as it was: the old entry then stays, with what is known of it. */
const changeOf = (
  held: Map<EntryKey, Entry>,
  key: EntryKey,
  before: Entry | undefined,
): readonly EntryChange[] => {
  const after = held.get(key)
  if (before === undefined) return after === undefined ? [] : [{ after }]
  if (after === undefined) return [{ before }]
  if (!isSameEntry(before, after)) return [{ before, after }]
  held.set(key, before)
  return []
}

/** Entries, not among these, that are below one of these which gets another DN: as they are then. */
const movedBy = (
  held: ReadonlyMap<EntryKey, Entry>,
  entries: ReadonlyMap<EntryKey, Entry>,
): readonly (readonly [EntryKey, Entry])[] => {
  const renamed = new Map<string, Dn>()
  for (const [key, { dn }] of entries) {
    const old = held.get(key)?.dn
    if (old !== undefined && old.text !== dn.text) renamed.set(old.normal, dn)
  }
  if (renamed.size === 0) return []
  return [...held].flatMap(([key, entry]) => {
    const dn = entries.has(key) ? undefined : movedDn(entry.dn, renamed)
    return dn === undefined
      ? []
      : [[key, { ...entry, dn, origin: { ...entry.origin, dn: dn.text } }] as const]
  })
}

/** By the nearest of the entries above; undefined where none of them got another DN. */
const movedDn = (dn: Dn, renamed: ReadonlyMap<string, Dn>): Dn | undefined => {
  for (let depth = dn.rdns.length - 1; depth > 0; depth--) {
    const above = renamed.get(ancestorOf(dn, depth).normal)
    if (above !== undefined) return putBelow(above, dn.rdns.slice(0, -depth))
  }
  return undefined
}
