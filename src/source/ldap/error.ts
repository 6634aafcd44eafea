import { SourceError } from '../../diagnostic/source-error.ts'

/**
 * What went wrong with a server as the error that ends the command. Refused
 * credentials and a certificate that does not verify are `rejected`: no older
 * answer may stand in for them (contract, section 3.7). Pure.
 */
export const toSourceError = (server: string, doing: string, cause: unknown): SourceError => {
  if (cause instanceof SourceError) return cause
  const code = codeOf(cause)
  const rejected = typeof code === 'number' ? REFUSALS.has(code) : isCertificateCode(code)
  const reason = typeof code === 'number' ? `${nameOf(code)} (result code ${code})` : reasonOf(cause)
  return new SourceError(`${doing} failed: ${reason}`, { kind: 'server', server }, { cause, rejected })
}

/** Whoever asks a source that nobody reads any more: another one could not be read, and the command ends. Pure. */
export const sourceClosed = (server: string): SourceError =>
  new SourceError('the source is closed', { kind: 'server', server })

const codeOf = (cause: unknown): number | string | undefined => {
  if (!(cause instanceof Error) || !('code' in cause)) return undefined
  return typeof cause.code === 'number' || typeof cause.code === 'string' ? cause.code : undefined
}

const reasonOf = (cause: unknown): string => {
  // An attempt at several addresses has no message of its own.
  const errors = cause instanceof AggregateError ? cause.errors : [cause]
  const reasons = errors.map(error => (error instanceof Error ? error.message : String(error)))
  return [...new Set(reasons)].join('; ').replace(/\s+/g, ' ')
}

const isCertificateCode = (code: string | undefined): boolean =>
  code !== undefined && (code.startsWith('ERR_TLS_CERT') || CERTIFICATE_CODES.has(code))

const nameOf = (code: number): string => RESULT_CODES[code] ?? 'unknown result'

/** inappropriateAuthentication, invalidCredentials. */
const REFUSALS: ReadonlySet<number> = new Set([48, 49])

/** Result codes (RFC 4511, section 4.1.9) that can come back from a bind or a search. */
const RESULT_CODES: Readonly<Record<number, string>> = {
  1: 'operationsError',
  2: 'protocolError',
  3: 'timeLimitExceeded',
  4: 'sizeLimitExceeded',
  7: 'authMethodNotSupported',
  8: 'strongerAuthRequired',
  10: 'referral',
  11: 'adminLimitExceeded',
  12: 'unavailableCriticalExtension',
  13: 'confidentialityRequired',
  14: 'saslBindInProgress',
  18: 'inappropriateMatching',
  21: 'invalidAttributeSyntax',
  32: 'noSuchObject',
  33: 'aliasProblem',
  34: 'invalidDNSyntax',
  36: 'aliasDereferencingProblem',
  48: 'inappropriateAuthentication',
  49: 'invalidCredentials',
  50: 'insufficientAccessRights',
  51: 'busy',
  52: 'unavailable',
  53: 'unwillingToPerform',
  54: 'loopDetect',
  80: 'other',
  4096: 'e-syncRefreshRequired',
}

/** Why OpenSSL did not believe a certificate, as Node names it. */
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  'CA_SIGNATURE_MISMATCH',
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
