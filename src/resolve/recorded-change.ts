import type { ListCause } from '../model/class-lists.ts'
import type { HistoryEntry } from '../model/list-history.ts'
import { type HostChange, toHostChange } from './host-change.ts'

/** A change of the history as it is shown; `at` is RFC 3339 in UTC. */
export type RecordedChange = {
  readonly id: number
  readonly at: string
  readonly cause: ShownCause
} & HostChange

/** A cause as it is shown; when it was is shown beside it. */
export type ShownCause = Omit<ListCause, 'atMs'>

/** Entries of the history as they are shown, in their order. Pure. */
export const toRecordedChanges = (entries: readonly HistoryEntry[]): readonly RecordedChange[] =>
  entries.flatMap(({ id, host, before, after, cause: { atMs, ...cause } }) => {
    const change = toHostChange(host, before && { list: before }, after && { list: after })
    return change === undefined ? [] : [{ id, at: new Date(atMs).toISOString(), cause, ...change }]
  })
