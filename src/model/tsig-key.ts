/** The algorithms we sign and verify with (RFC 8945, section 6); the older ones are left out on purpose. */
export const TSIG_ALGORITHMS = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const

/** One of them. */
export type TsigAlgorithm = (typeof TSIG_ALGORITHMS)[number]

/** A shared key for DNS transactions. `secret` never appears in output. */
export type TsigKey = {
  /** The name that both sides call it by; a domain name. */
  readonly name: string
  readonly algorithm: TsigAlgorithm
  readonly secret: Buffer
}
