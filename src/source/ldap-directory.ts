import { connect, isIP, type Socket } from 'node:net'
import {
  AndFilter,
  Client,
  type ClientOptions,
  EqualityFilter,
  type Entry as LdapEntry,
  type Filter as LdapFilter,
  OrFilter,
  PresenceFilter,
  type SearchResult,
  SubstringFilter,
} from 'ldapts'
import { SourceError } from '../diagnostic/source-error.ts'
import type { Directory, Filter } from './directory.ts'
import { type Dn, foldAttribute, parseDn } from './dn.ts'
import { type Entry, toValue, type Value } from './entry.ts'
import { toSourceError } from './ldap-error.ts'
import type { LdapAddress } from './ldap-url.ts'

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

/**
 * A live server as a directory (RFC 4511). It connects at the first question and
 * again, TLS and bind included, when the connection was lost; the client is never
 * left to reconnect by itself, since it would do so in the clear and as anonymous.
 */
export const ldapDirectory = (connection: LdapConnection): Directory => {
  const { server, base } = connection
  let current: Promise<Session> | undefined

  const session = async (): Promise<Session & { readonly isFresh: boolean }> => {
    const before = current
    const opened = await before?.catch(() => undefined)
    // Nothing but microtasks runs between this test and the request that follows it.
    if (opened?.isOpen() === true) return { ...opened, isFresh: false }
    if (current === before || current === undefined) current = openSession(connection)
    return { ...(await current), isFresh: true }
  }
  const answer = async <T>(question: (client: Client) => Promise<T>): Promise<T> => {
    const { client, isFresh } = await session()
    try {
      return await question(client)
    } catch (cause) {
      // That a server has closed an idle connection may be noticed only now.
      if (isFresh || !isConnectionLoss(cause)) throw cause
      return question((await session()).client)
    }
  }
  const ask = async <T>(
    doing: string,
    signal: AbortSignal,
    question: (client: Client) => Promise<T>,
  ): Promise<T> => {
    signal.throwIfAborted()
    try {
      return await untilAborted(signal, answer(question))
    } catch (cause) {
      if (!signal.aborted) throw toSourceError(server, doing, cause)
      void hangUp(current)
      throw signal.reason
    }
  }
  const toEntries = ({ searchEntries, searchReferences }: SearchResult): readonly Entry[] => {
    if (searchReferences.length > 0) {
      throw new SourceError(
        `part of the answer is at ${searchReferences.join(', ')}, which is not followed`,
        {
          kind: 'server',
          server,
        },
      )
    }
    return searchEntries.map(entry => toEntry(entry, server))
  }
  return {
    find: (filter, attributes, signal) =>
      ask(`search below "${base.text}"`, signal, async client =>
        toEntries(
          await client.search(base.text, {
            scope: 'sub',
            filter: toLdapFilter(filter),
            attributes: [...attributes],
            paged: { pageSize: PAGE_SIZE },
            timeLimit: TIMEOUT_SECONDS,
          }),
        ),
      ),
    read: (dns, attributes, signal) =>
      Promise.all(
        dns.map(dn =>
          ask(`read of "${dn.text}"`, signal, async client =>
            toEntries(await client.search(dn.text, { scope: 'base', attributes: [...attributes] })),
          ),
        ),
      ).then(answers => answers.flat()),
    hasAny: (filter, signal) =>
      ask(`search below "${base.text}"`, signal, async client => {
        const options = { filter: toLdapFilter(filter), attributes: ['1.1'], paged: { pageSize: 1 } }
        for await (const page of client.searchPaginated(base.text, options))
          if (toEntries(page).length > 0) return true
        return false
      }),
    close: () => hangUp(current),
  }
}

type Session = { readonly client: Client; readonly isOpen: () => boolean }

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
    return { client, isOpen }
  } catch (cause) {
    await close({ client, isOpen })
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

/**
 * Values go out as octets of their own, so that nothing in them can be taken for
 * syntax, which is what the escapes of RFC 4515 are for in the written form.
 */
const toLdapFilter = (filter: Filter): LdapFilter => {
  switch (filter.kind) {
    case 'present':
      return new PresenceFilter({ attribute: filter.attribute })
    case 'equal':
      return new EqualityFilter({ attribute: filter.attribute, value: filter.value })
    case 'prefix':
      return new SubstringFilter({ attribute: filter.attribute, initial: filter.value })
    case 'and':
      return new AndFilter({ filters: filter.of.map(toLdapFilter) })
    case 'or':
      return new OrFilter({ filters: filter.of.map(toLdapFilter) })
  }
}

const toEntry = ({ dn: text, ...described }: LdapEntry, server: string): Entry => {
  const fail = (message: string): SourceError => new SourceError(message, { kind: 'server', server })
  const dn = parseDn(text)
  if (!dn.ok) throw fail(`answered with ${JSON.stringify(text)}, which is not a DN`)
  const attributes = new Map<string, readonly Value[]>()
  for (const [description, values] of Object.entries(described)) {
    // Some servers send long lists in parts; the first part alone is no answer.
    if (/;range=/i.test(description)) throw fail(`answered with a part of ${description} of "${text}"`)
    const attribute = foldAttribute(description)
    const decoded = [values]
      .flat()
      .map(value => (typeof value === 'string' ? { text: value } : toValue(value)))
    if (decoded.length > 0) attributes.set(attribute, [...(attributes.get(attribute) ?? []), ...decoded])
  }
  return { dn: dn.dn, attributes, origin: { kind: 'entry', dn: dn.dn.text } }
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

const TIMEOUT_SECONDS = 5
const PAGE_SIZE = 500
