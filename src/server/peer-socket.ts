import type { Socket } from 'node:dgram'
import type { ServerAddress } from '../model/server-address.ts'
import { openDirectSocket } from './direct-socket.ts'
import { bindUdp } from './udp-listen.ts'

/** Takes what came; `answer` sends something back to one who is not the peer. The octets are overwritten afterwards. */
export type Hear = (octets: Buffer, answer?: (octets: Buffer) => void) => void

/** A UDP socket that sends to one peer and hears of everybody: it is not connected. */
export type PeerSocket = {
  /** Whether it sends long pieces in segments. */
  readonly isSegmenting: boolean
  /** False where it cannot be sent now, or not like that: it is lost, as anything that is sent may be. */
  readonly send: (octets: Buffer) => boolean
  /** Called once. */
  readonly listen: (hear: Hear) => void
  readonly close: () => void
}

/**
 * Opens one at an address, on a free port: by the C library where that can be, else by Node. The first one sends pieces
 * that are longer as many datagrams of `segmentOctets`, where that is given and the machine can. Rejects with
 * `EnvironmentError` where there can be none.
 */
export const openPeerSocket = async (
  host: string,
  peer: ServerAddress,
  segmentOctets: number | undefined,
): Promise<PeerSocket> =>
  (await openDirectSocket(host, peer, segmentOctets)) ?? nodeSocket(await bindUdp({ host, port: 0 }), peer)

const nodeSocket = (socket: Socket, { host, port }: ServerAddress): PeerSocket => {
  // What could not be sent is lost.
  socket.on('error', () => undefined)
  return {
    isSegmenting: false,
    send: octets => {
      socket.send(octets, port, host)
      return true
    },
    listen: hear => {
      socket.on('message', (octets, from) => {
        if (from.port === port && from.address === host) hear(octets)
        else hear(octets, answer => socket.send(answer, from.port, from.address))
      })
    },
    close: () => void socket.close(),
  }
}
