import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { ServerAddress } from '../../model/server-address.ts'
import { limitAddresses, listenTcp } from '../tcp-listen.ts'
import { printable, type Report, toClient } from '../transaction.ts'
import { type HttpAppOptions, httpApp } from './app.ts'
import type { HttpApp } from './context.ts'

/** A server that answers. */
export type HttpServer = {
  /** Where it listens; the port, where 0 was asked for, is the one it got. */
  readonly address: ServerAddress
  /** Takes no more connections, and ends once those in flight are done, or after `graceMs`. */
  readonly close: (graceMs?: number) => Promise<void>
}

/** How much the server bears with. */
export type HttpLimits = {
  /** Connections at once, of all clients and of one address. */
  readonly connections: number
  readonly connectionsOfAddress: number
  /** Without an octet in either direction, in the middle of a request or an answer. */
  readonly idleMs: number
  /** For the head of a request, and for all of it. */
  readonly headMs: number
  readonly requestMs: number
}

const LIMITS: HttpLimits = {
  connections: 1024,
  connectionsOfAddress: 128,
  // Whoever unpacks what it reads may wait for its disk.
  idleMs: 120_000,
  headMs: 10_000,
  requestMs: 600_000,
}

const GRACE_MS = 30_000

/** Listens and answers with files and boot scripts; rejects with `EnvironmentError` where it cannot listen. */
export const openHttpServer = async (
  options: HttpAppOptions & { readonly listen: ServerAddress; readonly limits?: Partial<HttpLimits> },
): Promise<HttpServer> => listenHttp({ ...options, fetch: httpApp(options).fetch, protocol: 'http' })

/** What listens. */
export type HttpListenOptions = {
  readonly fetch: HttpApp['fetch']
  readonly listen: ServerAddress
  readonly limits?: Partial<HttpLimits>
  /** Certificate, key, and who may come; without it there is no TLS. */
  readonly tls?: ServerOptions
  readonly protocol: 'http' | 'api'
  readonly report: Report
}

/**
 * Listens and answers; rejects with `EnvironmentError` where it cannot listen. What is wrong with single requests is told to
 * `report`.
 */
export const listenHttp = async ({
  fetch,
  listen,
  limits: changed,
  tls,
  protocol,
  report,
}: HttpListenOptions): Promise<HttpServer> => {
  const limits = { ...LIMITS, ...changed }
  const server = createAdaptorServer({
    fetch,
    // They would be replaced for the whole program.
    overrideGlobalObjects: false,
    // HTTP/1.0 has no Host.
    hostname: 'localhost',
    createServer: tls === undefined ? createServer : createTlsServer,
    serverOptions: {
      ...tls,
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(limits.headMs, 5000),
      keepAliveTimeout: 5000,
    },
  }) as Server
  reportMalformed(server, protocol, report)
  server.maxConnections = limits.connections
  server.setTimeout(limits.idleMs)
  limitAddresses(server, limits.connectionsOfAddress)
  await listenTcp(server, listen)
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : listen.port
  return {
    address: { host: listen.host, port },
    close: (graceMs = GRACE_MS) => closeServer(server, graceMs),
  }
}

/** What is no HTTP, or comes too slowly, has a line of the log as well. */
const reportMalformed = (server: Server, protocol: 'http' | 'api', report: Report): void => {
  const onError = (error: NodeJS.ErrnoException, socket: Socket): void => {
    const client = toClient(socket.remoteAddress)
    const text = printable(error.code ?? error.message)
    report({ protocol, client, request: 'OTHER', outcome: 'malformed', text })
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  }
  server.on('clientError', onError)
  // Whom the handshake turns away, for want of a certificate among others.
  server.on('tlsClientError', onError)
}

/** How often is looked for connections whose answer is done, in milliseconds. */
const LOOK_MS = 100

/** Connections that are idle end at once, and those in flight when they are done. */
const closeServer = async (server: Server, graceMs: number): Promise<void> => {
  const closed = once(server, 'close')
  server.close()
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_MS)
  const late = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}
