import type { WireRecord } from '../../wire/dns/message.ts'

/** The SOA record of one state of the zone. */
export type ZoneSoa = { readonly serial: number; readonly record: WireRecord }

/** What one swap made of the zone, record by record; the SOA is in neither list (RFC 1995, section 4). */
export type ZoneChange = {
  readonly before: ZoneSoa
  readonly after: ZoneSoa
  readonly deleted: readonly WireRecord[]
  readonly added: readonly WireRecord[]
}

/**
 * The published zone as whoever carries it to secondaries sees it. A record is never changed in place: a change puts another
 * one there.
 */
export type TransferableZone = {
  /** Without a dot at its end. */
  readonly apex: string
  readonly soa: () => ZoneSoa
  /** How many records there are, without the SOA. */
  readonly recordCount: () => number
  /** All records of the present state but the SOA, those of a set side by side. What comes stays that state, whatever changes while it is read. */
  readonly records: () => Iterable<WireRecord>
  /** Calls back after each swap, in its order; gives what ends that. */
  readonly onChange: (listener: (change: ZoneChange) => void) => () => void
}
