import { WireError } from '../wire-error.ts'
import type { BlockPacket } from './packet.ts'

const HEADER_OCTETS = 4
const DATA = 3

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
