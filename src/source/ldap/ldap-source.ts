import { SourceError } from '../../diagnostic/source-error.ts'
import { sourceContents } from '../contents.ts'
import type { Source } from '../source.ts'
import type { DialectName } from './dialect.ts'
import { DIALECTS } from './dialects.ts'
import { type Directory, ofClass } from './directory.ts'
import { type DirectoryContents, fromDirectoryContents, toDirectoryContents } from './directory-contents.ts'
import { memoryDirectory } from './directory-memory.ts'
import { directorySource, type Opened } from './directory-source.ts'
import { type Dn, parseDn } from './dn.ts'
import type { Entry } from './entry.ts'
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
  const baseDn = (): Dn => {
    if (base.ok) return base.dn
    const where = `it fails at character ${base.offset + 1}`
    throw refusal(options, `base "${options.base}" is not a DN; ${where}`)
  }
  const server = (): ServerDirectory => {
    live ??= ldapDirectory({ ...connectionOf(options), base: baseDn() })
    return live
  }
  const { contents, whole } = sourceContents<WholeDirectory, DirectoryContents>({
    // One paged search.
    fetch: async signal => {
      const wanted = [...new Set(dialect.wholeAttributes)]
      return build(await server().findWhole(ofClass(dialect.wholeClasses), wanted, signal), baseDn())
    },
    toPlain: ({ entries }) => toDirectoryContents(entries),
    fromPlain: plain => build(fromDirectoryContents(plain), baseDn()),
  })
  const source = directorySource(
    `ldap ${options.url}`,
    'live',
    async (): Promise<Opened> => ({ ok: true, directory: whole()?.directory ?? server(), base: baseDn() }),
    async () => live?.close(),
    dialect,
  )
  return {
    ...source,
    contents,
    readWhole: async signal => {
      await contents.fetch(signal)
      return source.readWhole(signal)
    },
  }
}

/** A directory of which all entries are at hand. */
type WholeDirectory = { readonly entries: readonly Entry[]; readonly directory: Directory }

const build = (entries: readonly Entry[], base: Dn): WholeDirectory => ({
  entries,
  directory: memoryDirectory(entries, base),
})

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
