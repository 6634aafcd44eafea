import { sourceContents } from '../contents.ts'
import type { Source } from '../source.ts'
import { wholeSearch } from './dialect.ts'
import { DIALECTS } from './dialects.ts'
import type { Directory } from './directory.ts'
import { type DirectoryContents, fromDirectoryContents, toDirectoryContents } from './directory-contents.ts'
import { memoryDirectory } from './directory-memory.ts'
import { directorySource, type Opened } from './directory-source.ts'
import type { Dn } from './dn.ts'
import type { Entry } from './entry.ts'
import { sourceClosed } from './error.ts'
import { type LdapSourceOptions, toBaseDn, toConnection } from './ldap-options.ts'
import { ldapDirectory, type ServerDirectory } from './server-directory.ts'

/** A live LDAP server as a source (RFC 4511; contract, section 2.2). */
export const ldapSource = (options: LdapSourceOptions): Source => {
  const dialect = DIALECTS[options.dialect ?? 'faiClasses']
  let live: ServerDirectory | undefined
  let isClosed = false
  const server = (): ServerDirectory => {
    if (isClosed) throw sourceClosed(options.url)
    live ??= ldapDirectory(toConnection(options))
    return live
  }
  const { contents, whole } = sourceContents<WholeDirectory, DirectoryContents>({
    // One paged search.
    fetch: async signal =>
      build(await server().findWhole(...wholeSearch(dialect), signal), toBaseDn(options)),
    toPlain: ({ entries }) => toDirectoryContents(entries),
    fromPlain: plain => build(fromDirectoryContents(plain), toBaseDn(options)),
  })
  const source = directorySource(
    `ldap ${options.url}`,
    'live',
    async (): Promise<Opened> => ({
      ok: true,
      directory: whole()?.directory ?? server(),
      base: toBaseDn(options),
    }),
    async () => {
      isClosed = true
      await live?.close()
    },
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
