import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import type { ListCause } from './class-lists.ts'
import type { ClassName } from './class-name.ts'

/** One change of the list of one host, as the history keeps it. */
export type HistoryEntry = {
  /** Grows with each change. */
  readonly id: number
  /** The full name where one is known, else the short one. */
  readonly host: string
  /** Undefined where the host was new. */
  readonly before: readonly ClassName[] | undefined
  /** Undefined where the host is gone. */
  readonly after: readonly ClassName[] | undefined
  readonly cause: ListCause
}

/** What the history says of a host at one time. */
export type ListAt =
  /** The entry that was in force; its `after` is the list. */
  | { readonly kind: 'list'; readonly entry: HistoryEntry }
  /** The host was not there yet, or not any more. */
  | { readonly kind: 'absent' }
  /** The history of the host begins later, in milliseconds since 1970. */
  | { readonly kind: 'forgotten'; readonly beginsAtMs: number }

/** Which entries are wanted: the newest ones, at most `limit`. */
export type HistoryPage = {
  readonly limit: number
  /** Only entries with a lower `id`. */
  readonly beforeId?: number | undefined
}

/** What was recorded of class lists, the newest entry first. Rejected questions throw a `SourceError` that names the file. */
export type ListHistory = {
  /** Names that a text means: the full name itself, else those that have it for their first part. */
  readonly hostsNamed: (text: string) => readonly string[]
  /** Changes of one host by its name; with `className` those by which it got or lost the class. */
  readonly of: (
    host: string,
    page: HistoryPage & { readonly className?: ClassName | undefined },
  ) => readonly HistoryEntry[]
  /** Changes by which hosts got or lost a class. The class of a host itself is asked for by its host. */
  readonly ofClass: (className: ClassName, page: HistoryPage) => readonly HistoryEntry[]
  /** Undefined for a host that the history does not know. */
  readonly listAt: (host: string, atMs: number) => ListAt | undefined
}

/** How the history stands. */
export type HistoryStanding = {
  /** `behind`: what changes is kept in memory until it can be written. */
  readonly phase: 'current' | 'behind'
  /** Changes that are not written yet. */
  readonly waiting: number
  /**
   * Changes went by that memory had no room for: once the history can be written, all lists are compared with it, and what
   * differs is recorded without its causes.
   */
  readonly isIncomplete: boolean
  /** Why it is behind. */
  readonly fault?: Diagnostic
}
