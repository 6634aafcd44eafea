import {
  AndFilter,
  EqualityFilter,
  type Filter as LdapFilter,
  OrFilter,
  PresenceFilter,
  SubstringFilter,
} from 'ldapts'
import type { Filter } from './directory.ts'

/**
 * A filter as it is sent. Values go out as octets of their own, so that nothing in them can be taken for
 * syntax, which is what the escapes of RFC 4515 are for in the written form.
 */
export const toLdapFilter = (filter: Filter): LdapFilter => {
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
