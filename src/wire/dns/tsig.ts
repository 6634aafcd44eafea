import { createHmac, timingSafeEqual } from 'node:crypto'
import { foldDnsName } from '../../model/dns-name.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { DNS_CLASS } from './dns-class.ts'
import { decodeMessage, encodeRecord } from './message.ts'
import { encodeName } from './name.ts'
import { formatRcode } from './rcode.ts'
import { decodeTsigRecord, encodeTime, encodeTsigRecord, findTsig, type TsigRecord } from './tsig-record.ts'

/** A signed message, and its MAC, which the answer's covers. */
export type Signed = { readonly bytes: Buffer; readonly mac: Buffer }

/** How far the clocks of both sides may differ (RFC 8945, section 10). */
export const FUDGE_SECONDS = 300

/**
 * What is known of the conversation before this message: the MAC of the request,
 * or of the message before in a transfer; `unsigned` are the messages that came
 * since, and `isFirst` is false behind the first answer (RFC 8945, section 5.3.1).
 */
export type TsigContext = {
  readonly previousMac: Buffer
  readonly unsigned?: readonly Buffer[]
  readonly isFirst?: boolean
}

/** Whether an answer is the server's; `text` says in words why it is not. */
export type Verdict =
  | { readonly ok: true; readonly mac: Buffer }
  /** The server refused our signature, or answered without a believable one. */
  | {
      readonly ok: false
      readonly kind: 'unsigned' | 'BADKEY' | 'BADSIG' | 'BADTIME' | 'BADTRUNC' | 'malformed'
      /** The server said so, not we. */
      readonly byServer: boolean
      readonly text: string
    }

/** What the server says of the request's signature in its own (RFC 8945, section 5.2). */
export type TsigError = Pick<TsigRecord, 'timeSigned' | 'error' | 'otherData'>

/**
 * Appends a TSIG record to a message (RFC 8945, section 5.1): to a request, or, with a context, to an answer. Pure; the time
 * is seconds since 1970.
 */
export const signMessage = (
  bytes: Buffer,
  key: TsigKey,
  nowSeconds: number,
  context?: Omit<TsigContext, 'unsigned'> & { readonly error?: TsigError },
): Signed => {
  const unsigned: TsigRecord = {
    keyName: key.name,
    algorithm: key.algorithm,
    fudgeSeconds: FUDGE_SECONDS,
    mac: Buffer.alloc(0),
    originalId: bytes.readUInt16BE(0),
    ...(context?.error ?? { timeSigned: nowSeconds, error: 0, otherData: Buffer.alloc(0) }),
  }
  const mac = macOf(key, digestOf(bytes, unsigned, context))
  return { bytes: appendTsig(bytes, { ...unsigned, mac }), mac }
}

/** The message with that record as its last. Pure. */
export const appendTsig = (bytes: Buffer, tsig: TsigRecord): Buffer => {
  const signed = Buffer.concat([bytes, encodeRecord(encodeTsigRecord(tsig))])
  signed.writeUInt16BE(bytes.readUInt16BE(10) + 1, 10)
  return signed
}

/**
 * Checks the TSIG record of an answer (RFC 8945, section 5.3), first row that applies.
 * Pure; throws `WireError` where the bytes are no message.
 *
 *     no TSIG record                           unsigned
 *     error BADKEY or BADSIG, no MAC           BADKEY, BADSIG by the server
 *     another key or algorithm                 BADKEY
 *     a MAC longer than it can be, or shorter
 *       than half of it or 10 octets           BADTRUNC (section 5.2.2.1)
 *     a MAC that does not match                BADSIG
 *     error BADTIME                            BADTIME by the server, with its time
 *     error BADTRUNC                           BADTRUNC by the server
 *     any other error                          malformed, by the server
 *     a time further away than fudge           BADTIME
 */
