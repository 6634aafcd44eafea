import type { ServerAddress } from '../model/server-address.ts'
import { type AnsweringSocket, openBatchedUdp } from './batched-udp.ts'
import { type AnswerInPlace, ROOM_OCTETS, senderOf } from './datagram.ts'
import { bindUdp } from './udp-listen.ts'

/**
 * Opens a UDP socket at an address whose datagrams are answered at once: many in one call of the kernel where that can be, else
 * one by one. Port 0 is any free one. Rejects with `EnvironmentError` where it cannot listen.
 */
export const openAnsweringUdp = async (
  listen: ServerAddress,
  answer: AnswerInPlace,
): Promise<AnsweringSocket> => (await openBatchedUdp(listen, answer)) ?? (await openSingleUdp(listen, answer))

/** The same by Node's dgram alone. */
export const openSingleUdp = async (
  listen: ServerAddress,
  answer: AnswerInPlace,
): Promise<AnsweringSocket> => {
  const socket = await bindUdp(listen)
  const room = Buffer.allocUnsafeSlow(ROOM_OCTETS)
  socket.on('message', (bytes, { address, port }) => {
    const octets = answer(room, bytes.copy(room), senderOf(address))
    // A copy: it may wait in the socket when the next one is answered.
    if (octets > 0) socket.send(Buffer.from(room.subarray(0, octets)), port, address)
  })
  // An answer that could not be sent: the client asks again.
  socket.on('error', () => undefined)
  const { port } = socket.address()
  return { address: { host: listen.host, port }, close: () => socket.close() }
}
