import type { Diagnostic } from '../../diagnostic/diagnostic.ts'
import { EnvironmentError } from '../../diagnostic/environment-error.ts'
import type { ClassLists } from '../../model/class-lists.ts'
import { DNS_CLASS } from '../../wire/dns/dns-class.ts'
import type { WireRecord } from '../../wire/dns/message.ts'
import { encodeName } from '../../wire/dns/name.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import { encodeSoa } from '../../wire/dns/soa.ts'
import { type ApexAnswers, apexAnswers } from './apex-answers.ts'
import type { TransferableZone, ZoneChange, ZoneSoa } from './zone-change.ts'
import { type HostList, type ZoneContents, zoneContents } from './zone-contents.ts'
import { toZoneApex, wireRecords, type ZoneApex, type ZoneRecord } from './zone-record.ts'

/** What stands in the zone besides the lists. Names have been parsed and have no dot at their end. */
export type PublishedZoneConfig = {
  readonly apex: string
  /** MNAME of the SOA record. */
  readonly primary: string
  /** RNAME, as a name. */
  readonly mailbox: string
  readonly nameServers: readonly string[]
  readonly ttlSeconds: number
  /** Of the zones that hosts come from: their names below are what we publish. */
  readonly sourceApexes: readonly string[]
  /** The serial of the next state: newer than all that it gave before (RFC 1982). Throws `EnvironmentError` where there can be none now. */
  readonly takeSerial: () => number
  /** Told of that: the state before stays, and what changes meanwhile is published with the first change that gets a serial. */
  readonly onStalled?: (error: EnvironmentError) => void
}

/** The class lists as a zone: what is answered, and what is transferred. */
export type PublishedZone = TransferableZone & {
  readonly origin: ZoneApex
  readonly find: ZoneContents['find']
  readonly nameServers: readonly WireRecord[]
  readonly apexAnswers: () => ApexAnswers
  /** What is not published, or not as it is now. */
  readonly findings: () => readonly Diagnostic[]
  /** Follows the lists no more. */
  readonly close: () => void
}

/** For secondaries that hear no NOTIFY; what they have counts for two weeks. */
const TIMES = { refreshSeconds: 900, retrySeconds: 300, expireSeconds: 1_209_600 } as const

/**
 * Publishes lists as a zone, and follows them: each change of theirs is one swap with one serial, if it changes any record.
 *
 *     <apex>                  SOA, NS
 *     <host>.<apex>           TXT, the list
 *     <CLASS>._class.<apex>   PTR, the hosts that have the class
 */
export const publishZone = (
  lists: Pick<ClassLists, 'all' | 'find' | 'onChanges'>,
  config: PublishedZoneConfig,
): PublishedZone => {
  const origin = toZoneApex(config.apex, config.ttlSeconds)
  const contents = zoneContents({
    apex: origin,
    sourceApexes: config.sourceApexes,
    listOf: name => lists.find(name)?.classes,
  })
  const nameServers = config.nameServers.map(name => nameServerRecord(origin, name))
  const listeners = new Set<(change: ZoneChange) => void>()
  let soa = soaOf(origin, config)
  let atApex = apexAnswers(soa.record, nameServers)
  let recordCount = nameServers.length

  let next: ZoneSoa | undefined

  const swap = (changed: Iterable<HostList>): void => {
    // Before anything changes: it may be refused.
    next ??= soaOf(origin, config)
    const { deleted, added } = contents.swap(changed)
    if (deleted.length + added.length === 0) return
    const before = soa
    soa = next
    next = undefined
    atApex = apexAnswers(soa.record, nameServers)
    recordCount += added.length - deleted.length
    if (listeners.size === 0) return
    const change = {
      before,
      after: soa,
      deleted: [...wireRecords(origin, deleted)],
      added: [...wireRecords(origin, added)],
    }
    for (const listener of listeners) listener(change)
  }
  const { deleted, added } = contents.swap(lists.all())
  recordCount += added.length - deleted.length
  const forget = followLists(lists, swap, config)
  return {
    apex: origin.name,
    origin,
    soa: () => soa,
    find: contents.find,
    nameServers,
    apexAnswers: () => atApex,
    recordCount: () => recordCount,
    records: () => allRecords(origin, nameServers, contents.records()),
    onChange: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    findings: contents.findings,
    close: forget,
  }
}

/** Swaps what changes; what could not be swapped comes with the next change. Gives what ends that. */
const followLists = (
  { onChanges }: Pick<ClassLists, 'onChanges'>,
  swap: (changed: Iterable<HostList>) => void,
  { onStalled }: Pick<PublishedZoneConfig, 'onStalled'>,
): (() => void) => {
  const waiting = new Map<string, HostList>()
  return onChanges(({ changes }) => {
    for (const { name, after } of changes) waiting.set(name, { name, classes: after })
    try {
      swap(waiting.values())
      waiting.clear()
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      onStalled?.(error)
    }
  })
}

const soaOf = (
  origin: ZoneApex,
  { primary, mailbox, ttlSeconds, takeSerial }: PublishedZoneConfig,
): ZoneSoa => {
  const serial = takeSerial()
  const fields = { primary, mailbox, serial, ...TIMES, minimumSeconds: ttlSeconds }
  return { serial, record: encodeSoa(origin.name, ttlSeconds, fields) }
}

const nameServerRecord = ({ name, ttlSeconds }: ZoneApex, server: string): WireRecord => ({
  owner: name,
  type: recordType('NS'),
  dnsClass: DNS_CLASS.in,
  ttlSeconds,
  rdata: encodeName(server),
})

const allRecords = function* (
  origin: ZoneApex,
  nameServers: readonly WireRecord[],
  records: Iterable<ZoneRecord>,
): Generator<WireRecord, void> {
  yield* nameServers
  yield* wireRecords(origin, records)
}
