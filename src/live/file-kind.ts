import type { Outcome } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import type { ReadKey, SourceChange } from '../source/live-source.ts'
import type { Source } from '../source/source.ts'

/** What it takes to answer from the states of something that is read as a whole each time. */
export type StateKind<State> = {
  /** As the source is called. */
  readonly name: string
  /** Answers from the state that is current when it is asked, and tells what it reads of it. Called once. */
  readonly open: (current: () => State, note: (key: ReadKey) => void) => Source
  /** Whether a whole reading of the current state names the host. */
  readonly lists: (state: State, host: HostName, signal: AbortSignal) => Promise<boolean>
  /** What another state means for what was read in the one before. Pure. */
  readonly compare: (before: State, after: State) => SourceChange
  /** Of the zone, where it is one. */
  readonly serialOf?: (state: State) => number | undefined
}

/** A kind of file, or directory of files, that is followed. */
export type FileKind<State> = StateKind<State> & {
  /** Where it begins. */
  readonly path: string
  /** Rejects with a `SourceError` where it cannot be read; no value, or an error, where it is wrong as a whole. */
  readonly read: (signal: AbortSignal) => Promise<Outcome<State>>
  /** All that a state was read from. */
  readonly pathsOf: (state: State) => readonly string[]
}
