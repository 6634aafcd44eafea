import type { TransferableZone, ZoneChange, ZoneSoa } from '../server/dns/zone-change.ts'
import { DNS_CLASS } from '../wire/dns/dns-class.ts'
import type { WireRecord } from '../wire/dns/message.ts'
import { encodeRdata, type Rdata } from '../wire/dns/rdata.ts'
import { recordType } from '../wire/dns/record-type.ts'
import { encodeSoa } from '../wire/dns/soa.ts'

/** Class lists by the relative names of their hosts. */
export type ListsByHost = ReadonlyMap<string, readonly string[]>

/** A zone of class lists for a test of what carries it; the real one is `server/dns/`. */
export type ListZone = TransferableZone & { readonly publish: (lists: ListsByHost) => void }

const TTL_SECONDS = 300

/** A zone with an SOA, one NS, and a TXT record for each host. */
export const listZone = (apex: string, lists: ListsByHost, nextSerial: () => number): ListZone => {
  const listeners = new Set<(change: ZoneChange) => void>()
  const nameServer = record(apex, 'NS', { kind: 'name', name: 'ns.example.test' })
  let soa = soaOf(apex, nextSerial())
  let records = recordsOf(apex, lists)
  return {
    apex,
    soa: () => soa,
    recordCount: () => records.size + 1,
    records: () => [nameServer, ...records.values()],
    onChange: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    publish: next => {
      const wanted = recordsOf(apex, next)
      const [deleted, added] = [without(records, wanted), without(wanted, records)]
      const before = soa
      records = wanted
      soa = soaOf(apex, nextSerial())
      for (const listener of listeners) listener({ before, after: soa, deleted, added })
    },
  }
}

const without = (
  some: ReadonlyMap<string, WireRecord>,
  others: ReadonlyMap<string, WireRecord>,
): WireRecord[] =>
  [...some].flatMap(([owner, record]) => (others.get(owner)?.rdata.equals(record.rdata) ? [] : [record]))

const recordsOf = (apex: string, lists: ListsByHost): ReadonlyMap<string, WireRecord> =>
  new Map(
    [...lists].map(([host, classes]) => [
      host,
      record(`${host}.${apex}`, 'TXT', { kind: 'text', strings: classes.map(name => Buffer.from(name)) }),
    ]),
  )

const record = (owner: string, type: string, rdata: Exclude<Rdata, { kind: 'soa' }>): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: DNS_CLASS.in,
  ttlSeconds: TTL_SECONDS,
  rdata: encodeRdata(rdata),
})

const soaOf = (apex: string, serial: number): ZoneSoa => ({
  serial,
  record: encodeSoa(apex, TTL_SECONDS, {
    primary: 'ns.example.test',
    mailbox: 'hostmaster.example.test',
    serial,
    refreshSeconds: 3600,
    retrySeconds: 1,
    expireSeconds: 604_800,
    minimumSeconds: 60,
  }),
})
