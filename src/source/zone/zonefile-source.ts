import type { Outcome } from '../../diagnostic/diagnostic.ts'
import { hasErrors } from '../../diagnostic/diagnostic.ts'
import { foldDnsName, parseDnsName } from '../../model/dns-name.ts'
import type { ZoneReader } from '../dns/answer.ts'
import { askClasses, definedIn } from '../dns/class.ts'
import { findDnsHosts, type HostIndex } from '../dns/find.ts'
import { askHost, isOwnName, type ZoneView } from '../dns/host.ts'
import type { Source } from '../source.ts'
import { hostNamesOf, lookUpInZone, ownersOfAddress } from './lookup.ts'
import { type ReadZone, readZone } from './read.ts'
import { DEFAULT_STYLES, type TxtStyle } from './txt-place.ts'
import { recordOrigin } from './zone.ts'

/** What a source of kind `zonefile` is made of. */
export type ZonefileOptions = {
  readonly zone: string
  /** The master file, as it is opened and as diagnostics name it. */
  readonly path: string
  /** The path as the configuration has it; `path` where it is left out. */
  readonly shownPath?: string
  /** `underscore` and `prefix` where it is left out. */
  readonly styles?: readonly TxtStyle[]
  /** Shared by all DNS sources of a configuration; this one adds itself. */
  readonly readers?: ZoneReader[]
  /** Asked for the style `bare`; the definitions of this zone where it is left out. */
  readonly knownClasses?: ZoneView['knownClasses']
}

/**
 * Memberships and definitions of an RFC 1035 master file, which is read at the first
 * question and once. A file with an error in it answers nothing but its errors.
 */
export const zonefileSource = (options: ZonefileOptions): Source => {
  const zone = foldDnsName(parseDnsName(options.zone) ?? options.zone)
  const name = `zonefile ${options.shownPath ?? options.path}`
  const readers = options.readers ?? []
  let reading: Promise<ReadZone> | undefined
  let read: ReadZone | undefined
  const load = async (signal: AbortSignal): Promise<ReadZone> => {
    reading ??= readZone(zone, options.path, signal)
    read = await reading
    return read
  }
  const own: ZoneReader = {
    zone,
    ask: async (owner, type, signal) => lookUpInZone((await load(signal)).zone, owner, type),
  }
  readers.push(own)
  const view: ZoneView = {
    own,
    readers,
    styles: options.styles ?? DEFAULT_STYLES,
    knownClasses: options.knownClasses ?? definedIn({ own, readers }),
  }
  const withZone = async <T>(
    signal: AbortSignal,
    ask: (loaded: ReadZone) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    const loaded = await load(signal)
    return hasErrors(loaded.diagnostics) ? { value: undefined, diagnostics: loaded.diagnostics } : ask(loaded)
  }
  return {
    name,
    describe: () => ({
      name,
      state: read === undefined ? 'unread' : 'file',
      ...(read?.zone.serial === undefined ? {} : { serial: read.zone.serial }),
    }),
    findHosts: (query, signal) =>
      withZone(signal, loaded => findDnsHosts(view, indexOf(loaded), query, signal)),
    readHost: (host, signal) =>
      withZone(signal, async loaded => {
        if (host.fqdn === undefined || !isOwnName(view, host.fqdn))
          return { value: undefined, diagnostics: [] }
        const { record, nameDiagnostics, placeDiagnostics } = await askHost(view, host.fqdn, signal)
        return {
          value: record,
          diagnostics: [...loaded.diagnostics, ...nameDiagnostics, ...placeDiagnostics],
        }
      }),
    readClasses: async (names, signal) => {
      const { diagnostics } = await load(signal)
      return hasErrors(diagnostics) ? [] : askClasses(view, names, signal)
    },
    hasDefinitions: async signal => {
      const loaded = await load(signal)
      const below = `._class.${zone}`
      return [...loaded.zone.nodes].some(([owner, node]) => owner.endsWith(below) && node.has('TXT'))
    },
    close: async () => undefined,
  }
}

/** How a zone file finds hosts: it can be listed, and addresses are looked up backwards in it. */
const indexOf = ({ zone }: ReadZone): HostIndex => ({
  hostNames: () => hostNamesOf(zone),
  namesOfAddress: async ip => ({
    owner: ip,
    isAlias: false,
    diagnostics: [],
    records: ownersOfAddress(zone, ip).flatMap(owner => {
      const [record] = [...(zone.nodes.get(owner)?.values() ?? [])].flat()
      const origin = record && recordOrigin(zone.apex, owner, record)
      return origin === undefined ? [] : [{ rdata: { kind: 'name', name: owner } as const, origin }]
    }),
  }),
})
