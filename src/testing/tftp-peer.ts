import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { decodePacket, encodePacket, type TftpPacket } from '../wire/tftp/packet.ts'

/** A port that says what a test tells it to, and nothing by itself. */
export type TftpPeer = {
  readonly port: number
  /** Sends a packet, or any octets, to a port of its own address. */
  readonly say: (packet: TftpPacket | Buffer, port: number) => void
  /** The next packet that comes, in their order. */
  readonly hear: () => Promise<TftpPacket & { readonly from: number }>
  /** How many packets came that nobody has heard yet. */
  readonly waiting: () => number
  readonly close: () => void
}

/** Opens one on a free port of an address. */
export const openTftpPeer = async (host = '127.0.0.1'): Promise<TftpPeer> => {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const heard: (TftpPacket & { readonly from: number })[] = []
  let onPacket = (): void => {}
  socket.on('message', (bytes, { port }) => {
    heard.push({ ...decodePacket(bytes), from: port })
    onPacket()
  })
  socket.bind(0, host)
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    say: (packet, port) => socket.send(Buffer.isBuffer(packet) ? packet : encodePacket(packet), port, host),
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
