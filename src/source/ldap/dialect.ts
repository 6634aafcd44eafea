import type { Outcome } from '../../diagnostic/diagnostic.ts'
import type { ClassDefinition, HostName, HostRecord } from '../../model/catalog.ts'
import type { ClassName } from '../../model/class-name.ts'
import type { IsRead, Unread } from '../source.ts'
import { type Directory, type Filter, ofClass } from './directory.ts'
import type { HostKind } from './directory-host.ts'
import type { Dn } from './dn.ts'

/** How a directory says which classes a host has (contract, section 2.2). */
export type Dialect = {
  readonly hosts: HostKind
  /** An entry of a host may not be enough for the host to be known, as `readHost` says. */
  readonly mayLeaveUnknown: boolean
  /** Object classes of all entries that a lookup may need, and what has to be read of them. */
  readonly wholeClasses: readonly string[]
  readonly wholeAttributes: readonly string[]
  readonly readHost: (
    directory: Directory,
    base: Dn,
    host: HostName,
    signal: AbortSignal,
  ) => Promise<Outcome<HostRecord>>
  readonly readClasses: (
    directory: Directory,
    names: readonly ClassName[],
    signal: AbortSignal,
  ) => Promise<readonly ClassDefinition[]>
  readonly readAllClasses: (directory: Directory, signal: AbortSignal) => Promise<readonly ClassDefinition[]>
  readonly hasDefinitions: (directory: Directory, signal: AbortSignal) => Promise<boolean>
  /** Entries that may hold memberships and that no host reads. */
  readonly findUnread: (
    directory: Directory,
    base: Dn,
    isRead: IsRead,
    signal: AbortSignal,
  ) => Promise<Unread>
}

/** The one search that finds all that a lookup may need. */
export const wholeSearch = ({
  wholeClasses,
  wholeAttributes,
}: Dialect): readonly [filter: Filter, attributes: readonly string[]] => [
  ofClass(wholeClasses),
  [...new Set(wholeAttributes)],
]

/**
 * Object classes of entries that others stand below. Whoever follows a directory has to know their DNs: where one of them
 * is renamed, a server tells of none below it.
 */
export const CONTAINER_CLASSES: readonly string[] = [
  'organizationalUnit',
  'organization',
  'dcObject',
  'domain',
  'country',
  'locality',
  'container',
  'organizationalRole',
]

/** What `dialect` of a source may say. */
export type DialectName = 'faiClasses' | 'argonaut' | 'gosa' | 'puppet'

/** Of the dialects that know hosts only; in theirs a profile or a parent that nobody uses is usual. */
export const NO_DEFINITIONS: Pick<
  Dialect,
  'readClasses' | 'readAllClasses' | 'hasDefinitions' | 'findUnread'
> = {
  readClasses: async () => [],
  readAllClasses: async () => [],
  hasDefinitions: async () => false,
  findUnread: async () => ({ places: [], diagnostics: [] }),
}
