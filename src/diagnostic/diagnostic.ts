/** Where a fact came from, precise enough for an operator to go and edit it. */
export type Origin =
  | { kind: 'record'; zone: string; owner: string; type: string; path?: string; line?: number }
  | { kind: 'entry'; dn: string; attribute?: string; path?: string; line?: number }
  | { kind: 'file'; path: string; line?: number; column?: number }
  | { kind: 'option'; option: string }
  | { kind: 'server'; server: string }
  | { kind: 'packet'; protocol: 'dhcp' | 'tftp' | 'dns'; peer: string; offset?: number }
  | { kind: 'device'; path: string }

/** Stable identifiers: operators grep for them, tests assert on them, README lists them. */
export type Code = (typeof CODES)[number]

/** Every code that there is; README has one row for each. */
export const CODES = [
  'address-unknown',
  'alias-broken',
  'alias-membership',
  'bad-variable',
  'base-source-missing',
  'boot-file-missing',
  'boot-loader-unsupported',
  'boot-package-missing',
  'boot-unreadable',
  'class-case',
  'class-conflict',
  'class-cycle',
  'class-list-too-long',
  'class-too-large',
  'cannot-remove',
  'config-space-archive',
  'config-space-fetch',
  'config-space-ignored',
  'config-space-invalid',
  'config-space-method',
  'config-space-uri',
  'condition-too-deep',
  'config-invalid',
  'config-missing',
  'dependency-too-deep',
  'create-options-ignored',
  'disk-config-invalid',
  'disk-config-syntax',
  'disk-config-missing',
  'disk-config-unsupported',
  'disk-not-found',
  'disk-too-small',
  'file-modes-invalid',
  'firmware-missing',
  'filesystem-stays-small',
  'filesystem-unsupported',
  'group-cycle',
  'group-too-deep',
  'history-too-short',
  'history-unreadable',
  'history-unwritable',
  'host-ambiguous',
  'host-not-found',
  'host-only-in-dns',
  'host-only-in-ldap',
  'image-package-missing',
  'implicit-class',
  'interface-unusable',
  'kernel-parameter-invalid',
  'ldif-syntax',
  'list-too-long',
  'member-list-too-long',
  'migration-differs',
  'migration-order',
  'name-invalid',
  'netgroup-wildcard',
  'order-ambiguous',
  'package-config-ignored',
  'package-config-syntax',
  'package-held',
  'package-type-unknown',
  'package-type-unsupported',
  'package-unknown',
  'place-too-large',
  'place-unread',
  'plan-incomplete',
  'preserve-impossible',
  'preserve-missing',
  'preserve-size',
  'register-unread',
  'release-missing',
  'removed-but-required',
  'resize-impossible',
  'reverse-zone-missing',
  'root-filesystem-missing',
  'serial-went-back',
  'snapshot-unreadable',
  'snapshot-unwritable',
  'source-rejected',
  'source-unreachable',
  'ssh-key-unknown',
  'ssh-keys-missing',
  'stale',
  'storage-conflict',
  'syntax',
  'too-many-classes',
  'too-many-seeds',
  'transfer-refused',
  'unauthenticated-source',
  'unknown-class',
  'unknown-key',
  'variable-ambiguous',
  'variable-unset',
  'zone-delegated',
  'zone-expired',
  'zone-syntax',
] as const

/** One thing worth saying about the operator's data. */
export type Diagnostic = {
  readonly severity: 'error' | 'warning'
  readonly code: Code
  /** One sentence: lower case, no full stop, states the fact and not the remedy. */
  readonly message: string
  readonly origin: Origin
  /** Further places that explain the first one, for example each link of a cycle. */
  readonly related?: readonly Origin[]
}

/** A value, when one could be made, and everything worth saying about how it was made. */
export type Outcome<T> = { readonly value: T | undefined; readonly diagnostics: readonly Diagnostic[] }

/** An error diagnostic; `related` is left out where it is empty. */
export const errorAt = (
  code: Code,
  message: string,
  origin: Origin,
  related: readonly Origin[] = [],
): Diagnostic => ({ severity: 'error', code, message, origin, ...(related.length > 0 ? { related } : {}) })

/** A warning diagnostic; `related` is left out where it is empty. */
export const warningAt = (
  code: Code,
  message: string,
  origin: Origin,
  related: readonly Origin[] = [],
): Diagnostic => ({ ...errorAt(code, message, origin, related), severity: 'warning' })

/** Whether a result must not be used. */
export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error')
