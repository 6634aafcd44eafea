import { roomForBlocks } from '../../wire/tftp/block-room.ts'
import { toNetascii } from '../../wire/tftp/netascii.ts'
import type { Content } from './content.ts'

/** Blocks of a content one behind the other; behind the last, which is shorter than the others, nothing is read. */
export type BlockReader = {
  /** At least one block, and at most as many as asked for: at once where they are there already. */
  readonly read: (most: number) => readonly Buffer[] | Promise<readonly Buffer[]>
  readonly close: () => Promise<void>
}

type Pieces = AsyncGenerator<readonly Buffer[], void, void>

/** Octets that are read at once: few enough for many clients, enough to make a read cheap beside what is sent. */
const PIECE_BYTES = 64 * 1024
/** More than this, `readv` does not take. */
const PIECE_BLOCKS = 1024

/** Reads a content block by block, a piece ahead of what is asked for, and closes it behind the last one. */
export const readBlocks = (content: Content, mode: 'octet' | 'netascii', blockSize: number): BlockReader => {
  const pieces = mode === 'octet' ? octetPieces(content, blockSize) : netasciiPieces(content, blockSize)
  const readAhead = (): ReturnType<Pieces['next']> => {
    const next = pieces.next()
    // Whoever asks for it is told; until then nobody is.
    next.catch(() => undefined)
    return next
  }
  let ahead = readAhead()
  let piece: readonly Buffer[] = []
  let taken = 0
  const take = (most: number): readonly Buffer[] => {
    const blocks = piece.slice(taken, taken + most)
    taken += blocks.length
    return blocks
  }
  return {
    read: most => {
      if (taken < piece.length) return take(most)
      return ahead.then(({ value }) => {
        piece = value ?? []
        taken = 0
        ahead = readAhead()
        return take(most)
      })
    },
    close: async () => {
      await pieces.return()
    },
  }
}

async function* octetPieces(content: Content, blockSize: number): Pieces {
  try {
    const last = Math.floor(content.sizeBytes / blockSize) + 1
    const most = Math.max(1, Math.min(PIECE_BLOCKS, Math.floor(PIECE_BYTES / blockSize)))
    for (let read = 0; read < last; ) {
      const count = Math.min(most, last - read)
      const isLast = read + count === last
      const blocks = roomForBlocks(count, blockSize, isLast ? content.sizeBytes % blockSize : blockSize)
      await content.fill(blocks, read * blockSize)
      if (isLast) await content.check()
      read += count
      yield blocks
    }
  } finally {
    await content.close()
  }
}

/** Converted octets are cut into blocks where a block ends, whatever they were before (RFC 1350, section 5). */
async function* netasciiPieces(content: Content, blockSize: number): Pieces {
  try {
    let rest = Buffer.alloc(0)
    let isLast = false
    for (let read = 0; !isLast; ) {
      const raw = Buffer.allocUnsafe(Math.min(PIECE_BYTES, content.sizeBytes - read))
      await content.fill([raw], read)
      read += raw.length
      isLast = read === content.sizeBytes
      if (isLast) await content.check()
      const octets = Buffer.concat([rest, toNetascii(raw)])
      const whole = Math.floor(octets.length / blockSize)
      rest = octets.subarray(whole * blockSize)
      const blocks = roomForBlocks(whole + (isLast ? 1 : 0), blockSize, isLast ? rest.length : blockSize)
      blocks.forEach((block, index) => {
        octets.copy(block, 0, index * blockSize)
      })
      if (blocks.length > 0) yield blocks
    }
  } finally {
    await content.close()
  }
}
