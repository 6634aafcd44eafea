import { SourceError } from '../../diagnostic/source-error.ts'
import { foldDnsName, parseDnsName } from '../../model/dns-name.ts'
import { parseServerAddress, type ServerAddress } from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import type { Source } from '../source.ts'
import { DEFAULT_STYLES, type TxtStyle } from '../zone/txt-place.ts'
import type { ZoneReader } from './answer.ts'
import { askClasses, definedIn } from './class.ts'
import { dnsClient } from './client.ts'
import { findDnsHosts, type HostIndex } from './find.ts'
import { askHost, isOwnName, type ZoneView } from './host.ts'
import { liveZone } from './live.ts'

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
  const client = dnsClient({
    name,
    servers: options.servers.map(server => addressOf(name, server)),
    tsig: options.tsig,
    recursive: options.recursive ?? false,
    dnssec: options.dnssec ?? 'off',
    ...(options.now === undefined ? {} : { now: options.now }),
  })
  const live = liveZone(zone, client)
  const own = live.reader
  readers.push(own)
  const view: ZoneView = {
    own,
    readers,
    styles: options.style ?? DEFAULT_STYLES,
    knownClasses: options.knownClasses ?? definedIn({ own, readers }),
  }
  const index: HostIndex = { hostNames: () => [], namesOfAddress: live.namesOfAddress }
  return {
    name,
    describe: () => {
      const serial = live.serial()
      return { name, state: live.isRead() ? 'live' : 'unread', ...(serial === undefined ? {} : { serial }) }
    },
    findHosts: (query, signal) => findDnsHosts(view, index, query, signal),
    readHost: async (host, signal) => {
      if (host.fqdn === undefined || !isOwnName(view, host.fqdn)) return { value: undefined, diagnostics: [] }
      const { record, nameDiagnostics, placeDiagnostics } = await askHost(view, host.fqdn, signal)
      return { value: record, diagnostics: [...nameDiagnostics, ...placeDiagnostics] }
    },
    readClasses: (names, signal) => askClasses(view, names, signal),
    // Only a transfer could tell.
    hasDefinitions: async () => undefined,
    close: async () => undefined,
  }
}

const addressOf = (name: string, server: string): ServerAddress => {
  const address = parseServerAddress(server, DNS_PORT)
  if (address === undefined) {
    throw new SourceError(`${name}: "${server}" is not a server address`, { kind: 'server', server })
  }
  return address
}
