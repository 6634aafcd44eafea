import { type SourceError, toDiagnostic } from '../diagnostic/source-error.ts'
import type { SourceStanding } from '../model/class-lists.ts'
import type { LiveListener } from './live-source.ts'

/** How a followed source stands, as it changes. */
export type LiveStanding = {
  readonly standing: () => SourceStanding
  /** Why it is not in step with its server. */
  readonly failure: () => SourceError | undefined
  /** The listener is told where that is news. */
  readonly stand: (listener: LiveListener, phase: SourceStanding['phase'], failure?: SourceError) => void
  /** Its server said that this is its state, now or, in milliseconds since 1970, then. */
  readonly confirm: (atMs?: number | undefined) => void
}

/** The standing of a source that was never read. `now` is in milliseconds since 1970. */
export const liveStanding = (name: string, now: () => number): LiveStanding => {
  let standing: SourceStanding = { name, phase: 'loading' }
  let failure: SourceError | undefined
  return {
    standing: () => standing,
    failure: () => failure,
    stand: (listener, phase, error) => {
      const isNews = standing.phase !== phase || failure?.message !== error?.message
      const { fault: _, ...others } = standing
      failure = error
      standing = { ...others, phase, ...(error === undefined ? {} : { fault: toDiagnostic(error) }) }
      if (isNews) listener.stood()
    },
    confirm: (atMs = now()) => {
      standing = { ...standing, confirmedAtMs: atMs }
    },
  }
}
