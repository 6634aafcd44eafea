import { DNS_CLASS } from '../../wire/dns/dns-class.ts'

/** Of `answerRecord`, in front of the data. */
export const ANSWER_HEAD_OCTETS = 12

/** To the name behind the header of a message (RFC 1035, section 4.1.4). */
const QUESTION_POINTER = 0xc00c

/**
 * A record as it stands in an answer to a question for its owner, one octet a character. Pure.
 *
 *     | pointer to the question 2 | type 2 | class IN 2 | TTL 4 | length 2 | data |
 */
export const answerRecord = (type: number, ttlSeconds: number, rdata: string): string => {
  const octets = Buffer.allocUnsafe(ANSWER_HEAD_OCTETS + rdata.length)
  octets.writeUInt16BE(QUESTION_POINTER, 0)
  octets.writeUInt16BE(type, 2)
  octets.writeUInt16BE(DNS_CLASS.in, 4)
  octets.writeUInt32BE(ttlSeconds, 6)
  octets.writeUInt16BE(rdata.length, 10)
  octets.write(rdata, ANSWER_HEAD_OCTETS, 'latin1')
  // A text of its own: one that was put together would keep its parts in memory.
  return octets.toString('latin1')
}
