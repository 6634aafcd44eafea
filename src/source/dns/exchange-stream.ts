import { connect } from 'node:net'
import type { ServerAddress } from '../../model/server-address.ts'
import { frameMessage, takeMessages } from '../../wire/dns/stream.ts'
import { ExchangeError, reasonOf } from './exchange.ts'

/** A question over TCP that many messages answer. */
export type StreamExchange = {
  readonly server: ServerAddress
  readonly query: Buffer
  /** Longest time without a byte, and longest time in all. */
  readonly idleMs: number
  readonly totalMs: number
  /**
   * Gets each message in its order; the exchange ends where it answers true, or throws.
   * `localAddress` is where the server sees us.
   */
  readonly take: (bytes: Buffer, localAddress: string) => boolean
  readonly signal: AbortSignal
}

/** Asks and takes messages until one of them was the last; rejects with an `ExchangeError` where it never comes. */
export const exchangeStream = async (exchange: StreamExchange): Promise<void> => {
  const { server, query, idleMs, totalMs, take, signal } = exchange
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect(server.port, server.host)
  const fail = (message: string, cause?: unknown): void => reject(new ExchangeError(message, { cause }))
  // A program that was busy runs its timers before it reads what has come in time.
  let late: NodeJS.Immediate | undefined
  const idle = setTimeout(() => {
    late = setImmediate(() => fail(`no byte within ${idleMs / 1000} s`))
  }, idleMs)
  const total = setTimeout(() => fail(`not all of it came within ${totalMs / 1000} s`), totalMs)
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  let received: Buffer = Buffer.alloc(0)
  socket.on('error', error => fail(reasonOf(error), error))
  socket.on('close', () => fail('the server closed the connection before the end'))
  socket.on('data', bytes => {
    clearImmediate(late)
    idle.refresh()
    try {
      const { messages, rest } = takeMessages(Buffer.concat([received, bytes]))
      received = rest
      if (messages.some(message => take(message, socket.localAddress ?? ''))) resolve()
    } catch (error) {
      reject(error)
    }
  })
  socket.write(frameMessage(query))
  try {
    await promise
  } finally {
    clearTimeout(idle)
    clearTimeout(total)
    signal.removeEventListener('abort', abort)
    socket.destroy()
  }
}
