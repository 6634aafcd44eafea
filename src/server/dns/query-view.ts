import type { CountSteps } from '../../model/steps.ts'
import { OPCODE } from '../../wire/dns/message.ts'
import { recordType } from '../../wire/dns/record-type.ts'

/** What `readQuery` found in a message. There is one for all messages, written over by the next: at 100,000 a second objects cost. */
export type QueryView = {
  opcode: number
  /** Of the question. */
  type: number
  dnsClass: number
  /** Behind the question. */
  questionEnd: number
  /** The name of the question in lower case: labels on the wire, without the zero at the end. */
  readonly folded: Buffer
  foldedOctets: number
  /** A number that equal names share, and other ones hardly. */
  nameHash: number
  /** UDP payload that the client takes (RFC 6891, section 6.2.3); undefined where there is no EDNS. */
  ednsOctets: number | undefined
  ednsVersion: number
  isDnssecOk: boolean
  hasTsig: boolean
}

/**
 * What a message is to a server, first row that applies.
 *
 *     shorter than a header, or a response           drop
 *     NOTIFY                                         notify
 *     any opcode but QUERY                           not-implemented
 *     not one question, answers, several OPT
 *       records, octets left over, anything
 *       that runs past the end                       malformed
 *     QUERY                                          query
 */
export type QueryKind = 'drop' | 'notify' | 'not-implemented' | 'malformed' | 'query'

const OPT = recordType('OPT')
const TSIG = recordType('TSIG')
const IXFR = recordType('IXFR')
const HEADER_OCTETS = 12
const MOST_NAME_OCTETS = 255

/** A view that nothing was read into yet. */
export const blankView = (): QueryView => ({
  opcode: 0,
  type: 0,
  dnsClass: 0,
  questionEnd: 0,
  folded: Buffer.allocUnsafeSlow(MOST_NAME_OCTETS),
  foldedOctets: 0,
  nameHash: 0,
  ednsOctets: undefined,
  ednsVersion: 0,
  isDnssecOk: false,
  hasTsig: false,
})

/**
 * Reads a message where it stands, each octet once, without making anything of it. For `query` all of the view is set, else the
 * opcode alone.
 *
 *     | id 2 | QR Opcode(4) AA TC RD | RA Z AD CD RCODE(4) | QD 2 | AN 2 | NS 2 | AR 2 | question | records
 */
export const readQuery = (octets: Buffer, length: number, view: QueryView, count?: CountSteps): QueryKind => {
  count?.(Math.min(length, HEADER_OCTETS))
  if (length < HEADER_OCTETS || (octets[2] as number) >= 0x80) return 'drop'
  view.opcode = ((octets[2] as number) >> 3) & 0xf
  if (view.opcode === OPCODE.notify) return 'notify'
  if (view.opcode !== OPCODE.query) return 'not-implemented'
  const end = readQuestion(octets, length, view, count)
  return end !== undefined && readRecords(octets, length, end, view, count) ? 'query' : 'malformed'
}

/** Where it ends; undefined where there is not one question alone. A name in it cannot be compressed: nothing is in front of it. */
const readQuestion = (
  octets: Buffer,
  length: number,
  view: QueryView,
  count: CountSteps | undefined,
): number | undefined => {
  if (twoOctets(octets, 4) !== 1 || length === HEADER_OCTETS) return undefined
  const { folded } = view
  let at = HEADER_OCTETS
  let hash = 0
  for (let label = octets[at] as number; label !== 0; label = octets[at] as number) {
    const labelEnd = at + 1 + label
    // The zero behind it, type and class have to come too; a label in which the first two bits are set is a pointer.
    if (label > 63 || labelEnd + 5 > length || labelEnd - HEADER_OCTETS >= MOST_NAME_OCTETS) return undefined
    count?.(label + 1)
    for (; at < labelEnd; at++) {
      const octet = lower(octets[at] as number)
      folded[at - HEADER_OCTETS] = octet
      hash = Math.imul(hash ^ octet, FNV_PRIME)
    }
  }
  count?.(5)
  if (at + 5 > length) return undefined
  view.foldedOctets = at - HEADER_OCTETS
  view.nameHash = hash
  view.type = twoOctets(octets, at + 1)
  view.dnsClass = twoOctets(octets, at + 3)
  view.questionEnd = at + 5
  return at + 5
}

/** Whether the records behind the question are whole and may stand there. */
const readRecords = (
  octets: Buffer,
  length: number,
  start: number,
  view: QueryView,
  count: CountSteps | undefined,
): boolean => {
  view.ednsOctets = undefined
  view.hasTsig = false
  const authorities = twoOctets(octets, 8)
  const additionals = twoOctets(octets, 10)
  // IXFR tells there which serial the client has (RFC 1995, section 3).
  if (twoOctets(octets, 6) > 0 || (authorities > 0 && view.type !== IXFR)) return false
  let at = start
  for (let index = 0; index < authorities + additionals; index++) {
    const ownerEnd = skipName(octets, length, at, count)
    if (ownerEnd === undefined || ownerEnd + 10 > length) return false
    const end = ownerEnd + 10 + twoOctets(octets, ownerEnd + 8)
    if (end > length) return false
    count?.(end - at)
    const type = twoOctets(octets, ownerEnd)
    if (type === OPT) {
      const isAlone = view.ednsOctets === undefined && ownerEnd === at + 1 && index >= authorities
      if (!isAlone || !areOptions(octets, ownerEnd + 10, end, count)) return false
      view.ednsOctets = twoOctets(octets, ownerEnd + 2)
      view.ednsVersion = octets[ownerEnd + 5] as number
      view.isDnssecOk = (octets[ownerEnd + 6] as number) >= 0x80
    } else if (type === TSIG) {
      if (index !== authorities + additionals - 1 || index < authorities) return false
      view.hasTsig = true
    }
    at = end
  }
  return at === length
}

/** Behind a name, which may end in a pointer; what that leads to is not looked at. */
const skipName = (
  octets: Buffer,
  length: number,
  start: number,
  count: CountSteps | undefined,
): number | undefined => {
  let at = start
  while (at < length) {
    const label = octets[at] as number
    count?.(1)
    if (label === 0) return at + 1
    if (label >= 0xc0) return at + 2
    if (label > 63) return undefined
    at += 1 + label
  }
  return undefined
}

/** RFC 6891, section 6.1.2: | code 2 | length 2 | octets |. Nobody here looks into one. */
const areOptions = (octets: Buffer, start: number, end: number, count: CountSteps | undefined): boolean => {
  let at = start
  while (at + 4 <= end) {
    count?.(4)
    at += 4 + twoOctets(octets, at + 2)
  }
  return at === end
}

/**
 * The labels of the question below an apex, given in lower case without the zero at its end; undefined where it is elsewhere.
 * The apex counts where one of the labels begins, and not inside of one.
 */
export const labelsBelow = (
  { folded, foldedOctets }: QueryView,
  apex: string,
  count?: CountSteps,
): string | undefined => {
  const start = foldedOctets - apex.length
  let at = 0
  while (at < start) at += 1 + (folded[at] as number)
  count?.(foldedOctets)
  if (at !== start) return undefined
  for (let i = 0; i < apex.length; i++) if (folded[start + i] !== apex.charCodeAt(i)) return undefined
  return start === 0 ? '' : folded.toString('latin1', 0, start)
}

/** Of the hash FNV-1a, with 32 bits. */
const FNV_PRIME = 0x01000193

const lower = (octet: number): number => (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet)

const twoOctets = (octets: Buffer, at: number): number =>
  ((octets[at] as number) << 8) | (octets[at + 1] as number)
