import type { SourceConfig } from '../config/schema.ts'
import { type Diagnostic, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import type { SiteHost } from '../live/resolve-one.ts'
import { isAtOrBelow } from '../model/dns-name.ts'
import type { Gathered } from '../source/gather.ts'
import { nameOf } from '../source/order.ts'
import type { WholeSite } from './whole-site.ts'

type Kind = 'dns' | 'ldap'

/**
 * The warnings `host-only-in-ldap` and `host-only-in-dns`, where both kinds of source are configured.
 *
 *     known in       and                                    warning
 *     dns            not in ldap                            host-only-in-dns
 *     ldap           not in dns, its name is in a zone      host-only-in-ldap
 *     ldap           not in dns, its name is in no zone     none: the zones could not know it
 */
export const missingHostFinder = ({ config, sources }: WholeSite): ((host: SiteHost) => Diagnostic[]) => {
  const kinds = new Map<string, Kind | undefined>(
    sources.map(({ name }, index) => [name, kindOf(config.sources[index])]),
  )
  const named = (kind: Kind): string =>
    [...kinds].flatMap(([name, of]) => (of === kind ? name : [])).join(', ')
  const zones = config.sources.flatMap(source => ('zone' in source ? source.zone.replace(/\.$/, '') : []))
  if (named('dns') === '' || named('ldap') === '') return () => []
  return ({ host, records }) => {
    const known = records.filter(({ record }) => record.known)
    const inDns = known.find(({ source }) => kinds.get(source) === 'dns')
    const inLdap = known.find(({ source }) => kinds.get(source) === 'ldap')
    const name = nameOf(host)
    if (inDns !== undefined && inLdap === undefined)
      return [warningAt('host-only-in-dns', `${name} has no entry in ${named('ldap')}`, placeOf(inDns))]
    const { fqdn } = host
    const isInZone = fqdn === undefined || zones.some(zone => isAtOrBelow(fqdn, zone))
    if (inLdap === undefined || inDns !== undefined || !isInZone) return []
    const message = `${name} has neither address nor membership in ${named('dns')}`
    return [warningAt('host-only-in-ldap', message, placeOf(inLdap))]
  }
}

const kindOf = (source: SourceConfig | undefined): Kind | undefined => {
  switch (source?.kind) {
    case 'dns':
    case 'zonefile':
      return 'dns'
    case 'ldap':
    case 'ldif':
      return 'ldap'
    case 'deps':
    case undefined:
      return undefined
  }
}

/** Where the host itself says something in that source; the source where it says nothing. */
const placeOf = ({ source, record }: Gathered): Origin => {
  const own = record.places.find(({ kind }) => kind === 'host')
  return own?.memberships[0]?.origin ?? own?.variables[0]?.origin ?? { kind: 'server', server: source }
}
