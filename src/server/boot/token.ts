import { createHash, timingSafeEqual } from 'node:crypto'

/** A token that was put into a boot script; only its hash is kept. */
export type BootToken = {
  /** SHA-256 of its text, in hexadecimal. */
  readonly hash: string
  /** The only address that it may come from. */
  readonly address: string
  /** Milliseconds since 1970. */
  readonly madeAtMs: number
  /** Absent while it has not been used. */
  readonly spentAtMs?: number
}

/** How long a token holds. */
export const TOKEN_LIFE_MS = 30 * 60_000

const SECRET_OCTETS = 32

/** A new secret: 32 octets as base64url, 43 characters. `random` gives as many random octets as it is asked for. */
export const newSecret = (random: (octets: number) => Buffer): string =>
  random(SECRET_OCTETS).toString('base64url')

/** A text of the length of a secret, which is none. */
export const NO_SECRET = Buffer.alloc(SECRET_OCTETS).toString('base64url')

/** What is kept of a secret. Pure. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Whether two hashes are equal, in a time that does not depend on where they differ. Pure. */
export const isSameHash = (one: string, other: string | undefined): boolean => {
  if (other === undefined || one.length !== other.length) return false
  return timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
