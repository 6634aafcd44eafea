import { DNS_CLASS } from './dns-class.ts'
import { blankHeader, encodeMessage, OPCODE, type WireRecord } from './message.ts'
import { recordType } from './record-type.ts'

/** Largest answer over UDP that survives every path unfragmented (DNS flag day 2020). */
export const EDNS_OCTETS = 1232

/** One question for one record type, and what is asked of the server. */
export type Query = {
  readonly id: number
  readonly owner: string
  readonly type: string
  /** RD: a resolver may fetch the answer. */
  readonly recursion: boolean
  /** AD: say whether the answer was validated (RFC 6840, section 5.7). */
  readonly authenticData: boolean
  /** The SOA record of whoever asks for what is newer (RFC 1995, section 3). */
  readonly authorities?: readonly WireRecord[]
}

/** The EDNS record of a message of ours (RFC 6891, section 6.1.2); its class is the UDP size. */
export const EDNS_RECORD: WireRecord = {
  owner: '',
  type: recordType('OPT'),
  dnsClass: EDNS_OCTETS,
  ttlSeconds: 0,
  rdata: Buffer.alloc(0),
}

/** Encodes a query with an EDNS record. */
export const encodeQuery = ({ id, owner, type, recursion, authenticData, authorities = [] }: Query): Buffer =>
  encodeMessage({
    ...blankHeader(id, OPCODE.query),
    recursionDesired: recursion,
    authenticData,
    questions: [{ name: owner, type: recordType(type), dnsClass: DNS_CLASS.in }],
    answers: [],
    authorities,
    additionals: [EDNS_RECORD],
  })
