import type { LiveSource, SourceChange } from '../source/live-source.ts'

/** A source that is followed in a test; `changes` are those that were applied so far. */
export type FollowedSource = {
  readonly changes: readonly SourceChange[]
  /** Waits until this is so, which is looked at whenever the source says something. */
  readonly until: (isSo: () => boolean | Promise<boolean>) => Promise<void>
  /** Ends when it has let go of its server. */
  readonly stop: () => Promise<void>
}

/** Follows a source and applies each change at once. */
export const followSource = (live: LiveSource): FollowedSource => {
  const controller = new AbortController()
  const changes: SourceChange[] = []
  let said = Promise.withResolvers<void>()
  const say = (): void => {
    said.resolve()
    said = Promise.withResolvers()
  }
  const changed = (apply: () => SourceChange): void => {
    changes.push(apply())
    say()
  }
  const followed = live.follow({ changed, stood: say }, controller.signal)
  return {
    changes,
    until: async isSo => {
      for (;;) {
        // What is said while it is looked at counts.
        const { promise } = said
        if (await isSo()) return
        await promise
      }
    },
    stop: async () => {
      controller.abort()
      await followed
    },
  }
}
