import { WireError } from '../wire-error.ts'
import type { OptionKind } from './option-kind.ts'

/** The interface that network boot code offers: 1 is UNDI, 2.1 or 3.0 for example its revision. */
export type NetworkInterface = { readonly type: number; readonly major: number; readonly minor: number }

/**
 * Client network interface identifier (RFC 4578, section 2.2).
 *
 *     | type 1 | major 1 | minor 1 |
 */
export const networkInterface: OptionKind<NetworkInterface> = {
  decode: (octets, offset) => {
    const [type, major, minor] = octets
    if (octets.length !== 3 || type === undefined || major === undefined || minor === undefined) {
      throw new WireError('network interface has not 3 octets', offset)
    }
    return { type, major, minor }
  },
  encode: ({ type, major, minor }) => Buffer.of(type, major, minor),
}
