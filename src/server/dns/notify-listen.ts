import type { ServerAddress } from '../../model/server-address.ts'
import { openAnsweringUdp } from '../answer-udp.ts'
import type { AnsweringSocket } from '../batched-udp.ts'
import type { AnswerInPlace } from '../datagram.ts'
import { readLocalAddresses } from '../udp-listen.ts'
import { openStreamServer, STREAM_LIMITS, type StreamLimits, type StreamServer } from './stream-server.ts'

/** Answers a message of a peer, whose address is without a port; undefined where there is nothing to say to it. */
export type AnswerNotify = (bytes: Buffer, peer: string) => Buffer | undefined

/** Where NOTIFY (RFC 1996) is taken, beside no zone of our own. */
export type NotifyListener = {
  /** By UDP and TCP; of several addresses the first. */
  readonly address: ServerAddress
  readonly close: () => Promise<void>
}

/** A NOTIFY is one message; nobody has more to say here. */
const LIMITS: StreamLimits = { ...STREAM_LIMITS, connections: 64, connectionsOfAddress: 8 }

/**
 * Listens by UDP and TCP, for 0.0.0.0 and :: at each address of this machine; port 0 is any free one. A connection on which
 * something is sent that has no answer is ended. Rejects with `EnvironmentError` where it cannot listen.
 */
export const listenForNotify = async (
  listen: ServerAddress,
  answer: AnswerNotify,
): Promise<NotifyListener> => {
  const open: (AnsweringSocket | StreamServer)[] = []
  const close = async (): Promise<void> => {
    await Promise.all(open.map(listener => listener.close()))
  }
  const inPlace: AnswerInPlace = (octets, length, sender) =>
    answer(Buffer.from(octets.subarray(0, length)), sender.text())?.copy(octets) ?? 0
  try {
    let address: ServerAddress | undefined
    for (const host of readLocalAddresses(listen.host)) {
      const datagrams = await openAnsweringUdp({ host, port: address?.port ?? listen.port }, inPlace)
      open.push(datagrams)
      address ??= datagrams.address
      const onStream = (message: Buffer, peer: string | undefined) => answer(message, peer ?? '') ?? 'hang-up'
      open.push(
        await openStreamServer(
          datagrams.address,
          (message, socket) => onStream(message, socket.remoteAddress),
          LIMITS,
        ),
      )
    }
    return { address: address ?? listen, close }
  } catch (error) {
    await close()
    throw error
  }
}
