import { DNS_CLASS } from '../../wire/dns/dns-class.ts'
import type { WireRecord } from '../../wire/dns/message.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import { MOST_MESSAGE_OCTETS } from '../../wire/dns/transfer-messages.ts'
import { MOST_SIGNATURE_OCTETS } from '../../wire/dns/tsig-answer.ts'
import { foldLabels, formatLabels, toWireLabels, type WireLabels } from './wire-labels.ts'

/** The name at the top of the zone, and how long its records may be kept elsewhere. */
export type ZoneApex = {
  /** Without a dot at its end. */
  readonly name: string
  readonly labels: WireLabels
  /** The same in lower case. */
  readonly folded: WireLabels
  /** Of the whole name on the wire. */
  readonly octets: number
  readonly ttlSeconds: number
}

/** The apex of a name that has been parsed. Pure. */
export const toZoneApex = (name: string, ttlSeconds: number): ZoneApex => {
  const labels = toWireLabels(name)
  return { name, labels, folded: foldLabels(labels), octets: labels.length + 1, ttlSeconds }
}

/** A record of a host or a class, its data one octet a character; in those of a PTR record the apex is left out. */
export type ZoneRecord = { readonly labels: WireLabels; readonly type: number; readonly rdata: string }

/** The types of those records. */
export const TXT = recordType('TXT')
/** Of a class. */
export const PTR = recordType('PTR')

/** The records with whole names, one after the other; those of a set, side by side, share their owner. */
export const wireRecords = function* (
  apex: ZoneApex,
  records: Iterable<ZoneRecord>,
): Generator<WireRecord, void> {
  let labels = ''
  let owner = apex.name
  for (const record of records) {
    if (record.labels !== labels) owner = ownerOf(apex, record.labels)
    labels = record.labels
    yield toWireRecord(apex, owner, record)
  }
}

const toWireRecord = (apex: ZoneApex, owner: string, { type, rdata }: ZoneRecord): WireRecord => ({
  owner,
  type,
  dnsClass: DNS_CLASS.in,
  ttlSeconds: apex.ttlSeconds,
  rdata: Buffer.from(type === PTR ? `${rdata}${apex.labels}\0` : rdata, 'latin1'),
})

/** The whole name of labels below the apex. Pure. */
export const ownerOf = ({ name }: ZoneApex, labels: WireLabels): string =>
  labels === '' ? name : `${formatLabels(labels)}.${name}`

/** What a TCP message has for the records of an answer: without header, question, EDNS and signature. Pure. */
export const roomForAnswer = ({ octets }: ZoneApex, labels: WireLabels): number =>
  MOST_MESSAGE_OCTETS - HEADER_OCTETS - (labels.length + octets + 4) - EDNS_OCTETS - MOST_SIGNATURE_OCTETS

const HEADER_OCTETS = 12
const EDNS_OCTETS = 11
