import type { Client } from 'ldapts'
import { closeConnection, type LdapConnection, type OpenConnection, openConnection } from './connection.ts'
import { sourceClosed, toSourceError } from './error.ts'
import { type ReadingBounds, watchReading } from './reading-bounds.ts'

/** A connection that is there when it is needed. */
export type LdapSession = {
  /**
   * Asks one question over a bound connection. `doing` says in errors what it was. Rejects with a
   * `SourceError` unless the server says success, or with the reason of the signal. With `bounds`
   * the answer may take more than one operation's time, if it keeps coming.
   */
  readonly ask: <T>(
    doing: string,
    signal: AbortSignal,
    question: (client: Client) => Promise<T>,
    bounds?: ReadingBounds,
  ) => Promise<T>
  /** For good: whoever still asks, or asks again, is told so, and connects no more. */
  readonly close: () => Promise<void>
}

/**
 * Connects at the first question and again, TLS and bind included, when the connection was
 * lost; the client is never left to reconnect by itself, since it would do so in the clear and as
 * anonymous.
 */
export const ldapSession = (connection: LdapConnection): LdapSession => {
  let current: Promise<OpenConnection> | undefined
  let bytesRead = (): number => 0
  let isClosed = false

  const session = async (): Promise<OpenConnection & { readonly isFresh: boolean }> => {
    const before = current
    const opened = await before?.catch(() => undefined)
    // Nothing but microtasks runs between this test and the request that follows it.
    if (opened?.isOpen() === true) return { ...opened, isFresh: false }
    if (isClosed) throw sourceClosed(connection.server)
    if (current === before || current === undefined) current = openConnection(connection)
    return { ...(await current), isFresh: true }
  }
  const answer = async <T>(question: (client: Client) => Promise<T>): Promise<T> => {
    const { client, isFresh, ...opened } = await session()
    bytesRead = opened.bytesRead
    try {
      return await question(client)
    } catch (cause) {
      // That a server has closed an idle connection may be noticed only now.
      if (isFresh || !isConnectionLoss(cause)) throw cause
      return question((await session()).client)
    }
  }
  return {
    ask: async (doing, signal, question, bounds) => {
      signal.throwIfAborted()
      const watch = bounds && watchReading(bounds, () => bytesRead())
      const both = watch === undefined ? signal : AbortSignal.any([signal, watch.signal])
      try {
        return await untilAborted(both, answer(question))
      } catch (cause) {
        if (both.aborted) void hangUp(current)
        if (signal.aborted) throw signal.reason
        throw toSourceError(connection.server, doing, cause)
      } finally {
        watch?.stop()
      }
    },
    close: () => {
      isClosed = true
      return hangUp(current)
    },
  }
}

const isConnectionLoss = (cause: unknown): boolean =>
  cause instanceof Error && /^(?:Connection closed|Socket error)/.test(cause.message)

/** The outcome of the work, or the reason of the signal where that comes first. */
export const untilAborted = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort))
}

/** Closes what was opened, or is about to be. */
export const hangUp = async (opening: Promise<OpenConnection> | undefined): Promise<void> => {
  const session = await opening?.catch(() => undefined)
  if (session !== undefined) await closeConnection(session)
}
