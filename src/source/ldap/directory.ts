import type { Dn } from './dn.ts'
import type { Entry } from './entry.ts'

/**
 * Directory entries that can be asked for: a server or a parsed LDIF. Every
 * method rejects with a `SourceError` where the whole answer cannot be had.
 */
export type Directory = {
  /** Entries at or below the search base that match, in no order. */
  find(filter: Filter, attributes: readonly string[], signal: AbortSignal): Promise<readonly Entry[]>
  /** The entries with these names. */
  read(dns: readonly Dn[], attributes: readonly string[], signal: AbortSignal): Promise<readonly Entry[]>
  /** Whether there is any entry that matches. */
  hasAny(filter: Filter, signal: AbortSignal): Promise<boolean>
  close(): Promise<void>
}

/**
 * A search filter (RFC 4511, section 4.5.1.7) as a value. It may let more
 * through than is wanted: what an entry means is decided after it was read.
 */
export type Filter =
  | { readonly kind: 'present'; readonly attribute: string }
  | { readonly kind: 'equal' | 'prefix'; readonly attribute: string; readonly value: string }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Filter[] }

/** `(attribute=value)`. */
export const equal = (attribute: string, value: string): Filter => ({ kind: 'equal', attribute, value })

/** `(attribute=value*)`. */
export const prefix = (attribute: string, value: string): Filter => ({ kind: 'prefix', attribute, value })

/** `(&...)`. */
export const and = (...of: readonly Filter[]): Filter => ({ kind: 'and', of })

/** `(|...)`. */
export const or = (...of: readonly Filter[]): Filter => ({ kind: 'or', of })

/** `(|(objectClass=a)(objectClass=b))`. */
export const ofClass = (names: Iterable<string>): Filter =>
  or(...[...names].map(name => equal('objectClass', name)))

/** Most levels of entries that are in each other, each a round of questions: as many as of dependencies. */
export const MAX_NESTING = 256

/** As many filters as it takes for none of them to hold more than a server likes. */
export const inBatches = <T>(
  items: readonly T[],
  toFilter: (batch: readonly T[]) => Filter,
): readonly Filter[] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    toFilter(items.slice(index * BATCH, (index + 1) * BATCH)),
  )

const BATCH = 200
