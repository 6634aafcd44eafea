import { foldDnsName, isAtOrBelow, parentName } from '../../model/dns-name.ts'
import type { CountSteps } from '../../model/steps.ts'
import { decodeMessage, type Message, type PlacedRecord } from '../../wire/dns/message.ts'
import { formatRcode } from '../../wire/dns/rcode.ts'
import { decodeRdata } from '../../wire/dns/rdata.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import type { Answer, QueryType } from './answer.ts'

/** What was asked, and when an answer to it is believed. */
export type Asked = {
  readonly id: number
  readonly owner: string
  readonly type: QueryType
  /** The zone the name must be in; undefined where any zone of the server will do (PTR of an address). */
  readonly zone: string | undefined
  /** A resolver may answer, without AA. */
  readonly recursive: boolean
  /** The answer must carry AD. */
  readonly needsAd: boolean
}

/** One message, read as the answer to a question. */
export type Response =
  | {
      readonly kind: 'answer'
      readonly answer: Answer
      readonly soa?: { owner: string; serial: number }
      /** NXDOMAIN: nothing stands at the name or below it (RFC 8020). */
      readonly isNoName?: true
    }
  /** Ask again over TCP. */
  | { readonly kind: 'truncated' }
  /** Not an answer to this question; wait for another. */
  | { readonly kind: 'foreign' }
  /** This server cannot be read. */
  | { readonly kind: 'unusable'; readonly reason: string }

/**
 * Reads a message as the answer to a question (contract, section 2.1), first row that
 * applies. Pure; throws `WireError` where the bytes are no message.
 *
 *     another id, question or opcode; a query   foreign
 *     TC                                        truncated
 *     neither NOERROR nor NXDOMAIN              unusable; with a CNAME the code is about its
 *                                                 target (RFC 6604, section 3)
 *     AD wanted and missing                     unusable
 *     no AA, NS of a zone below ours            delegated
 *     no AA, no resolver allowed                unusable: lame
 *     the records, or a CNAME                   records, alias
 *     SOA of a zone below ours                  delegated: the server has that zone too
 *     the zone's SOA                            none
 *     nothing, from a resolver                  none
 *     anything else                             unusable
 */
export const readResponse = (bytes: Buffer, asked: Asked, count?: CountSteps): Response => {
  const message = decodeMessage(bytes, count)
  const received = { bytes, message, count }
  if (!isAnswerTo(message, asked)) return { kind: 'foreign' }
  if (message.truncated) return { kind: 'truncated' }
  const isBelieved = message.authoritative || asked.recursive
  const alias = isBelieved ? aliasOf(received, asked) : undefined
  const rcode = alias === undefined ? formatRcode(message.rcode) : 'NOERROR'
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return { kind: 'unusable', reason: rcode }
  if (asked.needsAd && !message.authenticData) {
    return { kind: 'unusable', reason: 'the answer is not validated (no AD bit)' }
  }
  const cut = message.authoritative ? undefined : referralOf(received, asked)
  if (cut !== undefined) return { kind: 'answer', answer: { kind: 'delegated', cut } }
  if (!isBelieved) return { kind: 'unusable', reason: LAME }
  return readSections(received, asked, alias)
}

/** A message, its octets, and who counts the work on them. */
type Received = {
  readonly bytes: Buffer
  readonly message: Message<PlacedRecord>
  readonly count: CountSteps | undefined
}

const LAME = 'the server is lame: its answer is not authoritative'
const [NS, SOA, CNAME] = ['NS', 'SOA', 'CNAME'].map(recordType)
const RESPONSE_OPCODE = 0

const isAnswerTo = (message: Message, { id, owner, type }: Asked): boolean => {
  const [question, ...others] = message.questions
  if (message.id !== id || !message.isResponse || message.opcode !== RESPONSE_OPCODE) return false
  // A server that could not read the question may leave it out (RFC 1035, section 4.1.1).
  if (question === undefined) return formatRcode(message.rcode) !== 'NOERROR'
  return (
    others.length === 0 &&
    foldDnsName(question.name) === foldDnsName(owner) &&
    question.type === recordType(type) &&
    question.dnsClass === 1
  )
}

/** The zone that a referral leads to: below our zone, at or above the name. */
const referralOf = ({ message, count }: Received, { owner, zone }: Asked): string | undefined => {
  const { answers, authorities } = message
  count?.(authorities.length)
  if (answers.length > 0) return undefined
  const cuts = authorities.filter(({ type }) => type === NS).map(record => foldDnsName(record.owner))
  return cuts.find(cut => isAtOrBelow(owner, cut) && isBelow(cut, zone ?? ''))
}

const aliasOf = ({ message, count }: Received, { owner }: Asked): PlacedRecord | undefined =>
  message.answers.find(record => record.type === CNAME && isOwner(owner, record, count))

const isOwner = (owner: string, record: PlacedRecord, count: CountSteps | undefined): boolean => {
  count?.(record.owner.length)
  return foldDnsName(record.owner) === foldDnsName(owner)
}

const readSections = (received: Received, asked: Asked, alias: PlacedRecord | undefined): Response => {
  const { bytes, message, count } = received
  const { owner, type, zone } = asked
  const origin = { kind: 'record', zone: zone ?? parentName(owner) ?? '', owner, type } as const
  const own = message.answers.filter(record => isOwner(owner, record, count))
  const records = own.filter(record => record.type === recordType(type))
  if (records.length > 0) {
    const answers = records.map(record => ({ rdata: decodeRdata(bytes, record, count), origin }))
    return { kind: 'answer', answer: { kind: 'records', records: answers } }
  }
  if (alias !== undefined) {
    const rdata = decodeRdata(bytes, alias, count)
    if (rdata.kind !== 'name') return { kind: 'unusable', reason: 'a CNAME record holds no name' }
    const answer = { kind: 'alias', target: rdata.name, origin: { ...origin, type: 'CNAME' } } as const
    return { kind: 'answer', answer }
  }
  if (message.answers.length > 0) return { kind: 'unusable', reason: 'the answer is about another name' }
  return readNegative(received, asked)
}

/** RFC 2308, section 2: the SOA in the authority section says which zone has no such record. */
const readNegative = ({ bytes, message, count }: Received, asked: Asked): Response => {
  const { authorities, rcode } = message
  const { owner, zone, recursive } = asked
  const record = authorities.find(({ type }) => type === SOA)
  if (record === undefined) {
    return recursive
      ? { kind: 'answer', answer: { kind: 'none' } }
      : { kind: 'unusable', reason: 'an empty answer lacks the SOA of the zone' }
  }
  const soaOwner = foldDnsName(record.owner)
  if (!isAtOrBelow(owner, soaOwner)) {
    return { kind: 'unusable', reason: `an empty answer has the SOA of ${record.owner}` }
  }
  if (zone !== undefined && isBelow(soaOwner, zone)) {
    return { kind: 'answer', answer: { kind: 'delegated', cut: soaOwner } }
  }
  if (zone !== undefined && soaOwner !== zone && !recursive) {
    return { kind: 'unusable', reason: `the server has no zone ${zone}, only ${record.owner || '.'}` }
  }
  const rdata = decodeRdata(bytes, record, count)
  const serial = rdata.kind === 'soa' ? rdata.serial : 0
  const isNoName = formatRcode(rcode) === 'NXDOMAIN'
  const soa = { owner: soaOwner, serial }
  return { kind: 'answer', answer: { kind: 'none' }, soa, ...(isNoName ? { isNoName } : {}) }
}

const isBelow = (name: string, ancestor: string): boolean => name !== ancestor && isAtOrBelow(name, ancestor)
