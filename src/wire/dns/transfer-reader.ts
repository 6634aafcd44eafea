import { foldDnsName } from '../../model/dns-name.ts'
import type { CountSteps } from '../../model/steps.ts'
import { DNS_CLASS } from './dns-class.ts'
import { type Message, OPCODE, type PlacedRecord } from './message.ts'
import { formatRcode } from './rcode.ts'
import { decodeRdata, type Rdata } from './rdata.ts'
import { formatRecordType, recordType } from './record-type.ts'
import type { Soa } from './soa.ts'

/** One record of a zone that was transferred. */
export type TransferredRecord = {
  readonly owner: string
  /** Mnemonic, or `TYPE` and a number. */
  readonly type: string
  readonly ttlSeconds: number
  readonly rdata: Rdata
}

/** Where a transfer stands after a message. */
export type TransferState =
  | { readonly kind: 'more' }
  | { readonly kind: 'done' }
  /** The server will not: REFUSED or NOTAUTH. */
  | { readonly kind: 'refused'; readonly rcode: string }
  | { readonly kind: 'failed'; readonly reason: string }

/** What was asked for. */
export type AskedTransfer = { readonly id: number; readonly zone: string; readonly type: 'AXFR' | 'IXFR' }

/** Takes the records of a transfer in their order. */
export type RecordTaker = {
  /** `soa` where it is the SOA of the zone; gives what is wrong with it. */
  readonly take: (record: TransferredRecord, soa: Soa | undefined) => string | undefined
  /** Whether this was all of it; asked when a message ends. */
  readonly isDone: () => boolean
}

/** Takes the messages of one transfer in their order. `take` throws `WireError` where record data cannot be decoded. */
export type MessageReader = {
  readonly take: (bytes: Buffer, message: Message<PlacedRecord>) => TransferState
}

/**
 * Reads messages of a transfer (RFC 5936, section 2.2; RFC 1995, section 4), first row that applies, and hands on their records.
 *
 *     another id, no answer to a query                failed
 *     REFUSED, NOTAUTH                                refused
 *     another code, TC                                failed
 *     a question for anything else                    failed
 *     first record no SOA of the zone                 failed
 *     a record of another class                       failed
 *     a record behind the end                         failed
 *     what `records` says of a record                 failed
 *     the end of it                                   done
 *     anything else                                   more
 */
export const transferAnswerReader = (
  question: AskedTransfer,
  records: RecordTaker,
  count?: CountSteps,
): MessageReader => {
  const zone = foldDnsName(question.zone)
  let isFirst = true
  const takeRecord = (bytes: Buffer, placed: PlacedRecord): string | undefined => {
    const { owner, type, dnsClass, ttlSeconds } = placed
    if (dnsClass !== DNS_CLASS.in) return `the record ${owner} is not of class IN`
    const rdata = decodeRdata(bytes, placed, count)
    count?.(owner.length)
    const soa = rdata.kind === 'soa' && foldDnsName(owner) === zone ? rdata : undefined
    if (isFirst && soa === undefined) return `the transfer does not begin with the SOA of ${question.zone}`
    isFirst = false
    return records.take({ owner, type: formatRecordType(type), ttlSeconds, rdata }, soa)
  }
  return {
    take: (bytes, message) => {
      const state = stateOf(message, question)
      if (state !== undefined) return state
      for (const record of message.answers) {
        const reason = takeRecord(bytes, record)
        if (reason !== undefined) return { kind: 'failed', reason }
      }
      if (isFirst) return { kind: 'failed', reason: 'the first message holds no record' }
      return { kind: records.isDone() ? 'done' : 'more' }
    },
  }
}

/** What is wrong with a record that comes when a transfer was over. */
export const BEHIND_THE_END = 'records stand behind the end of the transfer'

/** What the header and the question of one message decide; undefined where its records do. */
const stateOf = (
  message: Message<PlacedRecord>,
  { id, zone, type: asked }: AskedTransfer,
): TransferState | undefined => {
  const failed = (reason: string): TransferState => ({ kind: 'failed', reason })
  if (message.id !== id || !message.isResponse || message.opcode !== OPCODE.query) {
    return failed('a message is no answer to our question')
  }
  const rcode = formatRcode(message.rcode)
  if (rcode === 'REFUSED' || rcode === 'NOTAUTH') return { kind: 'refused', rcode }
  if (rcode !== 'NOERROR') return failed(rcode)
  if (message.truncated) return failed('a message is truncated, over TCP')
  // Behind the first message the question may be left out (RFC 5936, section 2.2.1).
  const isOther = message.questions.some(
    ({ name, type }) => foldDnsName(name) !== foldDnsName(zone) || type !== recordType(asked),
  )
  return isOther ? failed('a message answers another question') : undefined
}
