import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { decodePacket, encodePacket, type TftpPacket } from '../wire/tftp/packet.ts'

/** A port that says what a test tells it to, and nothing by itself. */
export type TftpPeer = {
  readonly port: number
  /** Sends a packet, or any octets, to a port of 127.0.0.1. */
  readonly say: (packet: TftpPacket | Buffer, port: number) => void
  /** The next packet that comes, in their order. */
  readonly hear: () => Promise<TftpPacket & { readonly from: number }>
  /** How many packets came that nobody has heard yet. */
  readonly waiting: () => number
  readonly close: () => void
}

/** Opens one on a free port of 127.0.0.1. */
export const openTftpPeer = async (): Promise<TftpPeer> => {
  const socket = createSocket('udp4')
  const heard: (TftpPacket & { readonly from: number })[] = []
  let onPacket = (): void => {}
  socket.on('message', (bytes, { port }) => {
    heard.push({ ...decodePacket(bytes), from: port })
    onPacket()
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    say: (packet, port) =>
      socket.send(Buffer.isBuffer(packet) ? packet : encodePacket(packet), port, '127.0.0.1'),
    hear: async () => {
      while (heard.length === 0) {
        await new Promise<void>(resolve => {
          onPacket = resolve
        })
      }
      return heard.shift() as TftpPacket & { readonly from: number }
    },
    waiting: () => heard.length,
    close: () => socket.close(),
  }
}

/** A read request in octets; options as `name=value`. */
export const readRequest = (filename: string, ...options: readonly string[]): TftpPacket => ({
  kind: 'read-request',
  filename,
  mode: 'octet',
  options: new Map(options.map(option => option.split('=') as [string, string])),
})
