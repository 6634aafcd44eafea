import { type ClassLists, type ListChanges, RECOVERED, START } from '../model/class-lists.ts'
import type { HistoryStanding, ListHistory } from '../model/list-history.ts'
import { isPassing } from './database.ts'
import { type HistoryFile, openHistoryFile } from './history-file.ts'
import type { Bounds } from './prune.ts'
import { type OpenHistory, readHistory } from './read-history.ts'
import { openRecorder } from './recorder.ts'
import { waitingBatches } from './waiting.ts'
import type { Batch } from './write-changes.ts'

/** How a history is kept. */
export type HistoryOptions = Bounds & {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Called when it falls behind, and when it has caught up; for the log. */
  readonly onStanding?: (standing: HistoryStanding) => void
  /** Changes that memory has room for while they cannot be written. */
  readonly mostWaiting?: number
  /** The first pause after a fault; it doubles up to a minute. */
  readonly retryMs?: number
}

/** A history that is written. Questions are answered from what is written already. */
export type History = ListHistory & {
  /** Takes changes, and writes them in the turns that follow; never throws. */
  readonly record: (changes: ListChanges) => void
  /**
   * Records from now on what changes in these lists, and first in what they differ from the last entries: what changed while
   * nobody recorded. They have to be whole. Gives what ends that.
   */
  readonly follow: (lists: FollowedLists) => () => void
  readonly standing: () => HistoryStanding
  /** Waits until all that was recorded is written, or cannot be now. */
  readonly settled: () => Promise<void>
  /** Writes what can be written, and closes the file. */
  readonly close: () => Promise<void>
}

/** Lists that are recorded. */
export type FollowedLists = Pick<ClassLists, 'all' | 'onChanges'>

const MOST_WAITING = 200_000
const RETRY_MS = 1000

/**
 * Opens the history in a file, or begins one. Throws a `SourceError` that names a file which is damaged, of another
 * version, or cannot be opened; one that only cannot be written now is tried again.
 */
export const openHistory = (path: string, options: HistoryOptions): History => {
  const { now, onStanding = () => {}, mostWaiting = MOST_WAITING, retryMs = RETRY_MS } = options
  let followed: FollowedLists | undefined
  let closing: Promise<void> | undefined
  const waiting = waitingBatches(mostWaiting, () => followed && wholeBatch(followed, RECOVERED, now()))
  let first = openNow(path, options)
  const open = (): HistoryFile => {
    const file = first ?? openHistoryFile(path, options)
    first = undefined
    return file
  }
  const recorder = openRecorder({ open, waiting, now, onStanding, retryMs })
  const put = (batch: Batch): void => {
    waiting.put(batch)
    recorder.wake()
  }
  const record = (changes: ListChanges): void => put(toBatch(changes))
  const reader = openedOnce(() => readHistory(path))
  recorder.wake()
  return {
    record,
    follow: lists => {
      followed = lists
      put(wholeBatch(lists, START, now()))
      return lists.onChanges(record)
    },
    hostsNamed: text => reader.get().hostsNamed(text),
    of: (host, page) => reader.get().of(host, page),
    ofClass: (className, page) => reader.get().ofClass(className, page),
    listAt: (host, atMs) => reader.get().listAt(host, atMs),
    standing: recorder.standing,
    settled: recorder.settled,
    close: () => {
      reader.close()
      closing ??= recorder.close()
      return closing
    },
  }
}

/** Undefined where it may be possible later. */
const openNow = (path: string, bounds: Bounds): HistoryFile | undefined => {
  try {
    return openHistoryFile(path, bounds)
  } catch (error) {
    if (!isPassing(error)) throw error
    return undefined
  }
}

const openedOnce = (open: () => OpenHistory) => {
  let opened: OpenHistory | undefined
  return {
    get: (): OpenHistory => (opened ??= open()),
    close: (): void => {
      opened?.close()
      opened = undefined
    },
  }
}

const toBatch = ({ cause, changes }: ListChanges): Batch => ({
  cause,
  lists: changes.map(({ name, after }) => ({ name, classes: after })),
})

/** A host that has no whole list now keeps the one that is recorded. */
const wholeBatch = ({ all }: FollowedLists, source: string, atMs: number): Batch => {
  const hosts = [...all()]
  return {
    cause: { source, origins: [], atMs },
    lists: hosts
      .filter(({ classes }) => classes !== undefined)
      .map(({ name, classes }) => ({ name, classes })),
    allHosts: new Set(hosts.map(({ name }) => name)),
  }
}
