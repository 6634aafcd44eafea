import { WireError } from '../wire-error.ts'
import type { BlockPacket } from './packet.ts'

/** Octets in front of a block. */
export const HEADER_OCTETS = 4
const DATA = 3
/** By which the pieces of a window grow. */
const GROWTH = 4

/**
 * Memory for blocks that follow each other, where each has room for its header in front of it: a file is read into the
 * blocks, and `encodeInPlace` makes packets of them without copying. The last of them has `lastSize` octets.
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
 * DATA as `encodePacket` encodes it, made of a block of `roomForBlocks` and the header that is written in front of it.
 * A block has one number, so a packet that is still being sent does not change when it is encoded again.
 */
export const encodeInPlace = ({ block, payload }: BlockPacket): Buffer => {
  const start = payload.byteOffset - HEADER_OCTETS
  if (start < 0) throw new WireError('block has no room for its header', 0)
  const bytes = Buffer.from(payload.buffer, start, HEADER_OCTETS + payload.length)
  bytes[0] = 0
  bytes[1] = DATA
  bytes[2] = (block >> 8) & 0xff
  bytes[3] = block & 0xff
  return bytes
}

/**
 * Packets of `encodeInPlace` as few pieces of memory, in their order: those that lie side by side become one, of at most
 * `most` packets. All packets of a piece but its last one have `stride` octets. The first piece is one packet and each
 * further one at most four times as many: the client takes the first while the kernel still cuts the next.
 */
export const joinPackets = (packets: readonly Buffer[], stride: number, most: number): readonly Buffer[] => {
  const pieces: Buffer[] = []
  let room = 1
  for (let first = 0; first < packets.length; room = Math.min(most, GROWTH * room)) {
    const start = packets[first] as Buffer
    let [count, length] = [1, start.length]
    for (let next = packets[first + 1]; next !== undefined && count < room; next = packets[first + count]) {
      const isNeighbour =
        next.buffer === start.buffer && next.byteOffset === start.byteOffset + count * stride
      if (!isNeighbour || length !== count * stride) break
      length += next.length
      count++
    }
    pieces.push(count === 1 ? start : Buffer.from(start.buffer, start.byteOffset, length))
    first += count
  }
  return pieces
}
