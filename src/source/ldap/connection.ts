import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Client, type ClientOptions } from 'ldapts'
import type { Dn } from './dn.ts'
import { toSourceError } from './error.ts'
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

/** An operation may take this long (contract, section 3.8). */
export const TIMEOUT_SECONDS = 5

/** A connection that is there and bound. */
export type OpenConnection = {
  readonly client: Client
  /** Where the messages go, above TLS. */
  readonly stream: Socket
  readonly isOpen: () => boolean
  /** Octets that came over the connection, TLS records included. */
  readonly bytesRead: () => number
}

/** Connects, TLS and bind included; rejects with a `SourceError` where any of it fails. */
export const openConnection = async ({
  address,
  server,
  startTls,
  ca,
  bind,
}: LdapConnection): Promise<OpenConnection> => {
  const trust = ca === undefined ? {} : { ca }
  // The one that was connected first; TLS comes above it, or is itself the first.
  let socket: Socket | undefined
  let stream: Socket | undefined
  const use = <S extends Socket>(made: S): S => {
    socket ??= made
    stream = made
    return made
  }
  const client = new Client({
    ...clientOptions(address, trust),
    createConnection: () =>
      use(address.kind === 'socket' ? connect(address.path) : connect(address.port, address.host)),
    createSecureConnection: ((...given: Parameters<typeof connectTls>) =>
      use(connectTls(...given))) as typeof connectTls,
  })
  // After StartTLS the client itself does not see that the connection below it has gone.
  const isOpen = (): boolean => client.isConnected && socket?.destroyed !== true
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
    if (stream === undefined) throw new Error('nothing was connected')
    return { client, stream, isOpen, bytesRead: () => socket?.bytesRead ?? 0 }
  } catch (cause) {
    await closeConnection({ client, isOpen })
    throw toSourceError(server, doing, cause)
  }
}

/** Says goodbye where there is somebody to say it to. */
export const closeConnection = async ({
  client,
  isOpen,
}: Pick<OpenConnection, 'client' | 'isOpen'>): Promise<void> => {
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

const within = <T>(seconds: number, work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}
