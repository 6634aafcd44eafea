import { WireError } from '../wire-error.ts'
import type { BlockPacket } from './packet.ts'

/** Octets in front of a block. */
export const HEADER_OCTETS = 4
const DATA = 3
/** By which the pieces of a window grow. */
const GROWTH = 4

/**
 * Memory for blocks that follow each other, where each has room for its header in front of it: a file is read into the
 * blocks, and `encodePieces` makes packets of them without copying. The last of them has `lastSize` octets.
 *
 *     | header 4 | block | header 4 | block | ... | header 4 | last block |
 */
export const roomForBlocks = (count: number, blockSize: number, lastSize = blockSize): readonly Buffer[] => {
  const stride = HEADER_OCTETS + blockSize
  const memory = Buffer.allocUnsafeSlow(count * stride)
  return Array.from({ length: count }, (_, index) => {
    const start = index * stride + HEADER_OCTETS
    return memory.subarray(start, start + (index === count - 1 ? lastSize : blockSize))
  })
}

/**
 * DATA as `encodePacket` encodes it, made of blocks of `roomForBlocks` and the headers that are written in front of them: few
 * pieces of memory, in the order of the packets, each made when it is asked for. Packets that lie side by side become one piece,
 * of at most `most` packets, all of which but its last one have `stride` octets. The first piece is one packet and each further
 * one at most four times as many: the client takes the first while the kernel still cuts the next. A block has one number, so
 * a packet that is still being sent does not change when it is encoded again. Throws `WireError` at a block without room.
 */
export function* encodePieces(
  packets: readonly BlockPacket[],
  stride: number,
  most: number,
): Generator<Buffer, void> {
  let room = 1
  for (let first = 0; first < packets.length; room = Math.min(most, GROWTH * room)) {
    const end = endOfPiece(packets, first, Math.min(first + room, packets.length), stride)
    yield encodeTogether(packets, first, end, stride)
    first = end
  }
}

/** Behind the last packet that lies side by side with those before it; only the last may be a shorter one. */
const endOfPiece = (
  packets: readonly BlockPacket[],
  first: number,
  mostEnd: number,
  stride: number,
): number => {
  const { buffer, byteOffset } = payloadOf(packets, first)
  for (let next = first + 1; next < mostEnd; next++) {
    const payload = payloadOf(packets, next)
    const isNeighbour =
      payload.buffer === buffer && payload.byteOffset === byteOffset + (next - first) * stride
    if (!isNeighbour || payloadOf(packets, next - 1).length !== stride - HEADER_OCTETS) return next
  }
  return mostEnd
}

const encodeTogether = (
  packets: readonly BlockPacket[],
  first: number,
  end: number,
  stride: number,
): Buffer => {
  const { buffer, byteOffset } = payloadOf(packets, first)
  const last = payloadOf(packets, end - 1)
  const start = byteOffset - HEADER_OCTETS
  if (start < 0) throw new WireError('block has no room for its header', 0)
  const bytes = Buffer.from(buffer, start, last.byteOffset + last.length - start)
  for (let index = first; index < end; index++) {
    const at = (index - first) * stride
    const { block } = packets[index] as BlockPacket
    bytes[at] = 0
    bytes[at + 1] = DATA
    bytes[at + 2] = (block >> 8) & 0xff
    bytes[at + 3] = block & 0xff
  }
  return bytes
}

const payloadOf = (packets: readonly BlockPacket[], index: number): Uint8Array =>
  (packets[index] as BlockPacket).payload
