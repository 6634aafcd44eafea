import { foldDnsName } from '../../model/dns-name.ts'
import type { CountSteps } from '../../model/steps.ts'
import { DNS_CLASS } from './dns-class.ts'
import { type Message, OPCODE, type PlacedRecord } from './message.ts'
import { formatRcode } from './rcode.ts'
import { decodeRdata, type Rdata } from './rdata.ts'
import { formatRecordType, recordType } from './record-type.ts'

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

/** Takes the messages of one transfer in their order; `records` is whole only once one of them was `done`. */
export type TransferReader = {
  readonly take: (bytes: Buffer, message: Message<PlacedRecord>) => TransferState
  readonly records: readonly TransferredRecord[]
}

/**
 * Reads the answer to AXFR (RFC 5936, section 2.2), first row that applies. Pure but for
 * what it gathers; `take` throws `WireError` where record data cannot be decoded.
 *
 *     another id, no answer to a query                failed
 *     REFUSED, NOTAUTH                                refused
 *     another code, TC, first message without AA      failed
 *     a question for anything else                    failed
 *     first record no SOA of the zone                 failed
 *     a record of another class                       failed
 *     the SOA again, of the same serial, as the last  done; the SOA is kept once
 *     the SOA again, of another serial                failed: the zone changed meanwhile
 *     a record behind it                              failed
 *     anything else                                   more
 */
export const transferReader = (id: number, zone: string, count?: CountSteps): TransferReader => {
  const records: TransferredRecord[] = []
  let serial: number | undefined
  let isDone = false
  const takeRecord = (bytes: Buffer, record: PlacedRecord): string | undefined => {
    if (isDone) return 'records stand behind the end of the transfer'
    if (record.dnsClass !== DNS_CLASS.in) return `the record ${record.owner} is not of class IN`
    const rdata = decodeRdata(bytes, record, count)
    count?.(record.owner.length)
    const isSoa = record.type === SOA && foldDnsName(record.owner) === foldDnsName(zone)
    if (serial === undefined && !isSoa) return `the transfer does not begin with the SOA of ${zone}`
    if (isSoa && rdata.kind === 'soa') {
      if (serial !== undefined && rdata.serial !== serial) {
        return `the zone changed meanwhile (serial ${serial} at the beginning, ${rdata.serial} at the end)`
      }
      isDone = serial !== undefined
      serial = rdata.serial
    }
    const { owner, ttlSeconds } = record
    if (!isDone) records.push({ owner, type: formatRecordType(record.type), ttlSeconds, rdata })
    return undefined
  }
  return {
    records,
    take: (bytes, message) => {
      const isFirst = serial === undefined
      const state = stateOf(message, id, zone, isFirst)
      if (state !== undefined) return state
      for (const record of message.answers) {
        const reason = takeRecord(bytes, record)
        if (reason !== undefined) return { kind: 'failed', reason }
      }
      if (serial === undefined) return { kind: 'failed', reason: 'the first message holds no record' }
      return { kind: isDone ? 'done' : 'more' }
    },
  }
}

const SOA = recordType('SOA')
const AXFR = recordType('AXFR')

/** What the header and the question of one message decide; undefined where its records do. */
const stateOf = (
  message: Message<PlacedRecord>,
  id: number,
  zone: string,
  isFirst: boolean,
): TransferState | undefined => {
  const failed = (reason: string): TransferState => ({ kind: 'failed', reason })
  if (message.id !== id || !message.isResponse || message.opcode !== OPCODE.query) {
    return failed('a message is no answer to our question')
  }
  const rcode = formatRcode(message.rcode)
  if (rcode === 'REFUSED' || rcode === 'NOTAUTH') return { kind: 'refused', rcode }
  if (rcode !== 'NOERROR') return failed(rcode)
  if (message.truncated) return failed('a message is truncated, over TCP')
  if (isFirst && !message.authoritative) return failed('the server is lame: its answer is not authoritative')
  // Behind the first message the question may be left out (section 2.2.1).
  const isOther = message.questions.some(
    ({ name, type }) => foldDnsName(name) !== foldDnsName(zone) || type !== AXFR,
  )
  return isOther ? failed('a message answers another question') : undefined
}
