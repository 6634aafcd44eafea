import { SourceError } from '../../diagnostic/source-error.ts'
import type { Source } from '../source.ts'
import type { Directory } from './directory.ts'
import { directorySource } from './directory-source.ts'
import { parseDn } from './dn.ts'
import { ldapDirectory } from './server-directory.ts'
import type { LdapConnection } from './session.ts'
import { parseLdapUrl } from './url.ts'

/** What an LDAP source is configured with. */
export type LdapSourceOptions = {
  /** `ldap://host:port`, `ldaps://host:port` or `ldapi://%2Fpath`. */
  readonly url: string
  readonly base: string
  /** How the directory says what it says; only `faiClasses` is there. */
  readonly dialect?: string | undefined
  readonly bindDn?: string | undefined
  readonly password?: string | undefined
  readonly startTls?: boolean | undefined
  /** Certificates in PEM that the server's must lead to; those that Node knows where it is left out. */
  readonly ca?: string | undefined
}

/** A live LDAP server as a source (RFC 4511; contract, section 2.2). */
export const ldapSource = (options: LdapSourceOptions): Source => {
  let directory: Directory | undefined
  const base = parseDn(options.base)
  return directorySource(
    `ldap ${options.url}`,
    'live',
    async () => {
      if (!base.ok) {
        const where = `it fails at character ${base.offset + 1}`
        throw refusal(options, `base "${options.base}" is not a DN; ${where}`)
      }
      directory ??= ldapDirectory({ ...connectionOf(options), base: base.dn })
      return { ok: true, directory, base: base.dn }
    },
    async () => directory?.close(),
  )
}

const connectionOf = (options: LdapSourceOptions): Omit<LdapConnection, 'base'> => {
  const { url, dialect = 'faiClasses', bindDn, password = '', startTls = false, ca } = options
  if (dialect !== 'faiClasses') throw refusal(options, `dialect "${dialect}" is not supported yet`)
  const address = parseLdapUrl(url)
  if (address === undefined) throw refusal(options, 'is not a URL of the form ldap://, ldaps:// or ldapi://')
  if (bindDn !== undefined && password === '') {
    // A bind with a name and no password succeeds as anonymous (RFC 4513, section 5.1.2).
    throw refusal(options, `bindDn "${bindDn}" has no password`, true)
  }
  return {
    address,
    server: url,
    startTls,
    ...(ca === undefined ? {} : { ca }),
    ...(bindDn === undefined ? {} : { bind: { dn: bindDn, password } }),
  }
}

const refusal = ({ url }: LdapSourceOptions, message: string, rejected = false): SourceError =>
  new SourceError(message, { kind: 'server', server: url }, { rejected })
