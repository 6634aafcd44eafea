import { DNS_CLASS } from '../../wire/dns/dns-class.ts'
import { RCODE } from '../../wire/dns/rcode.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import { answerOfSet } from './class-set.ts'
import type { PublishedZone } from './published-zone.ts'
import { labelsBelow, type QueryView } from './query-view.ts'
import { PTR, TXT } from './zone-record.ts'
import type { ZoneNode } from './zone-tree.ts'

/** What a question gets: sections as they go into the answer, one octet a character. */
export type Reply = {
  readonly rcode: number
  /** AA; where it is false there are no records. */
  readonly isOurs: boolean
  readonly answers: string
  readonly answerCount: number
  /** The SOA record, for what there is not; it begins with a pointer to the apex, at `apexAt`. */
  readonly negative: string
  readonly apexAt: number
}

const SOA = recordType('SOA')
const NS = recordType('NS')
const OPT = recordType('OPT')
const ANY = recordType('ANY')
/** Types that stand in questions alone; MAILB and MAILA are obsolete (RFC 1035, section 3.2.3). */
const FIRST_META = 128
const MAILB = 253
const MAILA = 254

/** BADVERS (RFC 6891, section 9). */
const BADVERS = 16

const HEADER_OCTETS = 12

/** A code and the question. Pure. */
export const codeReply = (rcode: number): Reply => ({
  rcode,
  isOurs: false,
  answers: '',
  answerCount: 0,
  negative: '',
  apexAt: 0,
})

const VERSION_UNKNOWN = codeReply(BADVERS)
const NOT_OURS = codeReply(RCODE.REFUSED)
const NOT_LOADED = codeReply(RCODE.SERVFAIL)
const MALFORMED = codeReply(RCODE.FORMERR)
const NOT_IMPLEMENTED = codeReply(RCODE.NOTIMP)

/**
 * What a question gets, first row that applies.
 *
 *     EDNS of a version above 0            BADVERS (RFC 6891, section 6.1.3)
 *     any class but IN                     REFUSED
 *     no lists yet                         SERVFAIL
 *     a name that is not below our apex    REFUSED
 *     MAILA, MAILB                         NOTIMP
 *     another type of questions alone      FORMERR
 *     a name that does not exist           NXDOMAIN, our SOA
 *     ANY                                  one of the sets there (RFC 8482, section 4.1)
 *     a type that the name has             its records
 *     any other type                       our SOA (NODATA)
 */
export const replyTo = (view: QueryView, zone: PublishedZone | undefined): Reply => {
  if (view.ednsVersion > 0 && view.ednsOctets !== undefined) return VERSION_UNKNOWN
  if (view.dnsClass !== DNS_CLASS.in) return NOT_OURS
  if (zone === undefined) return NOT_LOADED
  const labels = labelsBelow(view, zone.origin.folded)
  if (labels === undefined) return NOT_OURS
  const { type } = view
  if (type === MAILA || type === MAILB) return NOT_IMPLEMENTED
  if (type === OPT || (type >= FIRST_META && type < ANY)) return MALFORMED
  const node = zone.find(labels)
  const apexAt = HEADER_OCTETS + labels.length
  if (node === undefined) return negativeReply(RCODE.NXDOMAIN, zone, apexAt)
  return (
    (labels === '' ? apexReply(type, zone) : undefined) ??
    nodeReply(type, node, zone) ??
    negativeReply(RCODE.NOERROR, zone, apexAt)
  )
}

const negativeReply = (rcode: number, zone: PublishedZone, apexAt: number): Reply => ({
  rcode,
  isOurs: true,
  answers: '',
  answerCount: 0,
  negative: zone.apexAnswers().negative,
  apexAt,
})

const positiveReply = (answers: string, answerCount: number): Reply => ({
  rcode: RCODE.NOERROR,
  isOurs: true,
  answers,
  answerCount,
  negative: '',
  apexAt: 0,
})

const apexReply = (type: number, zone: PublishedZone): Reply | undefined => {
  if (type === SOA || type === ANY) return positiveReply(zone.apexAnswers().soa, 1)
  if (type === NS) return positiveReply(zone.apexAnswers().nameServers, zone.nameServers.length)
  return undefined
}

const nodeReply = (type: number, { text, pointers }: ZoneNode, zone: PublishedZone): Reply | undefined => {
  if (text !== undefined && (type === TXT || type === ANY)) return positiveReply(text, 1)
  if (pointers !== undefined && (type === PTR || type === ANY)) {
    return positiveReply(answerOfSet(pointers, zone.origin.ttlSeconds), pointers.members.length)
  }
  return undefined
}