export const verifyMessage = (
  bytes: Buffer,
  key: TsigKey,
  nowSeconds: number,
  context: TsigContext,
): Verdict => {
  const record = findTsig(decodeMessage(bytes))
  if (record === undefined) return bad('unsigned', false, 'the answer is not signed')
  const tsig = decodeTsigRecord(bytes, record)
  const serverError = formatRcode(tsig.error)
  if (tsig.mac.length === 0 && (serverError === 'BADKEY' || serverError === 'BADSIG')) {
    return bad(serverError, true, TEXTS[serverError](key))
  }
  if (!isSignedWith(tsig, key)) {
    return bad('BADKEY', false, `the answer is signed with key "${tsig.keyName}", ${tsig.algorithm}`)
  }
  const fault = macFault(bytes, record.offset, tsig, key, context)
  if (fault === 'BADTRUNC') return bad(fault, false, `the MAC of the answer has ${tsig.mac.length} octets`)
  if (fault === 'BADSIG') {
    return bad(fault, false, `the signature of the answer does not match key "${key.name}"`)
  }
  if (serverError === 'BADTIME') return bad('BADTIME', true, clockText(tsig))
  if (serverError === 'BADTRUNC') return bad('BADTRUNC', true, 'the server wants a longer MAC than ours')
  if (tsig.error !== 0) return bad('malformed', true, `the server answers the signature with ${serverError}`)
  if (Math.abs(nowSeconds - tsig.timeSigned) > tsig.fudgeSeconds) {
    return bad(
      'BADTIME',
      false,
      `the answer was signed ${Math.abs(nowSeconds - tsig.timeSigned)} s away from now`,
    )
  }
  return { ok: true, mac: tsig.mac }
}

/** Whether a record names the key and its algorithm. Pure. */
export const isSignedWith = ({ keyName, algorithm }: TsigRecord, key: TsigKey): boolean =>
  foldDnsName(keyName) === foldDnsName(key.name) && foldDnsName(algorithm) === key.algorithm

/** What is wrong with the MAC of a message whose TSIG record stands at `offset`; without a context it is a request. Pure. */
export const macFault = (
  bytes: Buffer,
  offset: number,
  tsig: TsigRecord,
  key: TsigKey,
  context?: TsigContext,
): 'BADTRUNC' | 'BADSIG' | undefined => {
  const whole = macOf(key, digestOf(stripTsig(bytes, offset, tsig.originalId), tsig, context))
  if (tsig.mac.length > whole.length || tsig.mac.length < Math.max(10, whole.length / 2)) return 'BADTRUNC'
  return timingSafeEqual(whole.subarray(0, tsig.mac.length), tsig.mac) ? undefined : 'BADSIG'
}

type Refusal = Extract<Verdict, { ok: false }>

const bad = (kind: Refusal['kind'], byServer: boolean, text: string): Refusal => ({
  ok: false,
  kind,
  byServer,
  text,
})

const TEXTS: Readonly<Record<'BADKEY' | 'BADSIG', (key: TsigKey) => string>> = {
  BADKEY: ({ name, algorithm }) => `the server does not know key "${name}" with ${algorithm}`,
  BADSIG: ({ name }) => `the server has another secret for key "${name}"`,
}

/** Section 5.2.3: the other data of BADTIME are the server's clock, in 48 bits. */
const clockText = ({ otherData, timeSigned }: TsigRecord): string => {
  if (otherData.length !== 6) return "the server's clock differs from ours"
  const ahead = otherData.readUIntBE(0, 6) - timeSigned
  return `the server's clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} ours`
}

/** The message as it was before it was signed (section 5.3.2): no TSIG record, its own id. */
const stripTsig = (bytes: Buffer, tsigOffset: number, originalId: number): Buffer => {
  const stripped = Buffer.from(bytes.subarray(0, tsigOffset))
  stripped.writeUInt16BE(originalId, 0)
  stripped.writeUInt16BE(stripped.readUInt16BE(10) - 1, 10)
  return stripped
}

/**
 * What the MAC covers (section 4.3): the MAC before with its length, the messages,
 * then the TSIG variables, of which only the two times behind the first answer.
 *
 *     | key | class 2 | TTL 4 | algorithm | time 6 | fudge 2 | error 2 | length 2 | other |
 */
const digestOf = (message: Buffer, tsig: TsigRecord, context: TsigContext | undefined): Buffer => {
  const times = Buffer.concat([encodeTime(tsig.timeSigned), numbers(tsig.fudgeSeconds)])
  const variables =
    context?.isFirst === false
      ? [times]
      : [
          encodeName(foldDnsName(tsig.keyName)),
          numbers(DNS_CLASS.any, 0, 0),
          encodeName(foldDnsName(tsig.algorithm)),
          times,
          numbers(tsig.error, tsig.otherData.length),
          tsig.otherData,
        ]
  const before = context === undefined ? [] : [numbers(context.previousMac.length), context.previousMac]
  return Buffer.concat([...before, ...(context?.unsigned ?? []), message, ...variables])
}

const macOf = ({ algorithm, secret }: TsigKey, digest: Buffer): Buffer =>
  createHmac(algorithm.replace('hmac-', ''), secret).update(digest).digest()

const numbers = (...values: readonly number[]): Buffer => {
  const octets = Buffer.alloc(values.length * 2)
  for (const [i, value] of values.entries()) octets.writeUInt16BE(value, i * 2)
  return octets
}
