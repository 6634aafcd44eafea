import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { ServerAddress } from '../../model/server-address.ts'
import { frameMessage, messageReader } from '../../wire/dns/stream.ts'
import { limitAddresses, listenTcp } from '../tcp-listen.ts'

/** What is done with one message: an answer that is written, a longer one that is under way, or the end of the connection. */
export type StreamAnswer = Buffer | Promise<void> | 'hang-up'

/** How much the server bears with. */
export type StreamLimits = {
  /** Connections at once, of all clients and of one address. */
  readonly connections: number
  readonly connectionsOfAddress: number
  /** Without a whole message, or for the client to take an answer (RFC 7766, section 6.2.3). */
  readonly idleMs: number
  /** For what is under way when the server is closed. */
  readonly closeMs: number
}

/** For a site: 16 MiB of messages that are never completed, at most. */
export const STREAM_LIMITS: StreamLimits = {
  connections: 256,
  connectionsOfAddress: 32,
  idleMs: 10_000,
  closeMs: 10_000,
}

/** A server that listens. */
export type StreamServer = {
  /** Takes no more connections, and ends those that there are once they are answered. */
  readonly close: () => Promise<void>
}

type Connection = { readonly socket: Socket; isBusy: boolean }

/**
 * Answers messages over TCP (RFC 7766), one after the other in their order, as many as a client sends in one go; it is read from
 * again when it has taken what was written. Rejects with `EnvironmentError` where it cannot listen.
 */
export const openStreamServer = async (
  listen: ServerAddress,
  answer: (message: Buffer, socket: Socket) => StreamAnswer,
  limits: StreamLimits,
): Promise<StreamServer> => {
  const connections = new Set<Connection>()
  let isClosing = false
  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    const connection = { socket, isBusy: false }
    connections.add(connection)
    socket.once('close', () => connections.delete(connection))
    void serveConnection(connection, answer, limits, () => isClosing)
  })
  server.maxConnections = limits.connections
  limitAddresses(server, limits.connectionsOfAddress)
  await listenTcp(server, listen)
  return {
    close: async () => {
      isClosing = true
      const closed = once(server, 'close')
      server.close()
      for (const { socket, isBusy } of connections) if (!isBusy) socket.destroySoon()
      const late = setTimeout(() => {
        for (const { socket } of connections) socket.destroy()
      }, limits.closeMs)
      await closed
      clearTimeout(late)
    },
  }
}

/** Until the client ends, is idle, or the server is closed; whatever goes wrong with a connection ends it. */
const serveConnection = async (
  connection: Connection,
  answer: (message: Buffer, socket: Socket) => StreamAnswer,
  { idleMs }: StreamLimits,
  isClosing: () => boolean,
): Promise<void> => {
  const { socket } = connection
  const closed = new AbortController()
  const wait = (): NodeJS.Timeout => setTimeout(() => socket.destroy(), idleMs)
  let idle = wait()
  socket.once('close', () => {
    closed.abort()
    clearTimeout(idle)
  })
  try {
    const take = messageReader()
    for await (const piece of socket) {
      for (const message of take(piece)) {
        const answered = answer(message, socket)
        if (answered === 'hang-up') return
        connection.isBusy = true
        if (Buffer.isBuffer(answered)) {
          if (!socket.write(frameMessage(answered))) await once(socket, 'drain', { signal: closed.signal })
        } else {
          // Whoever writes it has limits of its own.
          clearTimeout(idle)
          await answered
          if (socket.destroyed) return
          idle = wait()
        }
        connection.isBusy = false
        idle.refresh()
        if (isClosing()) return
      }
    }
  } catch {
    socket.destroy()
  } finally {
    socket.destroySoon()
  }
}
