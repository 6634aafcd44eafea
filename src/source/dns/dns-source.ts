import { SourceError } from '../../diagnostic/source-error.ts'
import { foldDnsName, parseDnsName } from '../../model/dns-name.ts'
import { parseServerAddress, type ServerAddress } from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import type { Source, SourceState } from '../source.ts'
import { lookUpInZone } from '../zone/lookup.ts'
import type { ReadZone } from '../zone/read.ts'
import { DEFAULT_STYLES, type TxtStyle } from '../zone/txt-place.ts'
import { buildZone } from '../zone/zone.ts'
import { zoneSource } from '../zone/zone-source.ts'
import type { ZoneReader } from './answer.ts'
import { askClasses, definedIn } from './class.ts'
import { dnsClient } from './client.ts'
import { findDnsHosts, type HostIndex } from './find.ts'
import { askHost, isOwnName, type ZoneView } from './host.ts'
import { liveZone } from './live.ts'
import { transferZone } from './transfer.ts'

/** What a source of kind `dns` is made of. */
export type DnsOptions = {
  readonly zone: string
  /** `HOST`, `HOST:PORT` or `[IPV6]:PORT`, asked in this order. */
  readonly servers: readonly string[]
  /** `underscore` and `prefix` where it is left out. */
  readonly style?: readonly TxtStyle[] | undefined
  readonly tsig?: TsigKey | undefined
  /** `ad`: only answers that a validating resolver vouches for. */
  readonly dnssec?: 'off' | 'ad' | undefined
  /** A resolver may answer, without AA. */
  readonly recursive?: boolean | undefined
  /** Shared by all DNS sources of a configuration; this one adds itself. */
  readonly readers?: ZoneReader[] | undefined
  /** Asked for the style `bare`; the definitions of this zone where it is left out. */
  readonly knownClasses?: ZoneView['knownClasses'] | undefined
  /** Milliseconds since 1970, for TSIG. */
  readonly now?: (() => number) | undefined
}

const DNS_PORT = 53

/** Memberships and definitions of a live zone, question by question; nothing is asked before it is needed. */
export const dnsSource = (options: DnsOptions): Source => {
  const zone = foldDnsName(parseDnsName(options.zone) ?? options.zone)
  const name = `dns ${zone}`
  const readers = options.readers ?? []
  const servers = options.servers.map(server => addressOf(name, server))
  const now = options.now ?? Date.now
  const client = dnsClient({
    name,
    servers,
    tsig: options.tsig,
    recursive: options.recursive ?? false,
    dnssec: options.dnssec ?? 'off',
    now,
  })
  const live = liveZone(zone, client)
  let whole: ReadZone | undefined
  // Once the zone was transferred nothing more is asked, here or for an alias of another zone.
  const own: ZoneReader = {
    zone,
    ask: async (owner, type, signal) =>
      whole === undefined ? live.reader.ask(owner, type, signal) : lookUpInZone(whole.zone, owner, type),
  }
  readers.push(own)
  const view: ZoneView = {
    own,
    readers,
    styles: options.style ?? DEFAULT_STYLES,
    knownClasses: options.knownClasses ?? definedIn({ own, readers }),
  }
  const index: HostIndex = { hostNames: () => [], namesOfAddress: live.namesOfAddress }
  const describe = (): SourceState => {
    const serial = whole?.zone.serial ?? live.serial()
    const isRead = whole !== undefined || live.isRead()
    return { name, state: isRead ? 'live' : 'unread', ...(serial === undefined ? {} : { serial }) }
  }
  const transfer = async (signal: AbortSignal): Promise<ReadZone> => {
    refuseUnvalidated(name, zone, options)
    const records = await transferZone({ ...options, name, zone, servers, now }, signal)
    return buildZone(zone, name, records)
  }
  return {
    name,
    describe,
    findHosts: (query, signal) => findDnsHosts(view, index, query, signal),
    readHost: async (host, signal) => {
      if (host.fqdn === undefined || !isOwnName(view, host.fqdn)) return { value: undefined, diagnostics: [] }
      const { record, nameDiagnostics, placeDiagnostics } = await askHost(view, host.fqdn, signal)
      return { value: record, diagnostics: [...nameDiagnostics, ...placeDiagnostics] }
    },
    readClasses: (names, signal) => askClasses(view, names, signal),
    hasDefinitions: signal => live.hasName(`_class.${zone}`, signal),
    readWhole: async signal => {
      const zoneRead = whole ?? (await transfer(signal))
      whole = zoneRead
      return zoneSource({ name, view, describe, load: async () => zoneRead }).readWhole(signal)
    },
    close: async () => undefined,
  }
}

/** A transfer carries no AD bit, and without it an answer is "cannot be read" (contract, section 5). */
const refuseUnvalidated = (name: string, zone: string, { dnssec, servers }: DnsOptions): void => {
  if (dnssec !== 'ad') return
  const message = `${name}: cannot transfer the zone ${zone}: no resolver validates a transfer, as dnssec: ad wants`
  throw new SourceError(message, { kind: 'server', server: servers[0] ?? name })
}

const addressOf = (name: string, server: string): ServerAddress => {
  const address = parseServerAddress(server, DNS_PORT)
  if (address === undefined) {
    throw new SourceError(`${name}: "${server}" is not a server address`, { kind: 'server', server })
  }
  return address
}
