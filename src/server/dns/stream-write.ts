import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { frameMessage } from '../../wire/dns/stream.ts'

/** How long a reader may take. */
export type ReaderPatience = {
  /** Without taking what is waiting for it. */
  readonly idleMs: number
  /** For all of it. */
  readonly totalMs: number
}

/**
 * Writes messages to a connection, each made when the one before is on its way, and lets others have their turn in between.
 * Gives the octets written; rejects where the connection closes, the reader is too slow, or the signal is aborted.
 */
export const writeMessages = async (
  socket: Socket,
  messages: Iterable<Buffer>,
  { idleMs, totalMs }: ReaderPatience,
  signal: AbortSignal,
): Promise<number> => {
  const ended = new AbortController()
  const end = (reason: string) => (): void => ended.abort(new Error(reason))
  const onClose = end('the connection closed before the end')
  const onAbort = end('the server stops')
  const total = setTimeout(end(`not all of it was taken within ${totalMs / 1000} s`), totalMs)
  const idle = setTimeout(end(`nothing was taken within ${idleMs / 1000} s`), idleMs)
  socket.once('close', onClose)
  signal.addEventListener('abort', onAbort, { once: true })
  let octets = 0
  try {
    if (socket.destroyed) onClose()
    if (signal.aborted) onAbort()
    for (const message of messages) {
      ended.signal.throwIfAborted()
      idle.refresh()
      octets += message.length + 2
      if (!socket.write(frameMessage(message))) await drained(socket, ended.signal)
      await turn()
    }
    return octets
  } finally {
    clearTimeout(total)
    clearTimeout(idle)
    socket.off('close', onClose)
    signal.removeEventListener('abort', onAbort)
  }
}

/** Rejects with the reason of the abort, or the error of the connection. */
const drained = async (socket: Socket, signal: AbortSignal): Promise<void> => {
  try {
    await once(socket, 'drain', { signal })
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}
