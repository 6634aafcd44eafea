import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A proxy of a test, on a free port of 127.0.0.1; `server` is `127.0.0.1:PORT`. */
export type UdpProxy = { readonly server: string; readonly stop: () => Promise<void> }

/** Decides when a datagram is passed on, and whether. */
export type Gate = (pass: () => void) => void

/** Passes questions on to `127.0.0.1:port` and the answers back, each through its gate. */
export const startUdpProxy = async (port: number, onQuestion: Gate, onAnswer: Gate): Promise<UdpProxy> => {
  const behind = new Set<Socket>()
  const front = createSocket('udp4')
  front.on('message', (question, peer) =>
    onQuestion(() => {
      const socket = createSocket('udp4')
      behind.add(socket)
      socket.on('message', answer => onAnswer(() => front.send(answer, peer.port, peer.address)))
      socket.send(question, port, '127.0.0.1')
    }),
  )
  front.bind(0, '127.0.0.1')
  await once(front, 'listening')
  const stop = async (): Promise<void> => {
    for (const socket of [front, ...behind]) socket.close()
  }
  return { server: `127.0.0.1:${front.address().port}`, stop }
}
