import type { CountSteps } from '../../model/steps.ts'
import { WireError } from '../wire-error.ts'

/** An option of any length, its value as octets. */
export type RawOption = { readonly code: number; readonly octets: Buffer }

/** An option of a decoded message, and where in it the octets of its first piece stand. */
export type PlacedOption = RawOption & { readonly offset: number }

/** Ends the options of a field; like the pad option it is one octet, without length and value (RFC 2132, section 3). */
export const END = 255
const PAD = 0

const MOST_PIECE_OCTETS = 255

/**
 * The pieces that stand in the octets from `start` to `end` (RFC 2132, section 2), `base` octets into a message.
 * A field without an end option ends with its octets, for not every client writes one. Throws `WireError`.
 *
 *     | 0 | code 1 | length L 1 | L octets | ... | 255 | anything
 */
export const decodeField = (
  bytes: Buffer,
  { start, end, base = 0 }: { readonly start: number; readonly end: number; readonly base?: number },
  count?: CountSteps,
): readonly PlacedOption[] => {
  const pieces: PlacedOption[] = []
  let at = start
  while (at < end && bytes[at] !== END) {
    count?.(1)
    const code = bytes[at++] ?? PAD
    if (code === PAD) continue
    const next = at + 1 + (bytes[at] ?? 0)
    if (at >= end || next > end) throw new WireError(`option ${code} runs past the end`, base + at)
    count?.(next - at)
    pieces.push({ code, octets: bytes.subarray(at + 1, next), offset: base + at + 1 })
    at = next
  }
  return pieces
}

/** Options whose pieces, wherever they stood, are joined in their order (RFC 3396, section 7). */
export const joinPieces = (pieces: readonly PlacedOption[], count?: CountSteps): readonly PlacedOption[] => {
  const byCode = Map.groupBy(pieces, ({ code }) => code)
  return [...byCode].flatMap(([code, [first, ...others]]) => {
    if (first === undefined || others.length === 0) return first ?? []
    const octets = Buffer.concat([first, ...others].map(piece => piece.octets))
    count?.(octets.length)
    return { code, octets, offset: first.offset }
  })
}

/** An option as it stands in a field, in pieces of 255 octets where it is longer (RFC 3396, section 6). */
export const encodePieces = ({ code, octets }: RawOption): Buffer => {
  const pieces: Buffer[] = []
  for (let at = 0; at === 0 || at < octets.length; at += MOST_PIECE_OCTETS) {
    const piece = octets.subarray(at, at + MOST_PIECE_OCTETS)
    pieces.push(Buffer.of(code, piece.length), piece)
  }
  return Buffer.concat(pieces)
}
