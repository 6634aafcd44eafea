import { formatDnsLabel, toWireName } from '../../model/dns-name.ts'
import type { CountSteps } from '../../model/steps.ts'
import { WireError } from '../wire-error.ts'

/** A name and the offset behind it, which lies behind the first pointer where there is one. */
export type DecodedName = { readonly name: string; readonly end: number }

const MAX_NAME_OCTETS = 255
/** A name of 255 octets has no more labels than this, so more pointers than this lead nowhere but on. */
const MAX_POINTERS = 127

/**
 * Decodes a name of a message (RFC 1035, sections 3.1 and 4.1.4). A pointer must
 * lead to an earlier octet than every one before it, so that decoding ends.
 *
 *     00LLLLLL octets...           label of L octets; L = 0 ends the name
 *     11PPPPPP PPPPPPPP            the rest stands at offset P
 */
export const decodeName = (bytes: Buffer, start: number, count?: CountSteps): DecodedName => {
  const labels: string[] = []
  let offset = start
  let lowest = start
  let octets = 1
  let pointers = 0
  let end: number | undefined
  for (;;) {
    const length = octetAt(bytes, offset)
    count?.(1)
    if (length === 0) return { name: labels.join('.'), end: end ?? offset + 1 }
    if (length >= 0xc0) {
      const target = ((length & 0x3f) << 8) | octetAt(bytes, offset + 1)
      if (++pointers > MAX_POINTERS) throw new WireError('name is a chain of too many pointers', offset)
      if (target >= lowest) throw new WireError('compression pointer does not lead backwards', offset)
      end ??= offset + 2
      lowest = target
      offset = target
      continue
    }
    if (length > 63) throw new WireError('unknown kind of label', offset)
    octets += length + 1
    if (octets > MAX_NAME_OCTETS) throw new WireError('name is longer than 255 octets', offset)
    if (offset + 1 + length > bytes.length) throw new WireError('label runs past the end', offset)
    count?.(length)
    labels.push(formatDnsLabel(bytes.subarray(offset + 1, offset + 1 + length)))
    offset += 1 + length
  }
}

/** Encodes a name without compression; the name must have been parsed or decoded. */
export const encodeName = (name: string): Buffer => toWireName(name)

const octetAt = (bytes: Buffer, offset: number): number => {
  const octet = bytes[offset]
  if (octet === undefined) throw new WireError('name runs past the end', offset)
  return octet
}
