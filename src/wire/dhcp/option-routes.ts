import { formatIpAddress } from '../../model/ip-address.ts'
import { WireError } from '../wire-error.ts'
import { encodeAddress } from './option-address.ts'
import type { OptionKind } from './option-kind.ts'

/** A route: the network `destination`/`prefixLength` is reached through `router`. */
export type Route = { readonly destination: string; readonly prefixLength: number; readonly router: string }

const significantOctets = (prefixLength: number): number => Math.ceil(prefixLength / 8)

/**
 * Classless static routes (RFC 3442); only the octets of a destination that its prefix reaches are sent.
 *
 *     | prefix length 1 | destination 0-4 | router 4 | ...
 */
export const routes: OptionKind<readonly Route[]> = {
  decode: (octets, offset) => {
    if (octets.length === 0) throw new WireError('there is no route', offset)
    const found: Route[] = []
    for (let at = 0; at < octets.length; ) {
      const prefixLength = octets[at] ?? 0
      if (prefixLength > 32) throw new WireError('prefix is longer than 32 bits', offset + at)
      const routerAt = at + 1 + significantOctets(prefixLength)
      const end = routerAt + 4
      if (end > octets.length) throw new WireError('route runs past the end', offset + at)
      const destination = Buffer.alloc(4)
      octets.copy(destination, 0, at + 1, routerAt)
      const router = formatIpAddress(octets.subarray(routerAt, end))
      found.push({ destination: formatIpAddress(destination), prefixLength, router })
      at = end
    }
    return found
  },
  encode: value =>
    Buffer.concat(
      value.flatMap(({ destination, prefixLength, router }) => [
        Buffer.of(prefixLength),
        encodeAddress(destination).subarray(0, significantOctets(prefixLength)),
        encodeAddress(router),
      ]),
    ),
}
