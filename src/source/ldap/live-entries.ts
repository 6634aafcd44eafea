import type { ReadKey, SourceChange } from '../live-source.ts'
import { type Dialect, wholeSearch } from './dialect.ts'
import type { Directory } from './directory.ts'
import { notingDirectory, toSourceChange } from './directory-changes.ts'
import { type DirectoryContents, fromDirectoryContents, toDirectoryContents } from './directory-contents.ts'
import { type MemoryDirectory, memoryDirectory } from './directory-memory.ts'
import type { Dn } from './dn.ts'
import type { Entry } from './entry.ts'
import { applySteps, type EntryKey, type EntryStep } from './entry-steps.ts'
import type { SyncCookie } from './sync-message.ts'

/** The entries of a server that is followed, in memory. */
export type LiveEntries = {
  /** Undefined before the first change; with `note`, one that tells what it is asked. */
  readonly directory: (note?: (key: ReadKey) => void) => Directory | undefined
  /** Undefined, and nothing done, where a step counts on an entry that is not there. */
  readonly apply: (steps: readonly EntryStep[], cookie: SyncCookie | undefined) => SourceChange | undefined
  readonly restore: (kept: KeptEntries) => SourceChange
  /** Undefined before the first change; nothing of it is shared with the entries. */
  readonly kept: () => KeptEntries | undefined
}

/** Entries as plain data: each key belongs to the entry at its place. */
export type KeptEntries = {
  /** What was asked for. */
  readonly sought: string
  readonly cookie?: SyncCookie
  readonly keys: readonly EntryKey[]
  readonly entries: DirectoryContents
}

/** No entries yet, of what a dialect needs below a base. */
export const liveEntries = (base: Dn, dialect: Dialect): LiveEntries => {
  let held = new Map<EntryKey, Entry>()
  let directory: MemoryDirectory | undefined
  let cookie: SyncCookie | undefined
  return {
    directory: note => (note === undefined ? directory : directory && notingDirectory(directory, note)),
    apply: (steps, newest) => {
      const target = directory ?? memoryDirectory([], base)
      const changes = applySteps(held, target, steps)
      if (changes === undefined) return undefined
      const isFirst = directory === undefined
      directory = target
      cookie = newest ?? cookie
      return isFirst ? EVERYTHING : toSourceChange(changes, dialect)
    },
    restore: kept => {
      const entries = fromDirectoryContents(kept.entries)
      held = new Map(entries.map((entry, index) => [kept.keys[index] ?? entry.dn.normal, entry]))
      directory = memoryDirectory(entries, base)
      cookie = kept.cookie
      return EVERYTHING
    },
    kept: () =>
      directory && {
        sought: soughtOf(base, dialect),
        ...(cookie === undefined ? {} : { cookie }),
        keys: [...held.keys()],
        entries: toDirectoryContents([...held.values()]),
      },
  }
}

/** What was kept, unless another question was asked for it, as by another version of this program. */
export const usableEntries = <Kept extends KeptEntries>(
  kept: Kept | undefined,
  base: Dn,
  dialect: Dialect,
): Kept | undefined => (kept?.sought === soughtOf(base, dialect) ? kept : undefined)

const soughtOf = (base: Dn, dialect: Dialect): string =>
  JSON.stringify([FORMAT, base.normal, ...wholeSearch(dialect)])

/** Of `KeptEntries`. */
const FORMAT = 1

const EVERYTHING: SourceChange = { keys: 'all', hosts: [], classes: [], origins: [] }
