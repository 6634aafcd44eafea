import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { blankHeader, decodeMessage, encodeMessage } from '../wire/dns/message.ts'
import { freePort } from './free-port.ts'

/** A name server that says of every answer that it is truncated, and takes no TCP; `server` is `127.0.0.1:PORT`. */
export const startTruncatingServer = async (): Promise<{ server: string; stop: () => Promise<void> }> => {
  const socket = createSocket('udp4')
  socket.on('message', (bytes, peer) => {
    const { id, questions } = decodeMessage(bytes)
    const flags = { isResponse: true, authoritative: true, truncated: true }
    const none = { answers: [], authorities: [], additionals: [] }
    const answer = encodeMessage({ ...blankHeader(id, 0), ...flags, questions, ...none })
    socket.send(answer, peer.port, peer.address)
  })
  // A port of which nobody has the TCP side.
  socket.bind(await freePort(), '127.0.0.1')
  await once(socket, 'listening')
  return {
    server: `127.0.0.1:${socket.address().port}`,
    stop: () => new Promise(resolve => socket.close(() => resolve())),
  }
}
