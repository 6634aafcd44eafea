import type { WireRecord } from '../../wire/dns/message.ts'
import { answerRecord } from './answer-record.ts'

/** The records at the apex as they stand in answers, one octet a character. */
export type ApexAnswers = {
  readonly soa: string
  /** The SOA record behind a pointer of two octets to the apex, for what there is not (RFC 2308, section 3). */
  readonly negative: string
  readonly nameServers: string
}

/** Both of `answerRecord`: the pointer in front. */
const POINTER_OCTETS = 2

/** The answers of one state. The TTL of a negative one is the smaller of the record's and its MINIMUM, which are one here. Pure. */
export const apexAnswers = (soa: WireRecord, nameServers: readonly WireRecord[]): ApexAnswers => {
  const whole = toAnswer(soa)
  return {
    soa: whole,
    negative: whole.slice(POINTER_OCTETS),
    nameServers: nameServers.map(toAnswer).join(''),
  }
}

const toAnswer = ({ type, ttlSeconds, rdata }: WireRecord): string =>
  answerRecord(type, ttlSeconds, rdata.toString('latin1'))
