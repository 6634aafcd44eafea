import { type Filter, PresenceFilter, SearchRequest } from 'ldapts'
import { type LdapConnection, type OpenConnection, openConnection } from './connection.ts'
import type { Dn } from './dn.ts'
import { toSourceError } from './error.ts'
import { messageFrames } from './message-frames.ts'
import { type ReadingBounds, WHOLE_BOUNDS, watchReading } from './reading-bounds.ts'
import { partElsewhere, type ServedAttribute, toEntry } from './server-entry.ts'
import { hangUp, untilAborted } from './session.ts'
import { decodeSyncMessage, encodeSyncSearch, type SyncCookie, type SyncMessage } from './sync-message.ts'
import { type ContentMessage, type SyncStages, type SyncStep, syncStages } from './sync-stage.ts'

/** A search of content synchronisation, and who is told of what it finds. */
export type SyncSearch = {
  readonly connection: LdapConnection
  readonly filter: Filter
  readonly attributes: readonly string[]
  readonly cookie: SyncCookie | undefined
  /** Gets what came together: the whole refresh stage first, then what changes. */
  readonly take: (steps: readonly SyncStep[]) => void
  /** Called after the refresh stage whenever the server proves to be there. */
  readonly heard: () => void
  /** Time after which, each time, the server is asked whether it is there. */
  readonly probeMs: number
  /** Time after which it ends as if the cookie were too old: no server tells of everything, whatever it promises. */
  readonly reloadMs: number
  readonly signal: AbortSignal
}

/** Why a search ended that was to go on for ever: the cookie is too old, or the server has no synchronisation. */
export type SyncEnd = 'refresh-required' | 'unsupported'

/**
 * Follows a server (RFC 4533, refreshAndPersist) over a connection of its own until the signal is aborted. Rejects with
 * its reason, or with a `SourceError` where the connection is lost or says what it must not.
 */
export const runSyncSearch = async (search: SyncSearch): Promise<SyncEnd> => {
  const { connection, signal } = search
  signal.throwIfAborted()
  const opening = openConnection(connection)
  try {
    const open = await untilAborted(signal, opening)
    return await untilAborted(signal, converse(open, search))
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw toSourceError(connection.server, `synchronisation below "${connection.base.text}"`, cause)
  } finally {
    void hangUp(opening)
  }
}

const converse = async (open: OpenConnection, search: SyncSearch): Promise<SyncEnd> => {
  const { stream } = open
  const { promise, resolve, reject } = Promise.withResolvers<SyncEnd>()
  const hear = hearing(search)
  const watch = watching(open, search.probeMs, reject)
  // The client has no part in this search: its reader knows no intermediate responses.
  stream.removeAllListeners('data')
  let isOver = false
  stream.on('data', bytes => {
    // What comes behind a fault counts no more, nor what comes while the connection is being closed.
    if (isOver || search.signal.aborted) return
    try {
      const reached = hear(bytes)
      if (reached === 'persisting') return watch.persist()
      if (reached === 'refreshing') return
      resolve(reached)
    } catch (cause) {
      reject(cause)
    }
    isOver = true
  })
  stream.on('error', reject)
  stream.on('close', () => reject(new Error('the server closed the connection')))
  const { connection, filter, attributes, cookie } = search
  const baseDn = connection.base.text
  stream.write(encodeSyncSearch({ messageId: SEARCH_ID, baseDn, filter, attributes, cookie }))
  const reload = setTimeout(() => resolve('refresh-required'), search.reloadMs)
  return promise.finally(() => {
    isOver = true
    watch.stop()
    clearTimeout(reload)
  })
}

/** Takes octets as they come; says how far the search has got with them. */
const hearing = (search: SyncSearch): ((bytes: Buffer) => SyncEnd | 'refreshing' | 'persisting') => {
  const { cookie, take, heard } = search
  const frames = messageFrames(MAX_MESSAGE_OCTETS)
  const stages = syncStages(cookie !== undefined)
  const toContent = contentReader(search.connection.server)
  return bytes => {
    const steps: SyncStep[] = []
    for (const frame of frames(bytes)) {
      const message = decodeSyncMessage(frame, SEARCH_ID)
      const isEnd = message.kind === 'end'
      const content = isEnd ? lastPhase(message, stages) : toContent(message)
      if (content === 'unsupported') return content
      const step = content && stages.take(content)
      if (step !== undefined) steps.push(step)
      if (!isEnd) continue
      if (steps.length > 0) take(steps)
      return endOf(message, cookie)
    }
    if (steps.length > 0) take(steps)
    if (stages.isRefreshing()) return 'refreshing'
    heard()
    return 'persisting'
  }
}

