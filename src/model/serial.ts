const HALF = 2 ** 31

/**
 * Whether the serial of a zone is older than another (RFC 1982, section 3.2, with 32 bits): less than
 * 2^31 behind it on the circle of serials. Exactly 2^31 apart neither is older. Pure.
 */
export const isOlderSerial = (serial: number, other: number): boolean => {
  const ahead = (other - serial) >>> 0
  return ahead > 0 && ahead < HALF
}
