import { parseIpAddress } from '../model/ip-address.ts'

/** Who sent a datagram; valid until the next one. */
export type Sender = {
  /** Has its address, 4 or 16 octets from `at` on. */
  readonly octets: Buffer
  readonly at: () => number
  readonly length: () => number
  /** The same as text. */
  readonly text: () => string
}

/**
 * Makes the answer to a datagram in its place, which has room for `ROOM_OCTETS`; gives its length, 0 where there is none. What
 * comes longer is cut there.
 */
export type AnswerInPlace = (octets: Buffer, length: number, sender: Sender) => number

/** For a datagram, and for its answer. */
export const ROOM_OCTETS = 4096

/** Of an address as text, with the zone that a link-local one has. */
export const senderOf = (address: string): Sender => {
  const octets = parseIpAddress(address.replace(/%.*$/, '')) ?? Buffer.alloc(4)
  return { octets, at: () => 0, length: () => octets.length, text: () => address }
}
