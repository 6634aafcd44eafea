import type { Diagnostic, Origin, Outcome } from '../diagnostic/diagnostic.ts'
import type { ClassDefinition, HostName, HostRecord, Place } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import type { HostQuery } from '../model/host-query.ts'

/**
 * A place that memberships and definitions are read from: zone file, live DNS,
 * LDAP, LDIF. Bad data becomes diagnostics; a source that cannot be read
 * rejects with a `SourceError`, so that it is never taken for an empty one.
 */
export type Source = {
  /** Used in output and diagnostics, for example `dns example.test`. */
  readonly name: string
  /** State for `lookup --format json`; call it after reading. */
  describe(): SourceState
  /**
   * Names that HOST can mean here, each once; none where the source does not know it.
   * A short name is tried below the zone apex, then against all hosts.
   */
  findHosts(query: HostQuery, signal: AbortSignal): Promise<Outcome<readonly HostName[]>>
  /** What this source says of the host; undefined for a host outside its zone or base. */
  readHost(host: HostName, signal: AbortSignal): Promise<Outcome<HostRecord | undefined>>
  /**
   * Definitions of these classes, those that there are. The questions of one call
   * go out together. A faulty definition carries its own diagnostics.
   */
  readClasses(names: readonly ClassName[], signal: AbortSignal): Promise<readonly ClassDefinition[]>
  /**
   * Makes `findHosts` see all hosts for a short name, where that takes a transfer and the server permits it; does nothing
   * where it does not. Absent where `findHosts` sees them all anyway.
   */
  enumerate?(signal: AbortSignal): Promise<void>
  /** Whether any class is defined here, for the check of unknown classes; undefined where the source cannot tell. */
  hasDefinitions(signal: AbortSignal): Promise<boolean | undefined>
  /**
   * Reads everything, for commands that go over all hosts: a zone by transfer, a directory by a paged
   * search. Rejects with a `SourceError` where not all of it can be had: never part of a source.
   */
  readWhole(signal: AbortSignal): Promise<Outcome<WholeSource>>
  /** Of a server: everything it holds, for a snapshot. A file has none, for it is on disk already. */
  readonly contents?: SourceContents
  close(): Promise<void>
}

/** What a source is asked. */
export type Questions = Pick<
  Source,
  'findHosts' | 'readHost' | 'readClasses' | 'hasDefinitions' | 'readWhole'
>

/** All of a server at once, as plain data that JSON keeps. */
export type SourceContents = {
  /**
   * Gets everything from the server, once; from then on memory answers every question and nobody is
   * asked. Rejects with a `SourceError` where not all of it can be had.
   */
  fetch(signal: AbortSignal): Promise<void>
  /** What was fetched or restored last; undefined before. */
  kept(): unknown
  /** Takes what `kept` of the same source gave, once, for fetched; `onUse` is called whenever it answers. */
  restore(kept: unknown, onUse: () => void): void
}

/** A source that was read as a whole; `source` answers from memory and asks nobody. */
export type WholeSource = {
  readonly source: Source
  /** Every host it knows, in the order of their names. */
  readonly hosts: readonly HostName[]
  /** Every definition, in the order of the names of classes. */
  readonly definitions: readonly ClassDefinition[]
  /** Every place that may hold memberships and that no host reads. `isRead` says which the hosts of all sources read. */
  findUnread(isRead: IsRead, signal: AbortSignal): Promise<Unread>
  /** Every MAC and UUID that leads to a host here; what is wrong with an owner of one is a diagnostic. */
  findPointers(signal: AbortSignal): Promise<Pointers>
}

/** Whether some host reads a place of this source. */
export type IsRead = (place: Pick<Place, 'kind' | 'name'>) => boolean

/** Where a source holds nothing that a host could miss. */
export const NOTHING_UNREAD: Pick<WholeSource, 'findUnread' | 'findPointers'> = {
  findUnread: async () => ({ places: [], diagnostics: [] }),
  findPointers: async () => ({ pointers: [], diagnostics: [] }),
}

/** Places that no host reads: what they ask for, what is wrong with them, and why nobody reads them. */
export type Unread = { readonly places: readonly Place[]; readonly diagnostics: readonly Diagnostic[] }

/** Questions for a host that a source can answer, and where each is answered. */
export type Pointers = {
  readonly pointers: readonly { readonly query: HostQuery; readonly origin: Origin }[]
  readonly diagnostics: readonly Diagnostic[]
}

/** One row of `sources` in `lookup --format json`. */
export type SourceState = {
  readonly name: string
  readonly state: 'live' | 'file' | 'stale' | 'unread'
  readonly serial?: number
  /** Of the oldest answer used; of a stale source only. */
  readonly ageSeconds?: number
}
