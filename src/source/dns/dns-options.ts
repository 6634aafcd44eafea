import { SourceError } from '../../diagnostic/source-error.ts'
import { foldWrittenName } from '../../model/dns-name.ts'
import {
  DNS_PORT,
  formatServerAddress,
  parseServerAddress,
  type ServerAddress,
} from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { DEFAULT_STYLES, type TxtStyle } from '../zone/txt-place.ts'
import type { ZoneReader } from './answer.ts'
import { definedIn } from './class.ts'
import type { ZoneView } from './host.ts'
import type { TransferOptions } from './transfer-exchange.ts'

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

/** The zone and its servers; throws a `SourceError` where one of them is no address. */
export const zoneServers = (
  options: DnsOptions,
): Required<Pick<TransferOptions, 'name' | 'zone' | 'servers' | 'now'>> => {
  const zone = foldWrittenName(options.zone)
  const name = `dns ${zone}`
  const servers = options.servers.map(server => addressOf(name, server))
  return { zone, name, servers, now: options.now ?? Date.now }
}

/** The view of a zone that `ask` answers for; adds its reader to those that all sources share. */
export const addView = (
  options: Pick<DnsOptions, 'readers' | 'style' | 'knownClasses'>,
  zone: string,
  ask: ZoneReader['ask'],
): ZoneView => {
  const readers = options.readers ?? []
  const own: ZoneReader = { zone, ask }
  readers.push(own)
  return {
    own,
    readers,
    styles: options.style ?? DEFAULT_STYLES,
    knownClasses: options.knownClasses ?? definedIn({ own, readers }),
  }
}

/** A transfer carries no AD bit, and without it an answer is "cannot be read" (contract, section 5). */
export const refuseUnvalidated = ({
  name,
  zone,
  servers: [server],
  dnssec,
}: TransferOptions & Pick<DnsOptions, 'dnssec'>): void => {
  if (dnssec !== 'ad') return
  const message = `${name}: cannot transfer the zone ${zone}: no resolver validates a transfer, as dnssec: ad wants`
  throw new SourceError(message, { kind: 'server', server: server ? formatServerAddress(server) : name })
}

const addressOf = (name: string, server: string): ServerAddress => {
  const address = parseServerAddress(server, DNS_PORT)
  if (address === undefined) {
    throw new SourceError(`${name}: "${server}" is not a server address`, { kind: 'server', server })
  }
  return address
}
