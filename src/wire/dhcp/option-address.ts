import { formatIpAddress, parseIpAddress } from '../../model/ip-address.ts'
import { WireError } from '../wire-error.ts'
import type { OptionKind } from './option-kind.ts'

const ADDRESS_OCTETS = 4

/** An IPv4 address as 4 octets; a text that is none is a fault of ours. */
export const encodeAddress = (text: string): Buffer => {
  const octets = parseIpAddress(text)
  if (octets?.length !== ADDRESS_OCTETS) throw new Error(`"${text}" is not an IPv4 address`)
  return octets
}

/** One IPv4 address. */
export const address: OptionKind<string> = {
  decode: (octets, offset) => {
    if (octets.length !== ADDRESS_OCTETS) throw new WireError('address has not 4 octets', offset)
    return formatIpAddress(octets)
  },
  encode: encodeAddress,
}

/** IPv4 addresses one after the other, at least one. */
export const addresses: OptionKind<readonly string[]> = {
  decode: (octets, offset) => {
    if (octets.length === 0 || octets.length % ADDRESS_OCTETS !== 0) {
      throw new WireError('addresses have not 4 octets each', offset)
    }
    return Array.from({ length: octets.length / ADDRESS_OCTETS }, (_, index) =>
      formatIpAddress(octets.subarray(index * ADDRESS_OCTETS, (index + 1) * ADDRESS_OCTETS)),
    )
  },
  encode: value => Buffer.concat(value.map(encodeAddress)),
}
