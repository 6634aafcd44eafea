import type { TsigKey } from '../../model/tsig-key.ts'
import type { Message, PlacedRecord } from './message.ts'
import { RCODE } from './rcode.ts'
import { appendTsig, isSignedWith, macFault, signMessage } from './tsig.ts'
import { decodeTsigRecord, encodeTime, findTsig, type TsigRecord } from './tsig-record.ts'

/** Who signed a request; undefined key where nobody did. */
export type RequestSignature =
  | { readonly ok: true; readonly key?: TsigKey; readonly mac: Buffer }
  /** `tsig` is what the request said, for the answer that refuses it. */
  | {
      readonly ok: false
      readonly error: 'BADKEY' | 'BADSIG' | 'BADTIME' | 'BADTRUNC'
      readonly tsig: TsigRecord
      readonly key?: TsigKey
    }

/**
 * Checks the signature of a request against the keys that are known (RFC 8945, section 5.2), first row that applies. Pure;
 * throws `WireError` where its TSIG record is malformed.
 *
 *     no TSIG record                            ok, without a key
 *     no such key, or another algorithm         BADKEY
 *     a MAC longer than it can be, or shorter
 *       than half of it or 10 octets            BADTRUNC
 *     a MAC that does not match                 BADSIG
 *     a time further away than fudge            BADTIME
 */
export const verifyRequest = (
  bytes: Buffer,
  message: Message<PlacedRecord>,
  keys: readonly TsigKey[],
  nowSeconds: number,
): RequestSignature => {
  const record = findTsig(message)
  if (record === undefined) return { ok: true, mac: Buffer.alloc(0) }
  const tsig = decodeTsigRecord(bytes, record)
  const key = keys.find(known => isSignedWith(tsig, known))
  if (key === undefined) return { ok: false, error: 'BADKEY', tsig }
  const fault = macFault(bytes, record.offset, tsig, key)
  if (fault !== undefined) return { ok: false, error: fault, tsig, key }
  const isLate = Math.abs(nowSeconds - tsig.timeSigned) > tsig.fudgeSeconds
  return isLate ? { ok: false, error: 'BADTIME', tsig, key } : { ok: true, key, mac: tsig.mac }
}

/** Why a request's signature does not count, for a line of the log. Pure. */
export const formatSignatureFault = ({ error, tsig }: Extract<RequestSignature, { ok: false }>): string =>
  `${error} with key "${tsig.keyName}", ${tsig.algorithm}`

/**
 * An answer that says why the request's signature does not count (RFC 8945, section 5.2): signed only for BADTIME, with our
 * clock in it. `bytes` has the code NOTAUTH. Pure.
 */
export const answerBadSignature = (
  bytes: Buffer,
  { error, tsig, key }: Extract<RequestSignature, { ok: false }>,
  nowSeconds: number,
): Buffer => {
  const said = { timeSigned: tsig.timeSigned, error: RCODE[error], otherData: Buffer.alloc(0) }
  if (error !== 'BADTIME' || key === undefined) {
    return appendTsig(bytes, { ...tsig, ...said, mac: Buffer.alloc(0) })
  }
  const clock = { ...said, otherData: encodeTime(nowSeconds) }
  return signMessage(bytes, key, nowSeconds, { previousMac: tsig.mac, error: clock }).bytes
}

/**
 * Signs the messages of an answer one after the other (RFC 8945, section 5.3.1): the first covers the MAC of the request, each
 * other one the MAC before. Leaves them as they are where the request was not signed.
 */
export const answerSigner = ({
  key,
  mac,
}: Extract<RequestSignature, { ok: true }>): ((bytes: Buffer, nowSeconds: number) => Buffer) => {
  let previousMac = mac
  let isFirst = true
  return (bytes, nowSeconds) => {
    if (key === undefined) return bytes
    const signed = signMessage(bytes, key, nowSeconds, { previousMac, isFirst })
    previousMac = signed.mac
    isFirst = false
    return signed.bytes
  }
}

/** The most octets that a signature with any key adds: names of 255 octets, a MAC of 64, and the other fields. */
export const MOST_SIGNATURE_OCTETS = 255 + 10 + 255 + 16 + 64
