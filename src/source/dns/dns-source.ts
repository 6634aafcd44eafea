import { SourceError } from '../../diagnostic/source-error.ts'
import type { TransferredRecord } from '../../wire/dns/transfer-reader.ts'
import { type FetchedContents, sourceContents } from '../contents.ts'
import type { Questions, Source, SourceContents, SourceState } from '../source.ts'
import { fromZoneContents, toZoneContents, type ZoneContents } from '../zone/contents.ts'
import { lookUpInZone } from '../zone/lookup.ts'
import type { ReadZone } from '../zone/read.ts'
import { buildZone } from '../zone/zone.ts'
import { zoneSource } from '../zone/zone-source.ts'
import { askClasses } from './class.ts'
import { dnsClient } from './client.ts'
import { addView, type DnsOptions, refuseUnvalidated, zoneServers } from './dns-options.ts'
import { findDnsHosts, type HostIndex } from './find.ts'
import { readZoneHost, type ZoneView } from './host.ts'
import { type LiveZone, liveZone } from './live.ts'
import { transferZone } from './transfer.ts'
import type { TransferOptions } from './transfer-exchange.ts'

/** Memberships and definitions of a live zone, question by question; nothing is asked before it is needed. */
export const dnsSource = (options: DnsOptions): Source => {
  const { zone, name, servers, now } = zoneServers(options)
  const client = dnsClient({
    name,
    servers,
    tsig: options.tsig,
    recursive: options.recursive ?? false,
    dnssec: options.dnssec ?? 'off',
    now,
  })
  const live = liveZone(zone, client)
  const { contents, whole } = wholeZone({ ...options, name, zone, servers, now })
  // Once the zone was transferred nothing more is asked, here or for an alias of another zone.
  const view = addView(options, zone, async (owner, type, signal) => {
    const read = whole()
    return read === undefined ? live.reader.ask(owner, type, signal) : lookUpInZone(read.zone, owner, type)
  })
  const describe = (): SourceState => {
    const serial = whole()?.zone.serial ?? live.serial()
    const isRead = whole() !== undefined || live.isRead()
    return { name, state: isRead ? 'live' : 'unread', ...(serial === undefined ? {} : { serial }) }
  }
  const load = async (signal: AbortSignal): Promise<ReadZone> => {
    await contents.fetch(signal)
    return whole() as WholeZone
  }
  const inMemory = zoneSource({ name, view, describe, load })
  const atServers = zoneAtServers(view, live)
  const current = (): ZoneQuestions => (whole() === undefined ? atServers : inMemory)
  return {
    name,
    describe,
    findHosts: (query, signal) => current().findHosts(query, signal),
    readHost: (host, signal) => current().readHost(host, signal),
    readClasses: (names, signal) => current().readClasses(names, signal),
    enumerate: signal => enumerate(contents, options, signal),
    hasDefinitions: signal => current().hasDefinitions(signal),
    readWhole: inMemory.readWhole,
    contents,
    close: async () => undefined,
  }
}

/** A server that refuses a transfer to us will not list its hosts; any other failure is a source that cannot be read. */
const enumerate = async (
  contents: SourceContents,
  { dnssec }: Pick<DnsOptions, 'dnssec'>,
  signal: AbortSignal,
): Promise<void> => {
  if (dnssec === 'ad') return
  await contents.fetch(signal).catch(error => {
    if (!(error instanceof SourceError) || error.code !== 'transfer-refused') throw error
  })
}

/** A zone that was transferred. */
type WholeZone = ReadZone & { readonly records: readonly TransferredRecord[] }

/** What is asked of the servers while the zone is not at hand. */
type ZoneQuestions = Omit<Questions, 'readWhole'>

const zoneAtServers = (view: ZoneView, live: LiveZone): ZoneQuestions => {
  const index: HostIndex = { hostNames: () => [], namesOfAddress: live.namesOfAddress }
  return {
    findHosts: (query, signal) => findDnsHosts(view, index, query, signal),
    readHost: (host, signal) => readZoneHost(view, host, signal),
    readClasses: (names, signal) => askClasses(view, names, signal),
    // What stands below `_class` of a published zone are the hosts of each class.
    hasDefinitions: async signal =>
      !view.styles.includes('list') && live.hasName(`_class.${view.own.zone}`, signal),
  }
}

type WholeOptions = TransferOptions & Pick<DnsOptions, 'dnssec'>

/** The zone by transfer, from a server or a snapshot. */
const wholeZone = (options: WholeOptions): FetchedContents<WholeZone> => {
  const { name, zone } = options
  const build = (records: readonly TransferredRecord[]): WholeZone => ({
    records,
    ...buildZone(zone, name, records),
  })
  return sourceContents<WholeZone, ZoneContents>({
    fetch: async signal => {
      refuseUnvalidated(options)
      return build(await transferZone(options, signal))
    },
    toPlain: ({ records }) => toZoneContents(records),
    fromPlain: plain => build(fromZoneContents(plain)),
  })
}
