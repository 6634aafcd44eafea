import {
  AndFilter,
  type Client,
  EqualityFilter,
  type Entry as LdapEntry,
  type Filter as LdapFilter,
  OrFilter,
  PresenceFilter,
  type SearchResult,
  SubstringFilter,
} from 'ldapts'
import { SourceError } from '../../diagnostic/source-error.ts'
import type { Directory, Filter } from './directory.ts'
import { foldAttribute, parseDn } from './dn.ts'
import { type Entry, toValue, type Value } from './entry.ts'
import { type ReadingBounds, WHOLE_BOUNDS } from './reading-bounds.ts'
import { type LdapConnection, ldapSession, TIMEOUT_SECONDS } from './session.ts'

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

/** A reference instead of an entry means that part of the answer is elsewhere: half an answer is no answer. */
const toEntries = ({ searchEntries, searchReferences }: SearchResult, server: string): readonly Entry[] => {
  if (searchReferences.length > 0) {
    const message = `part of the answer is at ${searchReferences.join(', ')}, which is not followed`
    throw new SourceError(message, { kind: 'server', server })
  }
  return searchEntries.map(entry => toEntry(entry, server))
}

/**
 * Values go out as octets of their own, so that nothing in them can be taken for
 * syntax, which is what the escapes of RFC 4515 are for in the written form.
 */
const toLdapFilter = (filter: Filter): LdapFilter => {
  switch (filter.kind) {
    case 'present':
      return new PresenceFilter({ attribute: filter.attribute })
    case 'equal':
      return new EqualityFilter({ attribute: filter.attribute, value: filter.value })
    case 'prefix':
      return new SubstringFilter({ attribute: filter.attribute, initial: filter.value })
    case 'and':
      return new AndFilter({ filters: filter.of.map(toLdapFilter) })
    case 'or':
      return new OrFilter({ filters: filter.of.map(toLdapFilter) })
  }
}

const toEntry = ({ dn: text, ...described }: LdapEntry, server: string): Entry => {
  const fail = (message: string): SourceError => new SourceError(message, { kind: 'server', server })
  const dn = parseDn(text)
  if (!dn.ok) throw fail(`answered with ${JSON.stringify(text)}, which is not a DN`)
  const attributes = new Map<string, readonly Value[]>()
  for (const [description, values] of Object.entries(described)) {
    // Some servers send long lists in parts; the first part alone is no answer.
    if (/;range=/i.test(description)) throw fail(`answered with a part of ${description} of "${text}"`)
    const attribute = foldAttribute(description)
    const decoded = [values]
      .flat()
      .map(value => (typeof value === 'string' ? { text: value } : toValue(value)))
    if (decoded.length > 0) attributes.set(attribute, [...(attributes.get(attribute) ?? []), ...decoded])
  }
  return { dn: dn.dn, attributes, origin: { kind: 'entry', dn: dn.dn.text } }
}
