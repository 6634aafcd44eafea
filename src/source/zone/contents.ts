import { decodeLoneRdata, encodeRdata } from '../../wire/dns/rdata.ts'
import type { TransferredRecord } from '../../wire/dns/transfer-reader.ts'

/** A transferred zone as plain data, its SOA first. Record data is in hexadecimal, as on the wire without compression. */
export type ZoneContents = {
  readonly records: readonly (readonly [owner: string, type: string, ttlSeconds: number, rdata: string])[]
}

/** Of a zone with the one SOA record that `buildZone` wants. Pure. */
export const toZoneContents = (records: Iterable<TransferredRecord>): ZoneContents => ({
  records: Array.from(records, ({ owner, type, ttlSeconds, rdata }) => [
    owner,
    type,
    ttlSeconds,
    encodeRdata(rdata).toString('hex'),
  ]),
})

/** The records again. Pure; throws `WireError` where it was given no contents. */
export const fromZoneContents = ({ records }: ZoneContents): readonly TransferredRecord[] =>
  records.map(([owner, type, ttlSeconds, rdata]) => ({
    owner,
    type,
    ttlSeconds,
    rdata: decodeLoneRdata(type, Buffer.from(rdata, 'hex')),
  }))
