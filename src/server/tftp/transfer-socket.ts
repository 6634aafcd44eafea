import type { ServerAddress } from '../../model/server-address.ts'
import { HEADER_OCTETS } from '../../wire/tftp/block-room.ts'
import { openPeerSocket, type PeerSocket } from '../peer-socket.ts'

/** The socket of one transfer. */
export type TransferSocket = {
  readonly socket: PeerSocket
  /** How many packets that lie side by side in memory may be sent as one piece; 1 where each is sent by itself. */
  readonly segments: number
}

/** Whatever is longer than a segment is cut, so an OACK and an ERROR must not be. */
const LEAST_SEGMENT_OCTETS = 512
/** Longer packets are cut up on Ethernet, and the kernel does no more than one of both. */
const MOST_SEGMENT_OCTETS = 1472
/** The most that the kernel takes at once: 64 segments, and no more than fits into one datagram. */
const MOST_SEGMENTS = 64
const MOST_PIECE_OCTETS = 65_000

/** Opens it on a free port of the address that was asked; one that sends windows piece by piece where that can be. */
export const openTransferSocket = async (
  host: string,
  peer: ServerAddress,
  { blockSize, windowSize }: { readonly blockSize: number; readonly windowSize: number },
): Promise<TransferSocket> => {
  const packetOctets = HEADER_OCTETS + blockSize
  const segments = Math.min(MOST_SEGMENTS, windowSize, Math.floor(MOST_PIECE_OCTETS / packetOctets))
  const isFit = packetOctets >= LEAST_SEGMENT_OCTETS && packetOctets <= MOST_SEGMENT_OCTETS
  const socket = await openPeerSocket(host, peer, isFit && segments > 1 ? packetOctets : undefined)
  return { socket, segments: socket.isSegmenting ? segments : 1 }
}
