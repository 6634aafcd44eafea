import type { ZoneDelta } from '../wire/dns/incremental.ts'
import type { TransferredRecord } from '../wire/dns/transfer-reader.ts'
import { soaRdata } from './transfer-answer.ts'

/** The zone of these records. */
export const DELTA_ZONE = 'example.test'

/** A TXT record of a test, or an address, a CNAME, an NS; `owner` is below the zone unless it is the empty text. */
export const zoneRecord = (
  owner: string,
  type: 'A' | 'TXT' | 'CNAME' | 'NS',
  value: string,
): TransferredRecord => ({
  owner: owner === '' ? DELTA_ZONE : `${owner}.${DELTA_ZONE}`,
  type,
  ttlSeconds: 300,
  rdata:
    type === 'A'
      ? { kind: 'address', address: value }
      : type === 'TXT'
        ? { kind: 'text', strings: [Buffer.from(value)] }
        : { kind: 'name', name: value },
})

/** Its SOA record. */
export const zoneSoa = (serial: number): TransferredRecord => ({
  owner: DELTA_ZONE,
  type: 'SOA',
  ttlSeconds: 300,
  rdata: soaRdata(serial),
})

/** A step to the next serial. */
export const zoneDelta = (
  from: number,
  deleted: readonly TransferredRecord[],
  added: readonly TransferredRecord[],
): ZoneDelta => ({
  from,
  to: from + 1,
  deleted: [zoneSoa(from), ...deleted],
  added: [zoneSoa(from + 1), ...added],
})
