import { WireError } from '../wire-error.ts'
import type { OptionKind } from './option-kind.ts'

/** The only type of identifier there is. */
const UUID_TYPE = 0
/** Where the fields of a UUID begin and end. */
const FIELDS = [
  [1, 5],
  [5, 7],
  [7, 9],
  [9, 11],
  [11, 17],
] as const
/** Of the first three fields the least significant octet comes first, as in SMBIOS and EFI. */
const SWAPPED_FIELDS = 3

/**
 * The UUID of a machine as SMBIOS tools and `parseHostQuery` write it (RFC 4578, section 2.3). A machine
 * without one sends zeros.
 *
 *     | 0 | time low 4, swapped | time mid 2, swapped | time high 2, swapped | clock 2 | node 6 |
 */
export const machineId: OptionKind<string> = {
  decode: (octets, offset) => {
    if (octets.length !== 17) throw new WireError('machine identifier has not 17 octets', offset)
    if (octets[0] !== UUID_TYPE) throw new WireError('unknown type of machine identifier', offset)
    return swapped(FIELDS.map(([start, end]) => octets.subarray(start, end)))
      .map(field => field.toString('hex'))
      .join('-')
  },
  encode: value => {
    const fields = value.split('-').map(field => Buffer.from(field, 'hex'))
    return Buffer.concat([Buffer.of(UUID_TYPE), ...swapped(fields)])
  },
}

const swapped = (fields: readonly Buffer[]): readonly Buffer[] =>
  fields.map((field, index) => (index < SWAPPED_FIELDS ? Buffer.from(field).reverse() : field))
