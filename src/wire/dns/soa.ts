import { DNS_CLASS } from './dns-class.ts'
import type { WireRecord } from './message.ts'
import { encodeName } from './name.ts'
import { recordType } from './record-type.ts'

/** The data of an SOA record (RFC 1035, section 3.3.13; `minimumSeconds` is for negative answers: RFC 2308, section 4). */
export type Soa = {
  /** MNAME */
  readonly primary: string
  /** RNAME, the mailbox as a name. */
  readonly mailbox: string
  readonly serial: number
  readonly refreshSeconds: number
  readonly retrySeconds: number
  readonly expireSeconds: number
  readonly minimumSeconds: number
}

/** The SOA record of a zone, its data without compression. */
export const encodeSoa = (apex: string, ttlSeconds: number, soa: Soa): WireRecord => ({
  owner: apex,
  type: recordType('SOA'),
  dnsClass: DNS_CLASS.in,
  ttlSeconds,
  rdata: encodeSoaRdata(soa),
})

/** Octets behind the names. */
export const SOA_NUMBERS_OCTETS = 20

/**
 * Encodes the data of an SOA record without compression.
 *
 *     | mname | rname | serial 4 | refresh 4 | retry 4 | expire 4 | minimum 4 |
 */
export const encodeSoaRdata = (soa: Soa): Buffer => {
  const numbers = Buffer.alloc(SOA_NUMBERS_OCTETS)
  const fields = [soa.serial, soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.minimumSeconds]
  for (const [i, value] of fields.entries()) numbers.writeUInt32BE(value, i * 4)
  return Buffer.concat([encodeName(soa.primary), encodeName(soa.mailbox), numbers])
}
