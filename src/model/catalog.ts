import type { Diagnostic, Origin } from '../diagnostic/diagnostic.ts'
import { type ClassName, foldClassName } from './class-name.ts'
import type { Membership } from './grammar.ts'
import type { VariableSetting } from './variable.ts'

/**
 * One place a host's memberships stand in: a domain, an entry on the LDAP path,
 * a group, or the host itself. Strings are in the order they are read.
 */
export type Place = {
  readonly kind: 'domain' | 'path' | 'group' | 'host'
  /** Owner name or DN. */
  readonly name: string
  readonly memberships: readonly Membership[]
  readonly variables: readonly VariableSetting[]
}

/** What one source says of one host. */
export type HostRecord = {
  /** A membership of its own, an address record, or a host entry (contract, section 2.3). */
  readonly known: boolean
  /** From the most general place to the host itself. */
  readonly places: readonly Place[]
  /** Addresses that the entry of the host names (`ipHostNumber`), as written. */
  readonly addresses: readonly string[]
  /** Its address records in a zone, in their single form; absent where the source is none. */
  readonly zoneAddresses?: readonly string[]
}

/** What one source says of one class. */
export type ClassDefinition = {
  /** As its owner label or `cn` is written; matched ignoring case. */
  readonly name: string
  readonly requires: readonly Membership[]
  readonly after: readonly Membership[]
  readonly conflicts: readonly Membership[]
  readonly variables: readonly VariableSetting[]
  readonly description?: string
  readonly origin: Origin
  /** What is wrong with it; counts only for hosts that read it. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Definitions by folded class name, in source order. A key with an empty list
 * was asked for and is defined nowhere; an absent key was not asked for.
 */
export type Catalog = ReadonlyMap<string, readonly ClassDefinition[]>

/** The definitions of a class, none where there are none. */
export const definitionsOf = (catalog: Catalog, name: ClassName): readonly ClassDefinition[] =>
  catalog.get(foldClassName(name)) ?? []

/** A host as it is looked up: checked names, and what was asked for where that was no name. */
export type HostName = {
  /** The first label. */
  readonly short: string
  /** Lower case, no dot at the end; undefined where no source knows a domain. */
  readonly fqdn: string | undefined
  /** Normalized, where a MAC was asked for. */
  readonly mac?: string
  /** Canonical, where an IP was asked for. */
  readonly ip?: string
}
