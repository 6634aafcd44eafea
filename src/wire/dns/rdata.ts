import { formatIpAddress, parseIpAddress } from '../../model/ip-address.ts'
import type { CountSteps } from '../../model/steps.ts'
import { WireError } from '../wire-error.ts'
import type { PlacedRecord } from './message.ts'
import { decodeName, encodeName } from './name.ts'
import { decodeNamed } from './named-rdata.ts'
import { recordType } from './record-type.ts'
import { encodeSoaRdata, SOA_NUMBERS_OCTETS, type Soa } from './soa.ts'

/** The data of a record, as far as anybody here looks into it. */
export type Rdata =
  /** A, AAAA: the address in its single form. */
  | { readonly kind: 'address'; readonly address: string }
  /** NS, CNAME, DNAME, PTR. */
  | { readonly kind: 'name'; readonly name: string }
  /** TXT: its character-strings. */
  | { readonly kind: 'text'; readonly strings: readonly Buffer[] }
  | ({ readonly kind: 'soa' } & Soa)
  /** Anything else, unread but for names that servers may compress: those are whole. */
  | { readonly kind: 'opaque'; readonly octets: Buffer }

const [A, NS, CNAME, SOA, PTR, TXT, AAAA, DNAME] = [
  'A',
  'NS',
  'CNAME',
  'SOA',
  'PTR',
  'TXT',
  'AAAA',
  'DNAME',
].map(recordType)

/** Decodes the data of a record of `bytes`, in which names may be compressed. Throws `WireError`. */
export const decodeRdata = (bytes: Buffer, record: PlacedRecord, count?: CountSteps): Rdata => {
  const { type, rdata, rdataOffset } = record
  count?.(rdata.length)
  switch (type) {
    case A:
      return decodeAddress(rdata, 4, rdataOffset)
    case AAAA:
      return decodeAddress(rdata, 16, rdataOffset)
    case NS:
    case CNAME:
    case DNAME:
    case PTR: {
      const { name, end } = decodeName(bytes, rdataOffset, count)
      if (end !== rdataOffset + rdata.length) throw new WireError('name does not fill its record', end)
      return { kind: 'name', name }
    }
    case TXT:
      return { kind: 'text', strings: decodeStrings(rdata, rdataOffset, count) }
    case SOA:
      return decodeSoa(bytes, record, count)
    default:
      return { kind: 'opaque', octets: decodeNamed(bytes, record, count) ?? Buffer.from(rdata) }
  }
}

/** Decodes data in which no name is compressed, by the mnemonic of its type. Throws `WireError`. */
export const decodeLoneRdata = (type: string, rdata: Buffer, count?: CountSteps): Rdata => {
  const record = { owner: '', type: recordType(type), dnsClass: 1, ttlSeconds: 0, rdata }
  return decodeRdata(rdata, { ...record, offset: 0, rdataOffset: 0 }, count)
}

/** Encodes record data without compression. */
export const encodeRdata = (rdata: Rdata): Buffer => {
  switch (rdata.kind) {
    case 'address':
      return encodeAddress(rdata.address)
    case 'name':
      return encodeName(rdata.name)
    case 'text':
      return Buffer.concat(rdata.strings.flatMap(string => [Buffer.from([string.length]), string]))
    case 'soa':
      return encodeSoaRdata(rdata)
    case 'opaque':
      return rdata.octets
  }
}

/** Empty data would mean "delete" in an update, so a text that is no address is a fault of ours. */
const encodeAddress = (address: string): Buffer => {
  const octets = parseIpAddress(address)
  if (octets === undefined) throw new Error(`"${address}" is not an address`)
  return octets
}

const decodeAddress = (rdata: Buffer, octets: number, offset: number): Rdata => {
  if (rdata.length !== octets) throw new WireError(`address is not ${octets} octets long`, offset)
  return { kind: 'address', address: formatIpAddress(rdata) }
}

/** RFC 1035, section 3.3.14: one or more of | length 1 | octets. */
const decodeStrings = (rdata: Buffer, rdataOffset: number, count: CountSteps | undefined): Buffer[] => {
  const strings: Buffer[] = []
  let offset = 0
  while (offset < rdata.length) {
    const end = offset + 1 + (rdata[offset] as number)
    if (end > rdata.length) throw new WireError('character-string runs past its record', rdataOffset + offset)
    count?.(end - offset)
    strings.push(Buffer.from(rdata.subarray(offset + 1, end)))
    offset = end
  }
  if (strings.length === 0) throw new WireError('TXT record holds no character-string', rdataOffset)
  // An array that grew has room for more, and zones are kept.
  return strings.slice()
}

/** The layout is that of `encodeSoaRdata`. */
const decodeSoa = (
  bytes: Buffer,
  { rdata, rdataOffset }: PlacedRecord,
  count: CountSteps | undefined,
): Rdata => {
  const { name: primary, end: mailboxAt } = decodeName(bytes, rdataOffset, count)
  const { name: mailbox, end } = decodeName(bytes, mailboxAt, count)
  if (end + SOA_NUMBERS_OCTETS !== rdataOffset + rdata.length)
    throw new WireError('SOA record has a wrong length', end)
  const numberAt = (index: number): number => bytes.readUInt32BE(end + index * 4)
  return {
    kind: 'soa',
    primary,
    mailbox,
    serial: numberAt(0),
    refreshSeconds: numberAt(1),
    retrySeconds: numberAt(2),
    expireSeconds: numberAt(3),
    minimumSeconds: numberAt(4),
  }
}
