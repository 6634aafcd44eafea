import { setTimeout as delay } from 'node:timers/promises'
import type { SourceError } from '../../diagnostic/source-error.ts'
import type { LdapConnection } from './connection.ts'
import { CONTAINER_CLASSES, type Dialect, wholeSearch } from './dialect.ts'
import { ofClass, or } from './directory.ts'
import { type Entry, isSameEntry } from './entry.ts'
import type { EntryKey, EntryStep } from './entry-steps.ts'
import { toSourceError } from './error.ts'
import { ldapDirectory } from './server-directory.ts'
import { toLdapFilter } from './server-filter.ts'
import type { SyncCookie } from './sync-message.ts'
import { runSyncSearch } from './sync-search.ts'

/** How long is waited for what, in milliseconds. */
export type FollowTimes = {
  /** Until the server is asked, each time, whether it is there. */
  readonly probeMs: number
  /** After the first fault; doubled with each one that follows it, up to 15 seconds. */
  readonly pauseMs: number
  /** Between two readings of a server that has no content synchronisation. */
  readonly pollMs: number
  /** Until everything is read anew, whatever the server has told of. */
  readonly reloadMs: number
}

/** What is followed. */
export type FollowedServer = {
  /** Named in errors: the URL as configured. */
  readonly server: string
  /** Throws a `SourceError` where there is no way to it. */
  readonly connect: () => LdapConnection
  readonly dialect: Dialect
  readonly times: FollowTimes
  /** Where its contents were known to stand. */
  readonly cookie: SyncCookie | undefined
}

/** Who is told of its contents. */
export type ServerListener = {
  /** `cookie` is that of the last step, if it has one. Once the signal is aborted these steps count no more. */
  readonly take: (steps: readonly EntryStep[], cookie: SyncCookie | undefined, signal: AbortSignal) => void
  /** What was told so far is how it is now. */
  readonly heard: () => void
  readonly failed: (error: SourceError) => void
}

/** Follows a server in whatever way it can be followed. */
export type ServerFollower = {
  /** Until the signal is aborted; does not reject. */
  readonly follow: (signal: AbortSignal) => Promise<void>
  /** Leaves what it has told aside, for this reason, and begins without a cookie. */
  readonly beginAnew: (reason: SourceError) => void
}

/**
 * By content synchronisation, where the server has it; else all of it is read again and again. After a fault it is
 * tried again, in growing pauses, from the last cookie.
 */
export const serverFollower = (server: FollowedServer, listener: ServerListener): ServerFollower => {
  const { dialect, times } = server
  let cookie = server.cookie
  let pauseMs = times.pauseMs
  let attempt = new AbortController()

  const take = (steps: readonly EntryStep[], newest?: SyncCookie): void => {
    pauseMs = times.pauseMs
    cookie = newest ?? cookie
    listener.take(steps, newest, attempt.signal)
  }
  const synchronise = async (connection: LdapConnection, signal: AbortSignal): Promise<void> => {
    const [filter, attributes] = wholeSearch(dialect)
    const end = await runSyncSearch({
      connection,
      filter: toLdapFilter(or(filter, ofClass(CONTAINER_CLASSES))),
      attributes,
      cookie,
      ...times,
      take: steps =>
        take(
          steps.map(({ step }) => step),
          steps.findLast(step => step.cookie)?.cookie,
        ),
      heard: listener.heard,
      signal,
    })
    cookie = undefined
    if (end === 'unsupported') await poll({ connection, dialect, times, take, heard: listener.heard, signal })
  }
  return {
    follow: async signal => {
      while (!signal.aborted) {
        attempt = new AbortController()
        try {
          const connection = server.connect()
          await synchronise(connection, AbortSignal.any([signal, attempt.signal]))
        } catch (cause) {
          if (signal.aborted) return
          listener.failed(toSourceError(server.server, 'following', cause))
          await delay(pauseMs, undefined, { signal }).catch(() => {})
          pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)
        }
      }
    },
    beginAnew: reason => {
      cookie = undefined
      attempt.abort(reason)
    },
  }
}

type Polling = Pick<FollowedServer, 'dialect' | 'times'> & {
  readonly connection: LdapConnection
  readonly take: (steps: readonly EntryStep[]) => void
  readonly heard: () => void
  readonly signal: AbortSignal
}

/** Reads everything, and again, until it is time to see whether the server has learnt to synchronise. */
const poll = async ({ connection, dialect, times, take, heard, signal }: Polling): Promise<void> => {
  const directory = ldapDirectory(connection)
  const startedAt = performance.now()
  let before: ReadonlyMap<EntryKey, Entry> | undefined
  try {
    while (performance.now() - startedAt < times.reloadMs) {
      const found = await directory.findWhole(...wholeSearch(dialect), signal)
      const entries = new Map(found.map(entry => [entry.dn.normal, entry]))
      if (before === undefined || !isSame(before, entries))
        take([{ entries, gone: new Set(), kept: new Set() }])
      before = entries
      heard()
      await delay(times.pollMs, undefined, { signal })
    }
  } finally {
    await directory.close()
  }
}

const isSame = (a: ReadonlyMap<EntryKey, Entry>, b: ReadonlyMap<EntryKey, Entry>): boolean =>
  a.size === b.size &&
  [...a].every(([key, entry]) => {
    const other = b.get(key)
    return other !== undefined && isSameEntry(entry, other)
  })

const MAX_PAUSE_MS = 15_000
