import { DNS_CLASS } from './dns-class.ts'
import { blankHeader, encodeMessage, OPCODE, type WireRecord } from './message.ts'
import { recordType } from './record-type.ts'

/** RFC 2136, section 2.4.2: the record set is exactly the records given with this owner and type. */
export const rrsetEquals = (owner: string, type: string, rdata: Buffer): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: DNS_CLASS.in,
  ttlSeconds: 0,
  rdata,
})

/** RFC 2136, section 2.4.3: there is no such record set. */
export const rrsetAbsent = (owner: string, type: string): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: DNS_CLASS.none,
  ttlSeconds: 0,
  rdata: Buffer.alloc(0),
})

/** RFC 2136, section 2.5.1: the record is added. */
export const addRecord = (owner: string, type: string, ttlSeconds: number, rdata: Buffer): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: DNS_CLASS.in,
  ttlSeconds,
  rdata,
})

/** RFC 2136, section 2.5.2: the whole record set is deleted. */
export const deleteRrset = (owner: string, type: string): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: DNS_CLASS.any,
  ttlSeconds: 0,
  rdata: Buffer.alloc(0),
})

/** Encodes an update (RFC 2136, section 2): zone, prerequisites, changes. */
export const encodeUpdate = (
  id: number,
  zone: string,
  prerequisites: readonly WireRecord[],
  changes: readonly WireRecord[],
): Buffer =>
  encodeMessage({
    ...blankHeader(id, OPCODE.update),
    questions: [{ name: zone, type: recordType('SOA'), dnsClass: DNS_CLASS.in }],
    answers: prerequisites,
    authorities: changes,
    additionals: [],
  })
