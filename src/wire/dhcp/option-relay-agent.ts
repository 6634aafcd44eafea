import { WireError } from '../wire-error.ts'
import type { RawOption } from './option-field.ts'
import type { OptionKind } from './option-kind.ts'

/**
 * What a relay says of where it took a message from: circuit id 1, remote id 2 and others (RFC 3046, section 2.0).
 * There is neither padding nor an end. A reply echoes the option's own octets, never these encoded anew.
 *
 *     | code 1 | length L 1 | L octets | ...
 */
export const relayAgent: OptionKind<readonly RawOption[]> = {
  decode: (octets, offset) => {
    const found: RawOption[] = []
    for (let at = 0; at < octets.length; ) {
      const end = at + 2 + (octets[at + 1] ?? 0)
      if (at + 1 >= octets.length || end > octets.length) {
        throw new WireError('suboption of the relay runs past the end', offset + at)
      }
      found.push({ code: octets[at] ?? 0, octets: octets.subarray(at + 2, end) })
      at = end
    }
    return found
  },
  encode: value =>
    Buffer.concat(value.flatMap(({ code, octets }) => [Buffer.of(code, octets.length), octets])),
}
