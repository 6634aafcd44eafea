import type { Diagnostic, Origin } from '../diagnostic/diagnostic.ts'
import type { HostName } from './catalog.ts'
import type { ClassName } from './class-name.ts'

/** The class list of one host as it is in force, swapped in whole. */
export type ClassListOf = {
  readonly host: HostName
  /** The full name where one is known, else the short one. */
  readonly name: string
  /** The last whole list; undefined where the host never had one. */
  readonly classes: readonly ClassName[] | undefined
  /** Since when that list holds, in milliseconds since 1970. */
  readonly sinceMs: number
  /** Errors that stand against a newer list: while there are any, `classes` is the last whole one. */
  readonly faults: readonly Diagnostic[]
}

/** Source of a cause: found at the start. */
export const START = 'start'

/** Source of a cause: found by comparing all lists with the history, after it could not be written for long. */
export const RECOVERED = 'recovered'

/** What made lists change: one edit of one source, as far as the source can tell. */
export type ListCause = {
  /** Name of the source; `START` or `RECOVERED`; `configuration` after it was read anew. */
  readonly source: string
  /** Of the zone, where it is one. */
  readonly serial?: number
  /** Records and entries that were edited, some of them where there are very many; none after a whole transfer. */
  readonly origins: readonly Origin[]
  /** When we heard of it, in milliseconds since 1970. */
  readonly atMs: number
}

/** One list that changed. */
export type ListChange = {
  readonly host: HostName
  /** As in `ClassListOf`. */
  readonly name: string
  /** Undefined for a host that is new, or had no whole list. */
  readonly before: readonly ClassName[] | undefined
  /** Undefined for a host that is gone. */
  readonly after: readonly ClassName[] | undefined
}

/** Lists that changed together, by one cause; never empty. */
export type ListChanges = { readonly cause: ListCause; readonly changes: readonly ListChange[] }

/** A host whose list got an error that it did not have, or has none any more. */
export type FaultChange = {
  /** As in `ClassListOf`. */
  readonly name: string
  /** The first error that is new; undefined where the list is whole again. */
  readonly fault: Diagnostic | undefined
}

/** Hosts of lists that were swapped together, by one cause; never empty. */
export type FaultChanges = { readonly cause: ListCause; readonly changes: readonly FaultChange[] }

/** How a source that is followed stands. */
export type SourceStanding = {
  readonly name: string
  /** `loading`: never read yet. `current`: in step with its server. `behind`: its last whole state answers. */
  readonly phase: 'loading' | 'current' | 'behind'
  readonly serial?: number
  /** When its server last said that this is its state, in milliseconds since 1970. */
  readonly confirmedAtMs?: number
  /** Why it is behind, or still loading. */
  readonly fault?: Diagnostic
}

/** All class lists of a site, kept current. */
export type ClassLists = {
  /** Every host by its `name`, in no order. */
  readonly all: () => Iterable<ClassListOf>
  readonly find: (name: string) => ClassListOf | undefined
  readonly hostCount: () => number
  /** How many of them have `faults`. */
  readonly faultyCount: () => number
  /** Names of the hosts whose list holds the class, in the order of their bytes. */
  readonly hostsOf: (className: ClassName) => readonly string[]
  readonly standings: () => readonly SourceStanding[]
  /** Calls back after each swap, in its order, before anybody is answered from it; gives what ends that. */
  readonly onChanges: (listener: (changes: ListChanges) => void) => () => void
}
