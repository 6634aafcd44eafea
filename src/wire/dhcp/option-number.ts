import { WireError } from '../wire-error.ts'
import type { OptionKind } from './option-kind.ts'

const isWhole = (octets: Buffer, size: number): boolean => octets.length > 0 && octets.length % size === 0

/** A number of 1, 2 or 4 octets, most significant first. */
const number = (size: 1 | 2 | 4): OptionKind<number> => ({
  decode: (octets, offset) => {
    if (octets.length !== size) throw new WireError(`number has not ${size} octets`, offset)
    return octets.readUIntBE(0, size)
  },
  encode: value => {
    const octets = Buffer.alloc(size)
    octets.writeUIntBE(value, 0, size)
    return octets
  },
})

/** Numbers of 1 or 2 octets one after the other, at least one. */
const numbers = (size: 1 | 2): OptionKind<readonly number[]> => {
  const { decode, encode } = number(size)
  return {
    decode: (octets, offset) => {
      if (!isWhole(octets, size)) throw new WireError(`numbers have not ${size} octets each`, offset)
      return Array.from({ length: octets.length / size }, (_, index) =>
        decode(octets.subarray(index * size, (index + 1) * size), offset + index * size),
      )
    },
    encode: value => Buffer.concat(value.map(encode)),
  }
}

/** A number of 2 octets. */
export const uint16 = number(2)
/** A number of 4 octets, as all times are; 0xffffffff is for ever (RFC 2131, section 3.3). */
export const uint32 = number(4)
/** Numbers of one octet, such as codes of options. */
export const uint8s = numbers(1)
/** Numbers of 2 octets, such as client architectures. */
export const uint16s = numbers(2)
