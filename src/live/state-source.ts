import { SourceError } from '../diagnostic/source-error.ts'
import type { LiveSource, SourceChange } from '../source/live-source.ts'
import { noteTaker } from '../source/note-taker.ts'
import type { StateKind } from './file-kind.ts'

/** A state in memory, and the parts of a followed source that answer from it. */
export type StateSource<State> = Pick<LiveSource, 'source' | 'lists' | 'noting'> & {
  /** Undefined before the first. */
  readonly current: () => State | undefined
  /** Another state, in order: what makes it the current one. */
  readonly prepare: (state: State) => () => SourceChange
}

/** Without a state; `failure` is why, where that is known. */
export const stateSource = <State>(
  kind: StateKind<State>,
  failure: () => SourceError | undefined,
): StateSource<State> => {
  let current: State | undefined
  let last: State | undefined
  const { hear, noting } = noteTaker()
  const state = (): State => {
    if (current !== undefined) return current
    const origin = { kind: 'server', server: kind.name } as const
    throw failure() ?? new SourceError(`${kind.name} was not read yet`, origin)
  }
  return {
    source: kind.open(state, key => hear()?.(key)),
    lists: async (host, signal) => kind.lists(state(), host, signal),
    noting,
    current: () => current,
    prepare: next => {
      const change = last === undefined ? EVERYTHING : kind.compare(last, next)
      last = next
      return () => {
        current = next
        return change
      }
    },
  }
}

const EVERYTHING: SourceChange = { keys: 'all', hosts: [], classes: [], origins: [] }
