import type { CountSteps } from '../../model/steps.ts'

/** A logical line of an LDIF: folded lines joined. `text` holds one octet a character. */
export type LdifLine = { readonly line: number; readonly text: string }

/** Lines that belong together, and the lines that continue nothing. */
export type LdifBlocks = {
  readonly blocks: readonly (readonly LdifLine[])[]
  /** Numbers of lines that begin with a blank and have no line before them to continue. */
  readonly strays: readonly number[]
}

/**
 * Splits the octets of an LDIF into blocks of unfolded lines (RFC 2849, notes 1,
 * 2 and 4): a line that begins with one blank continues the line before it, a
 * line that begins with `#` is a comment, folded as well, an empty line ends a
 * block. Lines end in LF or CR LF. Pure and linear.
 */
export const splitLdif = (bytes: Uint8Array, count?: CountSteps): LdifBlocks => {
  // An octet a character, so that a fold inside of a UTF-8 sequence does no harm.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const blocks: LdifLine[][] = []
  const strays: number[] = []
  let block: LdifLine[] = []
  let folded: { line: number; pieces: string[] } | undefined

  const endLine = (): void => {
    if (folded !== undefined && folded.pieces[0]?.startsWith('#') !== true) {
      count?.(folded.pieces.length)
      block.push({ line: folded.line, text: folded.pieces.join('') })
    }
    folded = undefined
  }
  const endBlock = (): void => {
    endLine()
    if (block.length > 0) blocks.push(block)
    block = []
  }
  let offset = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0
  for (let line = 1; offset < text.length; line += 1) {
    const newline = text.indexOf('\n', offset)
    const end = newline < 0 ? text.length : newline
    const piece = text.slice(offset, text[end - 1] === '\r' && end > offset ? end - 1 : end)
    count?.(end + 1 - offset)
    offset = end + 1
    if (piece === '') endBlock()
    else if (!piece.startsWith(' ')) {
      endLine()
      folded = { line, pieces: [piece] }
    } else if (folded === undefined) strays.push(line)
    else folded.pieces.push(piece.slice(1))
  }
  endBlock()
  return { blocks, strays }
}

/** UTF-8's, which some editors write, an octet a character. */
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf'
