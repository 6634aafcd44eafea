import ipaddr from 'ipaddr.js'

const DOTTED = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/

/** An IPv4 address as 4 octets or an IPv6 address as 16; undefined where the text is neither. Pure. */
export const parseIpAddress = (text: string): Buffer | undefined => {
  // Not by the library: it takes the short and octal forms of inet_aton too, and a DHCP server asks this often.
  const octets = DOTTED.exec(text)?.slice(1).map(Number)
  if (octets !== undefined) return octets.every(octet => octet <= 255) ? Buffer.from(octets) : undefined
  // The library also takes zone indices, which do not belong in a zone.
  const isAddress = ipaddr.IPv6.isValid(text) && !text.includes('%')
  return isAddress ? Buffer.from(ipaddr.parse(text).toByteArray()) : undefined
}

/** 4 or 16 octets as text: dotted, or RFC 5952 (lower case, the longest run of zeros as `::`). Pure. */
export const formatIpAddress = (octets: Buffer): string => {
  if (octets.length === 4) return octets.join('.')
  return new ipaddr.IPv6([...octets]).toRFC5952String()
}

/** The text of an address in its single form; undefined where it is none. Pure. */
export const canonicalIpAddress = (text: string): string | undefined => {
  const octets = parseIpAddress(text)
  return octets && formatIpAddress(octets)
}
