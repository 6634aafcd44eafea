import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { ServerAddress } from '../../model/server-address.ts'
import { limitAddresses, listenTcp } from '../tcp-listen.ts'
import { printable, type Report, toClient } from '../transaction.ts'
import { type HttpAppOptions, httpApp } from './app.ts'

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

/** Listens and answers; rejects with `EnvironmentError` where it cannot listen. What is wrong with single requests is told to `report`. */
export const openHttpServer = async (
  options: HttpAppOptions & { readonly listen: ServerAddress; readonly limits?: Partial<HttpLimits> },
): Promise<HttpServer> => {
  const limits = { ...LIMITS, ...options.limits }
  const app = httpApp(options)
  const server = createAdaptorServer({
    fetch: app.fetch,
    // They would be replaced for the whole program.
    overrideGlobalObjects: false,
    // HTTP/1.0 has no Host.
    hostname: 'localhost',
    serverOptions: {
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(limits.headMs, 5000),
      keepAliveTimeout: 5000,
    },
  }) as Server
  reportMalformed(server, options.report)
  server.maxConnections = limits.connections
  server.setTimeout(limits.idleMs)
  limitAddresses(server, limits.connectionsOfAddress)
  await listenTcp(server, options.listen)
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.listen.port
  return {
    address: { host: options.listen.host, port },
    close: (graceMs = GRACE_MS) => closeServer(server, graceMs),
  }
}

/** What is no HTTP, or comes too slowly, has a line of the log as well. */
const reportMalformed = (server: Server, report: Report): void => {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const client = toClient(socket.remoteAddress)
    const text = printable(error.code ?? error.message)
    report({ protocol: 'http', client, request: 'OTHER', outcome: 'malformed', text })
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  })
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
