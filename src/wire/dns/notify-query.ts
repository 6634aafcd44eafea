import { blankHeader, encodeMessage, OPCODE, type WireRecord } from './message.ts'

/** Tells a secondary of the SOA that the zone has now (RFC 1996, section 3.7). */
export const encodeNotify = (id: number, soa: WireRecord): Buffer =>
  encodeMessage({
    ...blankHeader(id, OPCODE.notify),
    authoritative: true,
    questions: [{ name: soa.owner, type: soa.type, dnsClass: soa.dnsClass }],
    answers: [soa],
    authorities: [],
    additionals: [],
  })
