import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import type { ServerAddress } from '../../model/server-address.ts'
import { frameMessage, takeMessages } from '../../wire/dns/stream.ts'

/** One try to get an answer. `accept` says of a message whether it is the one that was waited for. */
export type Exchange = {
  readonly server: ServerAddress
  readonly query: Buffer
  readonly timeoutMs: number
  readonly accept: (bytes: Buffer) => boolean
  readonly signal: AbortSignal
}

/** Nobody answered in time, or the system said why nobody can. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError'
}

/**
 * Sends a query over UDP from a port of its own and waits for the answer. The socket
 * is connected, so that the kernel drops what another peer sends.
 */
export const exchangeUdp = async (exchange: Exchange): Promise<Buffer> => {
  const { server, query, accept } = exchange
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4')
  try {
    return await inTime(exchange, (resolve, reject) => {
      socket.on('error', reject)
      socket.on('message', bytes => {
        if (accept(bytes)) resolve(bytes)
      })
      socket.on('connect', () => socket.send(query, error => error && reject(error)))
      socket.connect(server.port, server.host)
    })
  } finally {
    socket.close()
  }
}

/** Sends a query over TCP and waits for the answer; each message has its length in front (RFC 1035, section 4.2.2). */
export const exchangeTcp = async (exchange: Exchange): Promise<Buffer> => {
  const { server, query, accept } = exchange
  const socket = connect(server.port, server.host)
  try {
    return await inTime(exchange, (resolve, reject) => {
      let received: Buffer = Buffer.alloc(0)
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('the server closed the connection')))
      socket.on('data', bytes => {
        const { messages, rest } = takeMessages(Buffer.concat([received, bytes]))
        received = rest
        const answer = messages.find(accept)
        if (answer !== undefined) resolve(answer)
      })
      socket.write(frameMessage(query))
    })
  } finally {
    socket.destroy()
  }
}

const inTime = async (
  { timeoutMs, signal }: Exchange,
  start: (resolve: (bytes: Buffer) => void, reject: (error: Error) => void) => void,
): Promise<Buffer> => {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const seconds = timeoutMs / 1000
  const fail = (): void => reject(new ExchangeError(`no answer within ${seconds} s`))
  // A program that was busy runs its timers before it reads what has come in time.
  const timer = setTimeout(() => setImmediate(fail), timeoutMs)
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    start(resolve, error => reject(new ExchangeError(reasonOf(error), { cause: error })))
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** Why the system could not, in one word where it has one. */
export const reasonOf = (error: Error): string => {
  const code = 'code' in error ? String(error.code) : ''
  return code === 'ECONNREFUSED' ? 'nothing listens there (ECONNREFUSED)' : code || error.message
}
