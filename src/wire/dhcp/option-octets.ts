import type { OptionKind } from './option-kind.ts'

/** Octets that nobody here looks into, such as a client identifier (RFC 2132, section 9.14). */
export const octets: OptionKind<Buffer> = { decode: found => found, encode: value => value }
