import { EventEmitter, once } from 'node:events'
import type { LiveSource, SourceChange } from '../source/live-source.ts'

/** A source that is followed in a test; `changes` are those that were applied so far. */
export type FollowedSource = {
  readonly changes: readonly SourceChange[]
  /** Waits until this is so, which is looked at whenever the source says something. */
  readonly until: (isSo: () => boolean | Promise<boolean>) => Promise<void>
  /** Calls back after each change. */
  readonly onChange: (listener: (change: SourceChange) => void) => void
  /** Ends when it has let go of its server. */
  readonly stop: () => Promise<void>
}

/** Follows a source and applies each change at once. */
export const followSource = (live: LiveSource): FollowedSource => {
  const controller = new AbortController()
  const said = new EventEmitter()
  const changes: SourceChange[] = []
  const followed = live.follow(
    {
      changed: apply => {
        const change = apply()
        changes.push(change)
        said.emit('change', change)
        said.emit('said')
      },
      stood: () => said.emit('said'),
    },
    controller.signal,
  )
  return {
    changes,
    until: async isSo => {
      for (;;) {
        // Listened for before it is looked at: what is said meanwhile counts.
        const next = once(said, 'said')
        if (await isSo()) return
        await next
      }
    },
    onChange: listener => said.on('change', listener),
    stop: async () => {
      controller.abort()
      await followed
    },
  }
}
