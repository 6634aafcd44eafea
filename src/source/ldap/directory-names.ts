import { type Diagnostic, errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { HostName } from '../../model/catalog.ts'
import type { HostQuery } from '../../model/host-query.ts'
import { type Directory, equal, type Filter, prefix } from './directory.ts'
import {
  FAI_HOSTS,
  fqdnsOf,
  HOST_ATTRIBUTES,
  type HostKind,
  hasIp,
  hasMac,
  hostEntries,
  hostFilter,
  ipFilters,
  isHostEntry,
  macFilters,
  preferMembers,
  selectHostEntry,
  shortNamesOf,
} from './directory-host.ts'
import { compareBytes, compareDns, type Dn } from './dn.ts'
import type { Entry } from './entry.ts'

/**
 * Names that HOST can mean in a directory, each once (contract, section 4).
 *
 *     HOST   entries                                        name
 *     full   as `selectHostEntry` finds it                  as asked
 *     short  FQDN or cn of it; below the base's own         the FQDN, else the short cn
 *            domain if there is one, else all;
 *            at the apex only: that, or the cn
 *     MAC    with this macAddress or dhcpHWAddress          the FQDN, else the short cn
 *     IP     with this ipHostNumber                         the FQDN, else the short cn
 */
export const findHostNames = async (
  directory: Directory,
  base: Dn,
  query: HostQuery,
  signal: AbortSignal,
  kind: HostKind = FAI_HOSTS,
): Promise<Outcome<readonly HostName[]>> => {
  const find = async (...filters: readonly Filter[]): Promise<readonly Entry[]> => {
    const found = await directory.find(hostEntries(kind, ...filters), HOST_ATTRIBUTES, signal)
    return found.filter(entry => isHostEntry(entry, kind)).sort((a, b) => compareDns(a.dn, b.dn))
  }
  switch (query.kind) {
    case 'fqdn': {
      const host: HostName = { short: firstLabel(query.name), fqdn: query.name }
      const entries = await directory.find(hostFilter(host, kind), HOST_ATTRIBUTES, signal)
      const { value, diagnostics } = selectHostEntry(entries, host, kind)
      // Several entries are reported by `readHost`; the name is known all the same.
      return { value: value === undefined && diagnostics.length === 0 ? [] : [host], diagnostics: [] }
    }
    case 'short': {
      const { name, atApexOnly } = query
      const entries = await find(
        equal('cn', name),
        prefix('cn', `${name}.`),
        prefix('associatedDomain', `${name}.`),
      )
      return { value: namesFor(name, entries, domainOf(base), atApexOnly === true), diagnostics: [] }
    }
    case 'mac': {
      const entries = await find(...macFilters(query.mac))
      return named(
        entries.filter(entry => hasMac(entry, query.mac)),
        { mac: query.mac },
      )
    }
    // No attribute of the schema holds one.
    case 'uuid':
      return { value: [], diagnostics: [] }
    case 'ip': {
      const entries = await find(...ipFilters(query.ip))
      return named(
        entries.filter(entry => hasIp(entry, query.ip)),
        { ip: query.ip },
      )
    }
  }
}

/** The domain that a base of `dc` parts stands for (RFC 2247), undefined where it has none. Pure. */
export const domainOf = (base: Dn): string | undefined => {
  const labels = base.rdns.flatMap(({ parts }) =>
    parts.flatMap(({ type, value }) => (type === 'dc' ? value : [])),
  )
  return labels.length === 0 ? undefined : labels.join('.').toLowerCase()
}

const namesFor = (
  short: string,
  entries: readonly Entry[],
  domain: string | undefined,
  atApexOnly: boolean,
): readonly HostName[] => {
  const full = entries.flatMap(fqdnsOf).filter(fqdn => firstLabel(fqdn) === short)
  const own = full.find(fqdn => fqdn === `${short}.${domain}`)
  if (own !== undefined) return [{ short, fqdn: own }]
  const isBare = entries.some(entry => fqdnsOf(entry).length === 0 && shortNamesOf(entry).includes(short))
  const others = atApexOnly ? [] : [...new Set(full)]
  const names = others.sort(compareBytes).map(fqdn => ({ short, fqdn }))
  return isBare ? [...names, { short, fqdn: undefined }] : names
}

const named = (
  entries: readonly Entry[],
  asked: Pick<HostName, 'mac' | 'ip'>,
): Outcome<readonly HostName[]> => {
  const diagnostics: Diagnostic[] = []
  const names = new Map<string, HostName>()
  for (const entry of preferMembers(entries)) {
    const name = nameOf(entry)
    if (name !== undefined) names.set(name.fqdn ?? name.short, { ...name, ...asked })
    else
      diagnostics.push(errorAt('name-invalid', 'no cn and no associatedDomain is a host name', entry.origin))
  }
  return { value: diagnostics.length > 0 ? undefined : [...names.values()], diagnostics }
}

/** One name of an entry, the same each time: what its RDN begins with is preferred, then the order of bytes. */
export const nameOf = (entry: Entry): HostName | undefined => {
  const shorts = shortNamesOf(entry)
  const own = entry.dn.rdns[0]?.parts.map(({ value }) => firstLabel(value.toLowerCase())) ?? []
  const isOwn = (name: string): boolean => own.includes(firstLabel(name))
  const pick = (names: readonly string[]): string | undefined =>
    names.find(isOwn) ?? [...names].sort(compareBytes)[0]
  const fqdn = pick(fqdnsOf(entry))
  const short = fqdn === undefined ? pick(shorts) : firstLabel(fqdn)
  return short === undefined ? undefined : { short, fqdn }
}

const firstLabel = (name: string): string => name.split('.', 1)[0] ?? name
