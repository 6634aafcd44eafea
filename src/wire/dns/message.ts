import type { CountSteps } from '../../model/steps.ts'
import { WireError } from '../wire-error.ts'
import { decodeName, encodeName } from './name.ts'

/** QUERY of RFC 1035, NOTIFY of RFC 1996, UPDATE of RFC 2136. */
export const OPCODE = { query: 0, notify: 4, update: 5 } as const

/** One entry of the question section; of the zone section in an update. */
export type Question = { readonly name: string; readonly type: number; readonly dnsClass: number }

/** A record with its data as octets. `rdata` is empty in prerequisites and deletions of an update. */
export type WireRecord = {
  readonly owner: string
  readonly type: number
  readonly dnsClass: number
  readonly ttlSeconds: number
  readonly rdata: Buffer
}

/** A record of a decoded message: where it starts, and where its data does, which may hold pointers. */
export type PlacedRecord = WireRecord & { readonly offset: number; readonly rdataOffset: number }

/** The first two words of a message (RFC 1035, section 4.1.1; AD and CD: RFC 4035, section 3). */
export type Header = {
  readonly id: number
  readonly isResponse: boolean
  readonly opcode: number
  readonly authoritative: boolean
  readonly truncated: boolean
  readonly recursionDesired: boolean
  readonly recursionAvailable: boolean
  readonly authenticData: boolean
  readonly checkingDisabled: boolean
  readonly rcode: number
}

/** A whole message. In an update the sections are zone, prerequisites, updates and additional data. */
export type Message<R extends WireRecord = WireRecord> = Header & {
  readonly questions: readonly Question[]
  readonly answers: readonly R[]
  readonly authorities: readonly R[]
  readonly additionals: readonly R[]
}

const HEADER_OCTETS = 12
const MIN_QUESTION_OCTETS = 5
const MIN_RECORD_OCTETS = 11

/** A header with every flag down, for a message of ours. */
export const blankHeader = (id: number, opcode: number): Header => ({
  id,
  isResponse: false,
  opcode,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
  rcode: 0,
})

/**
 * Decodes a message; throws `WireError` where it is none, also where octets are left over.
 *
 *      0              1              2       4       6       8       10      12
 *     | id          | flags         | QD    | AN    | NS    | AR    | sections
 *     flags: QR Opcode(4) AA TC RD RA Z AD CD RCODE(4)
 */
export const decodeMessage = (bytes: Buffer, count?: CountSteps): Message<PlacedRecord> => {
  if (bytes.length < HEADER_OCTETS) throw new WireError('message is shorter than its header', bytes.length)
  const [questionCount, ...recordCounts] = [4, 6, 8, 10].map(at => bytes.readUInt16BE(at)) as [
    number,
    number,
    number,
    number,
  ]
  const least =
    questionCount * MIN_QUESTION_OCTETS + recordCounts.reduce((sum, n) => sum + n, 0) * MIN_RECORD_OCTETS
  if (least > bytes.length - HEADER_OCTETS) throw new WireError('counts exceed the message', 4)
  const questions: Question[] = []
  let offset = HEADER_OCTETS
  for (let i = 0; i < questionCount; i++) {
    const { name, end } = decodeName(bytes, offset, count)
    if (end + 4 > bytes.length) throw new WireError('question runs past the end', end)
    questions.push({ name, type: bytes.readUInt16BE(end), dnsClass: bytes.readUInt16BE(end + 2) })
    offset = end + 4
  }
  const sections = recordCounts.map(recordCount => {
    const records: PlacedRecord[] = []
    for (let i = 0; i < recordCount; i++) {
      const record = decodeRecord(bytes, offset, count)
      records.push(record)
      offset = record.rdataOffset + record.rdata.length
    }
    return records
  })
  if (offset !== bytes.length) throw new WireError('octets are left over', offset)
  const [answers = [], authorities = [], additionals = []] = sections
  return { ...decodeHeader(bytes), questions, answers, authorities, additionals }
}

/** Encodes a message without compression. */
export const encodeMessage = (message: Message): Buffer => {
  const { questions, answers, authorities, additionals } = message
  const header = Buffer.alloc(HEADER_OCTETS)
  header.writeUInt16BE(message.id, 0)
  header.writeUInt16BE(encodeFlags(message), 2)
  for (const [i, section] of [questions, answers, authorities, additionals].entries()) {
    header.writeUInt16BE(section.length, 4 + i * 2)
  }
  const asked = questions.map(({ name, type, dnsClass }) =>
    Buffer.concat([encodeName(name), twoOctets(type), twoOctets(dnsClass)]),
  )
  return Buffer.concat([header, ...asked, ...[...answers, ...authorities, ...additionals].map(encodeRecord)])
}

/**
 * Encodes one record (RFC 1035, section 4.1.3).
 *
 *     | owner | type 2 | class 2 | TTL 4 | length 2 | rdata
 */
export const encodeRecord = ({ owner, type, dnsClass, ttlSeconds, rdata }: WireRecord): Buffer => {
  const ttl = Buffer.alloc(4)
  ttl.writeUInt32BE(ttlSeconds)
  return Buffer.concat([
    encodeName(owner),
    twoOctets(type),
    twoOctets(dnsClass),
    ttl,
    twoOctets(rdata.length),
    rdata,
  ])
}

const decodeRecord = (bytes: Buffer, offset: number, count: CountSteps | undefined): PlacedRecord => {
  const { name: owner, end } = decodeName(bytes, offset, count)
  if (end + 10 > bytes.length) throw new WireError('record runs past the end', end)
  const rdataOffset = end + 10
  const rdataEnd = rdataOffset + bytes.readUInt16BE(end + 8)
  if (rdataEnd > bytes.length) throw new WireError('record data runs past the end', rdataOffset)
  return {
    owner,
    type: bytes.readUInt16BE(end),
    dnsClass: bytes.readUInt16BE(end + 2),
    ttlSeconds: bytes.readUInt32BE(end + 4),
    rdata: bytes.subarray(rdataOffset, rdataEnd),
    offset,
    rdataOffset,
  }
}

const decodeHeader = (bytes: Buffer): Header => {
  const flags = bytes.readUInt16BE(2)
  const bit = (at: number): boolean => (flags & (1 << at)) !== 0
  return {
    id: bytes.readUInt16BE(0),
    isResponse: bit(15),
    opcode: (flags >> 11) & 0xf,
    authoritative: bit(10),
    truncated: bit(9),
    recursionDesired: bit(8),
    recursionAvailable: bit(7),
    authenticData: bit(5),
    checkingDisabled: bit(4),
    rcode: flags & 0xf,
  }
}

const encodeFlags = (header: Header): number => {
  const bit = (at: number, on: boolean): number => (on ? 1 << at : 0)
  return (
    bit(15, header.isResponse) |
    (header.opcode << 11) |
    bit(10, header.authoritative) |
    bit(9, header.truncated) |
    bit(8, header.recursionDesired) |
    bit(7, header.recursionAvailable) |
    bit(5, header.authenticData) |
    bit(4, header.checkingDisabled) |
    header.rcode
  )
}

const twoOctets = (value: number): Buffer => {
  const octets = Buffer.alloc(2)
  octets.writeUInt16BE(value)
  return octets
}
