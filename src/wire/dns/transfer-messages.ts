import {
  blankHeader,
  encodeMessage,
  encodeRecord,
  type Header,
  OPCODE,
  type Question,
  type WireRecord,
} from './message.ts'
import { encodeName } from './name.ts'
import { nameTable } from './name-table.ts'
import { EDNS_RECORD } from './query.ts'
import { recordType } from './record-type.ts'

/** A question for a zone, as far as its answer echoes it. */
export type TransferQuestion = Pick<Header, 'id' | 'recursionDesired'> & {
  readonly question: Question
  /** It came with EDNS, so the first message of the answer has it too (RFC 5936, section 2.2.5). */
  readonly edns: boolean
}

/** One step of an incremental transfer: the SOA before and after it, and the records in between (RFC 1995, section 4). */
export type TransferStep = {
  readonly before: WireRecord
  readonly after: WireRecord
  readonly deleted: readonly WireRecord[]
  readonly added: readonly WireRecord[]
}

/** Octets of a message with several records: as far as compression pointers reach. */
const USUAL_OCTETS = 16 * 1024
/** What the two octets of length in front of it can say. */
export const MOST_MESSAGE_OCTETS = 65_535

/** The records that answer AXFR (RFC 5936, section 2.2): the whole zone between its SOA and its SOA. */
export const axfrRecords = function* (
  soa: WireRecord,
  records: Iterable<WireRecord>,
): Generator<WireRecord, void> {
  yield soa
  yield* records
  yield soa
}

/** The records that answer IXFR (RFC 1995, section 4); the SOA alone for whoever has that serial already. */
export const ixfrRecords = function* (
  soa: WireRecord,
  steps: readonly TransferStep[],
): Generator<WireRecord, void> {
  yield soa
  for (const { before, deleted, after, added } of steps) {
    yield before
    yield* deleted
    yield after
    yield* added
  }
  if (steps.length > 0) yield soa
}

/**
 * The messages of a transfer, made one at a time as they are asked for, with names compressed. Each has as many records as fit
 * 16 KiB, and at least one; the first repeats the question. `spareOctets` stay free at the end of each for a signature. Pure;
 * throws where one record with all that belongs to it is no message, which whoever made the zone has to prevent.
 */
export const transferMessages = function* (
  asked: TransferQuestion,
  records: Iterable<WireRecord>,
  spareOctets = 0,
): Generator<Buffer, void> {
  let draft = draftMessage(asked, true, spareOctets)
  for (const record of records) {
    if (draft.add(record)) continue
    yield draft.finish()
    draft = draftMessage(asked, false, spareOctets)
    if (!draft.add(record)) throw new Error(`the record ${record.owner} is too large for a message`)
  }
  yield draft.finish()
}

type Draft = {
  /** False where the record does not fit; then nothing more can be added. */
  readonly add: (record: WireRecord) => boolean
  readonly finish: () => Buffer
}

const draftMessage = (
  { id, recursionDesired, question, edns }: TransferQuestion,
  isFirst: boolean,
  spareOctets: number,
): Draft => {
  const head = encodeMessage({
    ...blankHeader(id, OPCODE.query),
    isResponse: true,
    authoritative: true,
    recursionDesired,
    questions: isFirst ? [question] : [],
    answers: [],
    authorities: [],
    additionals: [],
  })
  const tail = isFirst && edns ? encodeRecord(EDNS_RECORD) : Buffer.alloc(0)
  const compress = nameTable()
  if (isFirst) compress(encodeName(question.name), HEADER_OCTETS)
  const pieces = [head]
  let octets = head.length
  let count = 0
  return {
    add: record => {
      const piece = encodeCompressed(record, octets, compress)
      const most = count === 0 ? MOST_MESSAGE_OCTETS : USUAL_OCTETS
      if (octets + piece.length + tail.length + spareOctets > most) return false
      pieces.push(piece)
      octets += piece.length
      count += 1
      return true
    },
    finish: () => {
      const message = Buffer.concat([...pieces, tail])
      message.writeUInt16BE(count, 6)
      message.writeUInt16BE(tail.length > 0 ? 1 : 0, 10)
      return message
    },
  }
}

const HEADER_OCTETS = 12
/** Types whose data are a name that may be compressed (RFC 3597, section 4). */
const NAME_TYPES: ReadonlySet<number> = new Set(['NS', 'CNAME', 'PTR'].map(recordType))

/** RFC 1035, section 4.1.3: | owner | type 2 | class 2 | TTL 4 | length 2 | rdata |. */
const encodeCompressed = (
  { owner, type, dnsClass, ttlSeconds, rdata }: WireRecord,
  offset: number,
  compress: ReturnType<typeof nameTable>,
): Buffer => {
  const name = compress(encodeName(owner), offset)
  const rdataOffset = offset + name.length + 10
  const content = NAME_TYPES.has(type) ? compress(rdata, rdataOffset) : rdata
  const record = Buffer.allocUnsafe(name.length + 10 + content.length)
  name.copy(record)
  record.writeUInt16BE(type, name.length)
  record.writeUInt16BE(dnsClass, name.length + 2)
  record.writeUInt32BE(ttlSeconds, name.length + 4)
  record.writeUInt16BE(content.length, name.length + 8)
  content.copy(record, name.length + 10)
  return record
}
