import { connect, isIP, type Socket } from 'node:net'
import { Client, type ClientOptions } from 'ldapts'
import type { Dn } from './dn.ts'
import { toSourceError } from './error.ts'
import { type ReadingBounds, watchReading } from './reading-bounds.ts'
import type { LdapAddress } from './url.ts'

/** How to reach one server and who to be there. */
export type LdapConnection = {
  readonly address: LdapAddress
  /** Named in errors: the URL as configured. */
  readonly server: string
  readonly base: Dn
  readonly startTls: boolean
  /** Certificates in PEM that the server's must lead to; the usual ones where it is left out. */
  readonly ca?: string
  /** Without it the bind is anonymous, over a local socket SASL EXTERNAL. */
  readonly bind?: { readonly dn: string; readonly password: string }
}

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
  readonly close: () => Promise<void>
}

/** An operation may take this long (contract, section 3.8). */
export const TIMEOUT_SECONDS = 5

/**
 * Connects at the first question and again, TLS and bind included, when the connection was
 * lost; the client is never left to reconnect by itself, since it would do so in the clear and as
 * anonymous.
 */
export const ldapSession = (connection: LdapConnection): LdapSession => {
  let current: Promise<Session> | undefined
  let bytesRead = (): number => 0

  const session = async (): Promise<Session & { readonly isFresh: boolean }> => {
    const before = current
    const opened = await before?.catch(() => undefined)
    // Nothing but microtasks runs between this test and the request that follows it.
    if (opened?.isOpen() === true) return { ...opened, isFresh: false }
    if (current === before || current === undefined) current = openSession(connection)
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
    close: () => hangUp(current),
  }
}

type Session = {
  readonly client: Client
  readonly isOpen: () => boolean
  /** Octets that came over the connection, TLS records included. */
  readonly bytesRead: () => number
}

const openSession = async ({ address, server, startTls, ca, bind }: LdapConnection): Promise<Session> => {
  const trust = ca === undefined ? {} : { ca }
  let socket: Socket | undefined
  const client = new Client({
    ...clientOptions(address, trust),
    createConnection: () => {
      socket = address.kind === 'socket' ? connect(address.path) : connect(address.port, address.host)
      return socket
    },
  })
  // After StartTLS the client itself does not see that the connection below it has gone.
  const isOpen = (): boolean => client.isConnected && socket?.destroyed !== true
  const session: Session = { client, isOpen, bytesRead: () => socket?.bytesRead ?? 0 }
  let doing = 'StartTLS'
  try {
    if (startTls && address.kind === 'tcp' && !address.tls) {
      const { host } = address
      const name = isIP(host) === 0 ? { host, servername: host } : { host }
      await within(TIMEOUT_SECONDS, client.startTLS({ ...trust, ...name }))
    }
    doing = bind === undefined ? 'bind' : `bind as "${bind.dn}"`
    if (bind !== undefined) await client.bind(bind.dn, bind.password)
    else if (address.kind === 'socket') await client.bind('EXTERNAL')
    // An anonymous client need not bind, but this is what connects it.
    else if (!client.isConnected) await client.bind('', '')
    return session
  } catch (cause) {
    await close(session)
    throw toSourceError(server, doing, cause)
  }
}

const close = async ({ client, isOpen }: Session): Promise<void> => {
  if (isOpen()) await client.unbind().catch(() => {})
}

const clientOptions = (address: LdapAddress, trust: { readonly ca?: string }): ClientOptions => {
  const timeouts = {
    timeout: TIMEOUT_SECONDS * 1000,
    connectTimeout: TIMEOUT_SECONDS * 1000,
    autoRebind: true,
  }
  if (address.kind === 'socket') return { url: 'ldap://localhost', ...timeouts }
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  const url = `${address.tls ? 'ldaps' : 'ldap'}://${host}:${address.port}`
  // The client takes any TLS option as a wish for TLS from the first byte.
  return { url, ...timeouts, ...(address.tls ? { tlsOptions: trust } : {}) }
}

const isConnectionLoss = (cause: unknown): boolean =>
  cause instanceof Error && /^(?:Connection closed|Socket error)/.test(cause.message)

const untilAborted = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort))
}

const within = <T>(seconds: number, work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

const hangUp = async (opening: Promise<Session> | undefined): Promise<void> => {
  const session = await opening?.catch(() => undefined)
  if (session !== undefined) await close(session)
}
