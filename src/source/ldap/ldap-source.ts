import { SourceError } from '../../diagnostic/source-error.ts'
import type { Source } from '../source.ts'
import type { DialectName } from './dialect.ts'
import { DIALECTS } from './dialects.ts'
import { type Directory, ofClass } from './directory.ts'
import { memoryDirectory } from './directory-memory.ts'
import { directorySource, type Opened } from './directory-source.ts'
import { parseDn } from './dn.ts'
import { ldapDirectory, type ServerDirectory } from './server-directory.ts'
import type { LdapConnection } from './session.ts'
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

/** A live LDAP server as a source (RFC 4511; contract, section 2.2). */
export const ldapSource = (options: LdapSourceOptions): Source => {
  const base = parseDn(options.base)
  const dialect = DIALECTS[options.dialect ?? 'faiClasses']
  let live: ServerDirectory | undefined
  let whole: Directory | undefined
  const open = (): Opened & { readonly ok: true; readonly server: ServerDirectory } => {
    if (!base.ok) {
      const where = `it fails at character ${base.offset + 1}`
      throw refusal(options, `base "${options.base}" is not a DN; ${where}`)
    }
    live ??= ldapDirectory({ ...connectionOf(options), base: base.dn })
    return { ok: true, directory: whole ?? live, base: base.dn, server: live }
  }
  const source = directorySource(
    `ldap ${options.url}`,
    'live',
    async () => open(),
    async () => live?.close(),
    dialect,
  )
  return {
    ...source,
    // One paged search; from then on memory answers.
    readWhole: async signal => {
      const { server, base: below } = open()
      const wanted = [...new Set(dialect.wholeAttributes)]
      const filter = ofClass(dialect.wholeClasses)
      whole ??= memoryDirectory(await server.findWhole(filter, wanted, signal), below)
      return source.readWhole(signal)
    },
  }
}

const connectionOf = (options: LdapSourceOptions): Omit<LdapConnection, 'base'> => {
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
    startTls,
    ...(ca === undefined ? {} : { ca }),
    ...(bindDn === undefined ? {} : { bind: { dn: bindDn, password } }),
  }
}

const refusal = ({ url }: LdapSourceOptions, message: string, rejected = false): SourceError =>
  new SourceError(message, { kind: 'server', server: url }, { rejected })
