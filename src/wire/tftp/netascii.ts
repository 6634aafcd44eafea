const NUL = 0
const LF = 10
const CR = 13

/**
 * A piece of a file as netascii (RFC 1350, section 1; RFC 764): LF becomes CR LF, CR becomes CR NUL. No octet
 * depends on the one before it, so pieces are converted one by one, and blocks are cut from what comes out.
 */
export const toNetascii = (octets: Uint8Array): Buffer => {
  const converted = Buffer.alloc(octets.length * 2)
  let length = 0
  for (const octet of octets) {
    if (octet === LF) converted[length++] = CR
    converted[length++] = octet
    if (octet === CR) converted[length++] = NUL
  }
  return converted.subarray(0, length)
}

/** A piece of a file that came as netascii; `endsInCr` says that the octet behind it decides on its last CR. */
export type FromNetascii = { readonly octets: Buffer; readonly endsInCr: boolean }

/**
 * A piece of netascii as the file has it: CR LF becomes LF, CR NUL becomes CR, any other CR stays. A CR at the
 * end of a piece is left for the next one, to which `afterCr` says so; behind the last piece it is a CR of the file.
 */
export const fromNetascii = (octets: Uint8Array, afterCr = false): FromNetascii => {
  const converted = Buffer.alloc(octets.length + 1)
  let length = 0
  let hasCr = afterCr
  for (const octet of octets) {
    if (hasCr && octet !== LF) converted[length++] = CR
    const isSecond = hasCr && octet === NUL
    hasCr = octet === CR
    if (!hasCr && !isSecond) converted[length++] = octet
  }
  return { octets: converted.subarray(0, length), endsInCr: hasCr }
}
