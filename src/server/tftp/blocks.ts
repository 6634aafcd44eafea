import { roomForBlocks } from '../../wire/tftp/block-room.ts'
import { toNetascii } from '../../wire/tftp/netascii.ts'
import type { Content } from './content.ts'

/** Blocks of a content one behind the other; behind the last, which is shorter than the others, nothing is read. */
export type BlockReader = {
  /** At least one block, and at most as many as asked for: at once where they are there already. */
  readonly read: (most: number) => readonly Buffer[] | Promise<readonly Buffer[]>
  readonly close: () => Promise<void>
}

/** A part of a content that is read at once. */
type Piece = {
  /** Resolves when it is read; undefined where it is already. */
  readonly filled: Promise<void> | undefined
  /** Its blocks, once it is read. */
  readonly blocks: () => readonly Buffer[]
  readonly isLast: boolean
}

/** Octets that are read at once: few enough for many clients, enough to make a read cheap beside what is sent. */
const PIECE_BYTES = 64 * 1024
/** More than this, `readv` does not take. */
const PIECE_BLOCKS = 1024

/** Reads a content block by block, a piece ahead of what is asked for, and closes it behind the last one. */
export const readBlocks = (content: Content, mode: 'octet' | 'netascii', blockSize: number): BlockReader => {
  const nextPiece = mode === 'octet' ? octetPieces(content, blockSize) : netasciiPieces(content, blockSize)
  const close = once(content.close)
  const complete = async ({ filled, blocks, isLast }: Piece): Promise<readonly Buffer[]> => {
    try {
      await filled
      if (isLast) await content.check()
    } catch (error) {
      await close()
      throw error
    }
    if (isLast) await close()
    return blocks()
  }
  const readAhead = (): ReturnType<BlockReader['read']> => {
    const piece = nextPiece()
    if (piece === undefined) return []
    if (piece.filled === undefined && !piece.isLast) return piece.blocks()
    const completed = complete(piece)
    // Whoever asks for it is told; until then nobody is.
    completed.catch(() => undefined)
    return completed
  }
  let ahead = readAhead()
  let current: readonly Buffer[] = []
  let taken = 0
  const take = (most: number): readonly Buffer[] => {
    const blocks = current.slice(taken, taken + most)
    taken += blocks.length
    return blocks
  }
  const goOn = (blocks: readonly Buffer[], most: number): readonly Buffer[] => {
    current = blocks
    taken = 0
    ahead = readAhead()
    return take(most)
  }
  return {
    read: most => {
      if (taken < current.length) return take(most)
      return ahead instanceof Promise ? ahead.then(blocks => goOn(blocks, most)) : goOn(ahead, most)
    },
    close,
  }
}

/** The pieces one behind the other; undefined behind the last. */
const octetPieces = (content: Content, blockSize: number): (() => Piece | undefined) => {
  const last = Math.floor(content.sizeBytes / blockSize) + 1
  const most = Math.max(1, Math.min(PIECE_BLOCKS, Math.floor(PIECE_BYTES / blockSize)))
  let read = 0
  return () => {
    if (read === last) return undefined
    const count = Math.min(most, last - read)
    const isLast = read + count === last
    const blocks = roomForBlocks(count, blockSize, isLast ? content.sizeBytes % blockSize : blockSize)
    const filled = content.fill(blocks, read * blockSize)
    read += count
    return { filled, blocks: () => blocks, isLast }
  }
}

/** Converted octets are cut into blocks where a block ends, whatever they were before (RFC 1350, section 5). */
const netasciiPieces = (content: Content, blockSize: number): (() => Piece | undefined) => {
  let rest = Buffer.alloc(0)
  let read = 0
  let isLast = false
  return () => {
    if (isLast) return undefined
    const raw = Buffer.allocUnsafe(Math.min(PIECE_BYTES, content.sizeBytes - read))
    const filled = content.fill([raw], read)
    read += raw.length
    isLast = read === content.sizeBytes
    const isEnd = isLast
    const blocks = (): readonly Buffer[] => {
      const octets = Buffer.concat([rest, toNetascii(raw)])
      const whole = Math.floor(octets.length / blockSize)
      rest = octets.subarray(whole * blockSize)
      const cut = roomForBlocks(whole + (isEnd ? 1 : 0), blockSize, isEnd ? rest.length : blockSize)
      cut.forEach((block, index) => {
        octets.copy(block, 0, index * blockSize)
      })
      return cut
    }
    return { filled, blocks, isLast }
  }
}

const once = (close: () => Promise<void>): (() => Promise<void>) => {
  let closing: Promise<void> | undefined
  return () => {
    closing ??= close()
    return closing
  }
}
