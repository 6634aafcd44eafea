import { SourceError } from '../../diagnostic/source-error.ts'
import type { LiveListener, LiveSource, SourceChange } from '../live-source.ts'
import { type LiveStanding, liveStanding } from '../live-standing.ts'
import { noteTaker } from '../note-taker.ts'
import type { Dialect } from './dialect.ts'
import { DIALECTS } from './dialects.ts'
import type { Directory } from './directory.ts'
import { directorySource } from './directory-source.ts'
import { directoryLists } from './directory-whole.ts'
import { type FollowedServer, type FollowTimes, serverFollower } from './follow-server.ts'
import { type LdapSourceOptions, toBaseDn, toConnection } from './ldap-options.ts'
import { type KeptEntries, type LiveEntries, liveEntries, usableEntries } from './live-entries.ts'
import type { SyncCookie } from './sync-message.ts'

/** How a directory is followed. */
export type FollowLdapOptions = LdapSourceOptions & {
  /** Between two readings of a server that has no content synchronisation. */
  readonly pollSeconds: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** What `kept` of the same source gave, to go on from. */
  readonly kept?: unknown
  readonly times?: Partial<FollowTimes>
}

/**
 * A directory in memory that follows its server: by content synchronisation (RFC 4533), or by reading all of it
 * every `pollSeconds` where the server has none. It answers as `ldapSource` with these options does. Throws a
 * `SourceError` where the base is no DN.
 */
export const followLdap = ({ kept: restored, ...options }: FollowLdapOptions): LiveSource => {
  let restoring = restored as Kept | undefined
  const name = `ldap ${options.url}`
  const base = toBaseDn(options)
  const dialect = DIALECTS[options.dialect ?? 'faiClasses']
  const entries = liveEntries(base, dialect)
  const live = liveStanding(name, options.now)
  const { hear, noting } = noteTaker()
  const directory = (): Directory => {
    const opened = entries.directory(hear())
    if (opened === undefined) throw live.failure() ?? faultAt(options.url, 'it has not been read yet')
    return opened
  }
  return {
    source: directorySource(
      name,
      'live',
      async () => ({ ok: true, directory: directory(), base }),
      async () => {},
      dialect,
    ),
    follow: (listener, signal) => {
      const usable = usableEntries(restoring, base, dialect)
      // Nobody holds it afterwards: it is as large as the directory.
      restoring = undefined
      const following = { entries, live, listener, signal }
      if (usable !== undefined) offerKept(usable, following)
      return follow(followedServer(options, dialect, usable?.cookie), following)
    },
    standing: live.standing,
    lists: async (host, signal) => directoryLists(directory(), base, dialect, host, signal),
    noting,
    kept: (): Kept | undefined => {
      const { confirmedAtMs } = live.standing()
      const kept = entries.kept()
      return kept && { ...kept, confirmedAtMs }
    },
  }
}

/** All that is kept of it. */
type Kept = KeptEntries & { readonly confirmedAtMs: number | undefined }

type Following = {
  readonly entries: LiveEntries
  readonly live: LiveStanding
  readonly listener: LiveListener
  readonly signal: AbortSignal
}

const follow = (
  server: FollowedServer,
  { entries, live: { stand, confirm }, listener, signal }: Following,
): Promise<void> => {
  const follower = serverFollower(server, {
    take: (steps, cookie, attempt) => {
      confirm()
      listener.changed(() => {
        if (attempt.aborted) return NOTHING
        const change = entries.apply(steps, cookie)
        if (change !== undefined) stand(listener, 'current')
        else follower.beginAnew(faultAt(server.server, 'it counts on entries that it did not send'))
        return change ?? NOTHING
      })
    },
    heard: confirm,
    failed: error => stand(listener, entries.directory() === undefined ? 'loading' : 'behind', error),
  })
  return follower.follow(signal)
}

const offerKept = (kept: Kept, { entries, live: { stand, confirm }, listener }: Following): void =>
  listener.changed(() => {
    stand(listener, 'behind')
    confirm(kept.confirmedAtMs)
    return entries.restore(kept)
  })

const followedServer = (
  options: Omit<FollowLdapOptions, 'kept'>,
  dialect: Dialect,
  cookie: SyncCookie | undefined,
): FollowedServer => ({
  server: options.url,
  connect: () => toConnection(options),
  dialect,
  times: { ...TIMES, pollMs: options.pollSeconds * 1000, ...options.times },
  cookie,
})

const faultAt = (server: string, message: string): SourceError =>
  new SourceError(message, { kind: 'server', server })

const NOTHING: SourceChange = { keys: new Set(), hosts: [], classes: [], origins: [] }

const TIMES: Omit<FollowTimes, 'pollMs'> = { probeMs: 10_000, pauseMs: 1000, reloadMs: 6 * 3600 * 1000 }
