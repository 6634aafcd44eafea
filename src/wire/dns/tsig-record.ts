import { WireError } from '../wire-error.ts'
import { DNS_CLASS } from './dns-class.ts'
import type { Message, PlacedRecord, WireRecord } from './message.ts'
import { decodeName, encodeName } from './name.ts'
import { recordType } from './record-type.ts'

/** The data of a TSIG record and the name of its key (RFC 8945, section 4.2). */
export type TsigRecord = {
  readonly keyName: string
  readonly algorithm: string
  /** Seconds since 1970. */
  readonly timeSigned: number
  readonly fudgeSeconds: number
  readonly mac: Buffer
  readonly originalId: number
  readonly error: number
  readonly otherData: Buffer
}

/** The type of a TSIG record. */
export const TSIG = recordType('TSIG')

/**
 * Encodes a TSIG record.
 *
 *     | algorithm | time 6 | fudge 2 | length 2 | MAC | id 2 | error 2 | length 2 | other |
 */
export const encodeTsigRecord = (tsig: TsigRecord): WireRecord => {
  const { keyName, algorithm, mac, otherData } = tsig
  const rdata = Buffer.concat([
    encodeName(algorithm),
    encodeTime(tsig.timeSigned),
    twoOctets(tsig.fudgeSeconds),
    twoOctets(mac.length),
    mac,
    twoOctets(tsig.originalId),
    twoOctets(tsig.error),
    twoOctets(otherData.length),
    otherData,
  ])
  return { owner: keyName, type: TSIG, dnsClass: DNS_CLASS.any, ttlSeconds: 0, rdata }
}

/** Decodes the data of a TSIG record of `bytes`; throws `WireError`. */
export const decodeTsigRecord = (bytes: Buffer, record: PlacedRecord): TsigRecord => {
  const { owner, dnsClass, ttlSeconds, rdata, rdataOffset } = record
  if (dnsClass !== DNS_CLASS.any || ttlSeconds !== 0)
    throw new WireError('TSIG record is not of class ANY with TTL 0', rdataOffset)
  const { name: algorithm, end } = decodeName(bytes, rdataOffset)
  const rest = rdata.subarray(end - rdataOffset)
  const macEnd = rest.length < 10 ? Number.POSITIVE_INFINITY : 10 + rest.readUInt16BE(8)
  if (macEnd + 6 > rest.length) throw new WireError('TSIG record is too short', end)
  const otherData = Buffer.from(rest.subarray(macEnd + 6))
  if (otherData.length !== rest.readUInt16BE(macEnd + 4))
    throw new WireError('TSIG record has a wrong length', end)
  return {
    keyName: owner,
    algorithm,
    timeSigned: rest.readUIntBE(0, 6),
    fudgeSeconds: rest.readUInt16BE(6),
    mac: Buffer.from(rest.subarray(10, macEnd)),
    originalId: rest.readUInt16BE(macEnd),
    error: rest.readUInt16BE(macEnd + 2),
    otherData,
  }
}

/** The TSIG record of a message, which must be its last; undefined where there is none. Throws `WireError`. */
export const findTsig = ({
  answers,
  authorities,
  additionals,
}: Message<PlacedRecord>): PlacedRecord | undefined => {
  const found = [...answers, ...authorities, ...additionals].filter(({ type }) => type === TSIG)
  const [first] = found
  if (first !== undefined && (found.length > 1 || first !== additionals.at(-1))) {
    throw new WireError('TSIG record is not the last record', first.offset)
  }
  return first
}

/** Seconds since 1970 in 48 bits. */
export const encodeTime = (seconds: number): Buffer => {
  const octets = Buffer.alloc(6)
  octets.writeUIntBE(seconds, 0, 6)
  return octets
}

const twoOctets = (value: number): Buffer => {
  const octets = Buffer.alloc(2)
  octets.writeUInt16BE(value)
  return octets
}
