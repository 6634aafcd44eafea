import { parseIpAddress } from './ip-address.ts'

/**
 * The owner of an address's PTR record: RFC 1035, section 3.5 for IPv4, RFC 3596,
 * section 2.5 for IPv6; undefined where the text is no address. Pure.
 */
export const reverseName = (address: string): string | undefined => {
  const octets = parseIpAddress(address)
  if (octets === undefined) return undefined
  if (octets.length === 4) return `${[...octets].reverse().join('.')}.in-addr.arpa`
  return `${[...octets.toString('hex')].reverse().join('.')}.ip6.arpa`
}
