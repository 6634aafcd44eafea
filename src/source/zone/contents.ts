import { decodeLoneRdata, encodeRdata } from '../../wire/dns/rdata.ts'
import type { TransferredRecord } from '../../wire/dns/transfer.ts'

/**
 * A transferred zone as plain data. Record data is in hexadecimal, as on the wire without compression;
 * of the SOA the serial alone is kept, because nothing else of it is read.
 */
export type ZoneContents = {
  readonly serial: number
  readonly records: readonly (readonly [owner: string, type: string, ttlSeconds: number, rdata: string])[]
}

/** Of a zone with the one SOA record that `buildZone` wants. Pure. */
export const toZoneContents = (serial: number, records: readonly TransferredRecord[]): ZoneContents => ({
  serial,
  records: records.flatMap(({ owner, type, ttlSeconds, rdata }) =>
    rdata.kind === 'soa' ? [] : [[owner, type, ttlSeconds, encodeRdata(rdata).toString('hex')] as const],
  ),
})

/** The records again, the SOA first, as in a transfer. Pure; throws `WireError` where it was given no contents. */
export const fromZoneContents = (
  zone: string,
  { serial, records }: ZoneContents,
): readonly TransferredRecord[] => [
  { owner: zone, type: 'SOA', ttlSeconds: 0, rdata: { kind: 'soa', serial } },
  ...records.map(([owner, type, ttlSeconds, rdata]) => ({
    owner,
    type,
    ttlSeconds,
    rdata: decodeLoneRdata(type, Buffer.from(rdata, 'hex')),
  })),
]
