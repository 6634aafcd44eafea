import type { ServerAddress } from '../../model/server-address.ts'
import { type Listeners, openListeners } from './open-listeners.ts'
import { STREAM_LIMITS, type StreamLimits } from './stream-server.ts'

/** Answers a message of a peer, whose address is without a port; undefined where there is nothing to say to it. */
export type AnswerNotify = (bytes: Buffer, peer: string) => Buffer | undefined

/** A NOTIFY is one message; nobody has more to say here. */
const LIMITS: StreamLimits = { ...STREAM_LIMITS, connections: 64, connectionsOfAddress: 8 }

/**
 * Takes NOTIFY (RFC 1996) beside no zone of our own, by UDP and TCP, for 0.0.0.0 and :: at each address of this machine; port 0 is
 * any free one. A connection on which something is sent that has no answer is ended. Rejects with `EnvironmentError` where it
 * cannot listen.
 */
export const listenForNotify = (listen: ServerAddress, answer: AnswerNotify): Promise<Listeners> =>
  openListeners(listen, {
    datagram: (octets, length, sender) =>
      answer(Buffer.from(octets.subarray(0, length)), sender.text())?.copy(octets) ?? 0,
    message: (message, socket) => answer(message, socket.remoteAddress ?? '') ?? 'hang-up',
    limits: LIMITS,
  })
