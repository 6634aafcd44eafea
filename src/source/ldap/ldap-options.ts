import { SourceError } from '../../diagnostic/source-error.ts'
import type { LdapConnection } from './connection.ts'
import type { DialectName } from './dialect.ts'
import { type Dn, parseDn } from './dn.ts'
import { parseLdapUrl } from './url.ts'

/** What an LDAP source is configured with. */
export type LdapSourceOptions = {
  /** `ldap://host:port`, `ldaps://host:port` or `ldapi://%2Fpath`. */
  readonly url: string
  readonly base: string
  /** How the directory says what it says; `faiClasses` where it is left out. */
  readonly dialect?: DialectName | undefined
  readonly bindDn?: string | undefined
  readonly password?: string | undefined
  readonly startTls?: boolean | undefined
  /** Certificates in PEM that the server's must lead to; those that Node knows where it is left out. */
  readonly ca?: string | undefined
}

/** How the server is reached; throws a `SourceError` where it cannot be. */
export const toConnection = (options: LdapSourceOptions): LdapConnection => {
  const { url, bindDn, password = '', startTls = false, ca } = options
  const address = parseLdapUrl(url)
  if (address === undefined) throw refusal(options, 'is not a URL of the form ldap://, ldaps:// or ldapi://')
  if (bindDn !== undefined && password === '') {
    // A bind with a name and no password succeeds as anonymous (RFC 4513, section 5.1.2).
    throw refusal(options, `bindDn "${bindDn}" has no password`, true)
  }
  return {
    address,
    server: url,
    base: toBaseDn(options),
    startTls,
    ...(ca === undefined ? {} : { ca }),
    ...(bindDn === undefined ? {} : { bind: { dn: bindDn, password } }),
  }
}

/** The search base; throws a `SourceError` where it is none. */
export const toBaseDn = (options: LdapSourceOptions): Dn => {
  const base = parseDn(options.base)
  if (base.ok) return base.dn
  const where = `it fails at character ${base.offset + 1}`
  throw refusal(options, `base "${options.base}" is not a DN; ${where}`)
}

const refusal = ({ url }: LdapSourceOptions, message: string, rejected = false): SourceError =>
  new SourceError(message, { kind: 'server', server: url }, { rejected })
