import { WireError } from '../wire-error.ts'
import type { OptionKind } from './option-kind.ts'

/**
 * Text, one character for each octet, so that it comes back as it was. NULs at the end are taken off (RFC 2132,
 * section 2); it may hold any other octet, so escape it before it is shown.
 */
export const text: OptionKind<string> = {
  decode: (octets, offset) => {
    let end = octets.length
    while (end > 0 && octets[end - 1] === 0) end--
    if (end === 0) throw new WireError('text is empty', offset)
    return octets.toString('latin1', 0, end)
  },
  encode: value => encodeText(value),
}

/** The octets of a text; a character beyond U+00FF is a fault of ours. */
export const encodeText = (value: string): Buffer => {
  const octets = Buffer.from(value, 'latin1')
  if (octets.toString('latin1') !== value) throw new Error(`"${value}" has characters of more than one octet`)
  return octets
}
