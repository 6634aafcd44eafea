import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type DnsServerOptions, openDnsServer } from '../server/dns/open-dns-server.ts'
import type { Listeners } from '../server/dns/open-listeners.ts'
import type { PublishedZone } from '../server/dns/published-zone.ts'
import { type QueryCounts, queryCounts } from '../server/dns/query-counts.ts'
import { formatTransaction } from '../server/transaction.ts'
import { frameMessage, messageReader } from '../wire/dns/stream.ts'

/** A DNS server of a test, on a free port of 127.0.0.1. */
export type ServedZone = {
  readonly port: number
  readonly counts: QueryCounts
  /** The lines of its log so far. */
  readonly log: readonly string[]
  readonly close: () => Promise<void>
}

const PORT_ATTEMPTS = 5

/** Answers for a zone for the time of a test. */
export const withDnsServer = async (
  zone: PublishedZone,
  use: (served: ServedZone) => Promise<void>,
  over: Partial<DnsServerOptions> = {},
): Promise<void> => {
  const log: string[] = []
  const counts = queryCounts()
  const { address, close } = await openAnywhere({
    listen: { host: '127.0.0.1', port: 0 },
    zone: () => zone,
    keys: [],
    nowSeconds: () => Math.floor(Date.now() / 1000),
    responsesPerSecond: 0,
    counts,
    report: transaction => log.push(formatTransaction(transaction)),
    ...over,
  })
  try {
    await use({ port: address.port, counts, log, close })
  } finally {
    await close()
  }
}

/** Opens a server on a free port; one that was free for UDP may be taken for TCP. */
export const openAnywhere = async (options: DnsServerOptions): Promise<Listeners> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openDnsServer(options)
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !String(error).includes('EADDRINUSE')) throw error
    }
  }
}

/** Sends datagrams all at once, and gives the first so many answers that come. */
export const askByUdp = async (
  port: number,
  queries: readonly Buffer[],
  count = queries.length,
): Promise<readonly Buffer[]> => {
  const socket = createSocket('udp4')
  const answers: Buffer[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.on('message', bytes => {
    answers.push(bytes)
    if (answers.length === count) resolve()
  })
  try {
    for (const query of queries) socket.send(query, port, '127.0.0.1')
    await promise
    return answers
  } finally {
    socket.close()
  }
}

/** A connection of a client; what comes over it is not read until it is asked for. */
export const connectTo = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** Sends messages over a connection, and gives so many answers, or those that came until it was closed. */
export const askByTcp = async (
  socket: Socket,
  queries: readonly Buffer[],
  count = queries.length,
): Promise<readonly Buffer[]> => {
  socket.write(Buffer.concat(queries.map(frameMessage)))
  return readMessages(socket, count)
}

/** So many messages of a connection, or those that come until it is closed. */
export const readMessages = async (socket: Socket, count: number): Promise<readonly Buffer[]> => {
  const take = messageReader()
  const messages: Buffer[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const onData = (piece: Buffer): void => {
    messages.push(...take(piece))
    if (messages.length >= count) resolve()
  }
  socket.on('data', onData)
  socket.once('close', resolve)
  socket.once('error', () => resolve())
  await promise
  socket.off('data', onData)
  return messages
}
