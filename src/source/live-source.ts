import type { Origin } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import type { SourceStanding } from '../model/class-lists.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Source } from './source.ts'

/**
 * What an answer was made from: an owner name, a value of an attribute, a DN. It means something to its source alone;
 * two questions that read the same place tell the same key.
 */
export type ReadKey = string

/** What one change of a source may mean for what was read before. */
export type SourceChange = {
  /** Whoever read one of these has to read again: everybody, where it is not known who. */
  readonly keys: ReadonlySet<ReadKey> | 'all'
  /** Hosts that may have come or gone; those of `keys` need not be named. Not looked at where `keys` is `all`. */
  readonly hosts: readonly HostName[]
  /** Classes whose definitions may have come, gone or changed, likewise. */
  readonly classes: readonly ClassName[]
  /** What was edited, at most 20 of it; none where everything was read anew. */
  readonly origins: readonly Origin[]
  readonly serial?: number
}

/** Who is told what a followed source does. */
export type LiveListener = {
  /**
   * The server has something new. Nothing has changed in memory yet: `apply` makes the change, at once and whole, and says
   * what it was. It is called when nobody reads, in the order of these calls.
   */
  readonly changed: (apply: () => SourceChange) => void
  /** `standing` says something else than before. */
  readonly stood: () => void
}

/** A source that is in memory and follows its server. */
export type LiveSource = {
  /** Answers from memory alone. Asked before the first change was applied, it rejects with a `SourceError`. */
  readonly source: Source
  /**
   * Follows the server until the signal is aborted: the first change is its whole state, or that of a snapshot from which it
   * can go on. Does not reject: whatever goes wrong is told by `standing`, and tried again with growing pauses.
   */
  readonly follow: (listener: LiveListener, signal: AbortSignal) => Promise<void>
  readonly standing: () => SourceStanding
  /** Whether `readWhole` names this host, short or in full as it is here: `findHosts` may also know it by other names. */
  readonly lists: (host: HostName, signal: AbortSignal) => Promise<boolean>
  /** While `read` runs, `note` is told what it reads here. One at a time. */
  readonly noting: <T>(note: (key: ReadKey) => void, read: () => Promise<T>) => Promise<T>
  /**
   * All that is in memory as plain data that JSON keeps, with what the server needs to go on from there; undefined before
   * the first change, and where nothing needs to be kept. No later change touches what it gave.
   */
  readonly kept: () => unknown
}
