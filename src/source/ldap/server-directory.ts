import type { Client, SearchResult } from 'ldapts'
import { type LdapConnection, TIMEOUT_SECONDS } from './connection.ts'
import type { Directory } from './directory.ts'
import type { Entry } from './entry.ts'
import { type ReadingBounds, WHOLE_BOUNDS } from './reading-bounds.ts'
import { partElsewhere, type ServedAttribute, toEntry } from './server-entry.ts'
import { toLdapFilter } from './server-filter.ts'
import { ldapSession } from './session.ts'

const PAGE_SIZE = 500

/** A live server as a directory; `findWhole` is `find` with the bounds of a whole source. */
export type ServerDirectory = Directory & { readonly findWhole: Directory['find'] }

/** A live server as a directory (RFC 4511). */
export const ldapDirectory = (connection: LdapConnection): ServerDirectory => {
  const { server, base } = connection
  const { ask, close } = ldapSession(connection)
  const findWithin =
    (bounds?: ReadingBounds): Directory['find'] =>
    (filter, attributes, signal) => {
      const search = async (client: Client): Promise<readonly Entry[]> => {
        const options = {
          scope: 'sub' as const,
          filter: toLdapFilter(filter),
          attributes: [...attributes],
          paged: { pageSize: PAGE_SIZE },
          timeLimit: TIMEOUT_SECONDS,
        }
        return toEntries(await client.search(base.text, options), server)
      }
      return ask(`search below "${base.text}"`, signal, search, bounds)
    }
  return {
    find: findWithin(),
    findWhole: findWithin(WHOLE_BOUNDS),
    read: async (dns, attributes, signal) => {
      const answers = dns.map(dn =>
        ask(`read of "${dn.text}"`, signal, async client =>
          toEntries(await client.search(dn.text, { scope: 'base', attributes: [...attributes] }), server),
        ),
      )
      return (await Promise.all(answers)).flat()
    },
    hasAny: (filter, signal) =>
      ask(`search below "${base.text}"`, signal, async client => {
        const options = { filter: toLdapFilter(filter), attributes: ['1.1'], paged: { pageSize: 1 } }
        for await (const page of client.searchPaginated(base.text, options))
          if (toEntries(page, server).length > 0) return true
        return false
      }),
    close,
  }
}

const toEntries = ({ searchEntries, searchReferences }: SearchResult, server: string): readonly Entry[] => {
  if (searchReferences.length > 0) throw partElsewhere(searchReferences, server)
  return searchEntries.map(({ dn, ...described }) => {
    const attributes = Object.entries(described).map(
      ([description, values]): ServedAttribute => [description, [values].flat()],
    )
    return toEntry(dn, attributes, server)
  })
}
