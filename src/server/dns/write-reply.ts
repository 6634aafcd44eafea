import { EDNS_OCTETS } from '../../wire/dns/query.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import type { QueryView } from './query-view.ts'
import type { Reply } from './reply.ts'

const OPT = recordType('OPT')
const HEADER_OCTETS = 12

/** What an OPT record of ours takes (RFC 6891, section 6.1.2). */
const OPT_OCTETS = 11
const DNSSEC_OK = 0x80

/**
 * Makes the answer of a query, in its place: the header is changed, the question stays as it is, and what stood behind it is
 * written over. Gives its length, which is `most` octets at most, and at least those of a header, a question and an OPT record.
 * What does not fit is left out whole, with TC set (RFC 2181, section 9). RD is what the client said; RA, AD and CD are clear.
 */
export const writeReply = (octets: Buffer, view: QueryView, reply: Reply, most: number): number => {
  const { rcode, answers, answerCount, negative } = reply
  const hasEdns = view.ednsOctets !== undefined
  const negativeOctets = negative === '' ? 0 : 2 + negative.length
  const whole = view.questionEnd + answers.length + negativeOctets + (hasEdns ? OPT_OCTETS : 0)
  const isWhole = whole <= most
  octets[2] = 0x80 | ((octets[2] as number) & 0x79) | (reply.isOurs ? 0x04 : 0) | (isWhole ? 0 : 0x02)
  octets[3] = rcode & 0xf
  writeCounts(octets, isWhole ? answerCount : 0, isWhole && negative !== '', hasEdns)
  let end = view.questionEnd
  if (isWhole && answers !== '') end += octets.write(answers, end, 'latin1')
  if (isWhole && negative !== '') {
    octets[end] = 0xc0 | (reply.apexAt >> 8)
    octets[end + 1] = reply.apexAt & 0xff
    end += 2 + octets.write(negative, end + 2, 'latin1')
  }
  return hasEdns ? writeEdns(octets, end, rcode, view.isDnssecOk) : end
}

/** A code without a question, for what has none that could be read; gives the length. */
export const writeCode = (octets: Buffer, rcode: number): number => {
  octets[2] = 0x80 | ((octets[2] as number) & 0x79)
  octets[3] = rcode
  octets.fill(0, 4, HEADER_OCTETS)
  return HEADER_OCTETS
}

/** Leaves the question alone of an answer, with TC set; gives the length. Without a question there is nothing to come again for: 0. */
export const truncateReply = (octets: Buffer, questionEnd: number): number => {
  if (questionEnd === HEADER_OCTETS) return 0
  octets[2] = (octets[2] as number) | 0x02
  writeCounts(octets, 0, false, false)
  return questionEnd
}

const writeCounts = (octets: Buffer, answers: number, hasAuthority: boolean, hasEdns: boolean): void => {
  octets[4] = 0
  octets[5] = 1
  octets[6] = answers >> 8
  octets[7] = answers & 0xff
  octets[8] = 0
  octets[9] = hasAuthority ? 1 : 0
  octets[10] = 0
  octets[11] = hasEdns ? 1 : 0
}

/** | root 1 | OPT 2 | payload that we take 2 | upper bits of the code 1 | version 0 | DO as it came 2 | no options 2 | */
const writeEdns = (octets: Buffer, at: number, rcode: number, isDnssecOk: boolean): number => {
  octets[at] = 0
  octets[at + 1] = 0
  octets[at + 2] = OPT
  octets[at + 3] = EDNS_OCTETS >> 8
  octets[at + 4] = EDNS_OCTETS & 0xff
  octets[at + 5] = rcode >> 4
  octets[at + 6] = 0
  octets[at + 7] = isDnssecOk ? DNSSEC_OK : 0
  octets[at + 8] = 0
  octets[at + 9] = 0
  octets[at + 10] = 0
  return at + OPT_OCTETS
}
