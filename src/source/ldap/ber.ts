import { BerReader } from 'ldapts'
import type { CountSteps } from '../../model/steps.ts'
import { WireError } from '../../wire/wire-error.ts'

/**
 * BER elements one after the other (X.690, section 8.1). Every read throws a `WireError` where the next element
 * has another tag, or does not end within its surroundings, so that reading always goes forward and always ends.
 */
export type Elements = {
  readonly hasMore: () => boolean
  /** Whether the next element has this tag. */
  readonly isNext: (tag: number) => boolean
  /** Contents of the next element; a part of what was decoded, not a copy. */
  readonly octets: (tag: number) => Buffer
  readonly text: (tag: number) => string
  /** From 0 to 2^31 - 1, as all numbers of LDAP messages are. */
  readonly number: (tag: number) => number
  readonly boolean: () => boolean
  /** The elements inside the next one. */
  readonly inside: (tag: number) => Elements
  /** Passes over the next element, whatever it is. */
  readonly skip: () => void
}

/** The elements that these octets are. */
export const berElements = (bytes: Buffer, count?: CountSteps): Elements => {
  const reader = new BerReader(bytes)
  const fail = (message: string): WireError => new WireError(message, reader.offset)
  const octets = (tag: number): Buffer => {
    const contents = orFail(() => reader.readString(tag, true), fail)
    // The reader takes a length of 2^31 or more for a negative one.
    if (contents === null || reader.length < 0) throw fail('an element goes beyond its surroundings')
    count?.(2 + contents.length)
    return contents
  }
  return {
    hasMore: () => reader.remain > 0,
    isNext: tag => reader.peek() === tag,
    octets,
    text: tag => octets(tag).toString('utf8'),
    number: tag => {
      const contents = octets(tag)
      if (contents.length < 1 || contents.length > 4 || contents.readInt8(0) < 0)
        throw fail('a number is not between 0 and 2147483647')
      return contents.readUIntBE(0, contents.length)
    },
    boolean: () => {
      const contents = octets(TAG.boolean)
      if (contents.length !== 1) throw fail('a boolean is not one octet')
      return contents[0] !== 0
    },
    inside: tag => berElements(octets(tag), count),
    skip: () => {
      octets(reader.peek() ?? 0)
    },
  }
}

/**
 * Octets of the LDAP message at the beginning of these, undefined where too few of them are there to say; throws
 * a `WireError` where there is none.
 */
export const messageLength = (bytes: Buffer): number | undefined => {
  const reader = new BerReader(bytes)
  const fail = (message: string): WireError => new WireError(message, 0)
  if (orFail(() => reader.readSequence(TAG.sequence), fail) === null) return undefined
  if (reader.length < 0) throw fail('the length of a message is beyond all bounds')
  return reader.offset + reader.length
}

const orFail = <T>(read: () => T, fail: (message: string) => WireError): T => {
  try {
    return read()
  } catch (cause) {
    throw fail(cause instanceof Error ? cause.message : String(cause))
  }
}

/** Tags of the universal types that LDAP uses. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octetString: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
} as const