/** A server may end the refresh stage with the search, as in `refreshOnly`. */
const lastPhase = ({ code, sync }: End, stages: SyncStages): ContentMessage | undefined =>
  code === 0 && sync !== undefined && stages.isRefreshing()
    ? { ...sync, kind: 'phase-end', phase: sync.deletes ? 'delete' : 'present', done: true }
    : undefined

/**
 * First row that applies; no other end is an answer, success included.
 *
 *     e-syncRefreshRequired, asked with a cookie  begin anew
 *     unavailableCriticalExtension                the server has no synchronisation
 */
const endOf = ({ code, text }: End, cookie: SyncCookie | undefined): SyncEnd => {
  if (code === REFRESH_REQUIRED && cookie !== undefined) return 'refresh-required'
  if (code === UNAVAILABLE_CRITICAL_EXTENSION) return 'unsupported'
  if (code === 0) throw new Error('the server ended the search')
  throw Object.assign(new Error(text), { code })
}

/** What messages say of the contents; `unsupported` is an entry without its UUID, from a server that took no notice of the control. */
const contentReader = (
  server: string,
): ((message: SyncMessage) => ContentMessage | 'unsupported' | undefined) => {
  const parents = new Map<string, Dn>()
  return message => {
    if (message.kind === 'reference') throw partElsewhere(message.urls, server)
    if (message.kind === 'end' || message.kind === 'other') return undefined
    if (message.kind !== 'entry') return message
    if (message.sync === undefined) return 'unsupported'
    const { state, uuid, ...cookie } = message.sync
    if (state === 'present' || state === 'delete')
      return { kind: 'id-set', deletes: state === 'delete', uuids: [uuid], ...cookie }
    const attributes = message.attributes.map(
      ({ description, values }): ServedAttribute => [description, values],
    )
    return { kind: 'entry', uuid, entry: toEntry(message.dn, attributes, server, parents), ...cookie }
  }
}

/** Ends a search whose server is silent for too long; after the refresh stage it is asked whether it is there. */
const watching = (
  { stream, bytesRead }: OpenConnection,
  probeMs: number,
  fail: (reason: unknown) => void,
): { readonly persist: () => void; readonly stop: () => void } => {
  const begin = (bounds: ReadingBounds): { readonly stop: () => void } => {
    const watch = watchReading(bounds, bytesRead)
    watch.signal.addEventListener('abort', () => fail(watch.signal.reason), { once: true })
    return watch
  }
  let watch = begin(WHOLE_BOUNDS)
  let probing: NodeJS.Timeout | undefined
  let messageId = SEARCH_ID
  const probe = (): void => {
    messageId = messageId === MAX_MESSAGE_ID ? SEARCH_ID + 1 : messageId + 1
    const filter = new PresenceFilter({ attribute: 'objectClass' })
    stream.write(new SearchRequest({ messageId, scope: 'base', filter, attributes: ['1.1'] }).write())
  }
  return {
    persist: () => {
      if (probing !== undefined) return
      watch.stop()
      watch = begin({ idleMs: probeMs + WHOLE_BOUNDS.idleMs, totalMs: Number.POSITIVE_INFINITY })
      probing = setInterval(probe, probeMs)
    },
    stop: () => {
      watch.stop()
      clearInterval(probing)
    },
  }
}

type End = Extract<SyncMessage, { kind: 'end' }>

const SEARCH_ID = 1
const MAX_MESSAGE_ID = 2 ** 31 - 1
const REFRESH_REQUIRED = 4096
const UNAVAILABLE_CRITICAL_EXTENSION = 12
/** A group of 100,000 members, each a DN of 300 octets. */
const MAX_MESSAGE_OCTETS = 1 << 25
