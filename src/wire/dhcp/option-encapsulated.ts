import { decodeField, END, encodePieces, joinPieces, type RawOption } from './option-field.ts'
import type { OptionKind } from './option-kind.ts'

/**
 * Options inside of an option, as PXE has them in 43 and iPXE in 175 (RFC 2132, section 8.4). They end with an
 * end option, which PXE needs, or with the octets, as what iPXE sends does.
 */
export const encapsulated: OptionKind<readonly RawOption[]> = {
  decode: (octets, offset) =>
    joinPieces(decodeField(octets, { start: 0, end: octets.length, base: offset })).map(
      ({ code, octets: value }) => ({ code, octets: value }),
    ),
  encode: value => Buffer.concat([...value.map(encodePieces), Buffer.of(END)]),
}
