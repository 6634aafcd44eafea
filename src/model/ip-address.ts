import ipaddr from 'ipaddr.js'

/** An IPv4 address as 4 octets or an IPv6 address as 16; undefined where the text is neither. Pure. */
export const parseIpAddress = (text: string): Buffer | undefined => {
  // The library also takes the short and octal forms of inet_aton and zone indices; none of them belongs in a zone.
  const isAddress =
    ipaddr.IPv4.isValidFourPartDecimal(text) || (ipaddr.IPv6.isValid(text) && !text.includes('%'))
  return isAddress ? Buffer.from(ipaddr.parse(text).toByteArray()) : undefined
}

/** 4 or 16 octets as text: dotted, or RFC 5952 (lower case, the longest run of zeros as `::`). Pure. */
export const formatIpAddress = (octets: Buffer): string => {
  const address = ipaddr.fromByteArray([...octets])
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
}

/** The text of an address in its single form; undefined where it is none. Pure. */
export const canonicalIpAddress = (text: string): string | undefined => {
  const octets = parseIpAddress(text)
  return octets && formatIpAddress(octets)
}
