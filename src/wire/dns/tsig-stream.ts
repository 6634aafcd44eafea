import type { TsigKey } from '../../model/tsig-key.ts'
import type { Message, PlacedRecord } from './message.ts'
import { type Verdict, verifyMessage } from './tsig.ts'
import { findTsig } from './tsig-record.ts'

/** Whether a message of a long answer may be believed so far; `isSigned` where its own signature says so. */
export type StreamVerdict =
  | { readonly ok: true; readonly isSigned: boolean }
  | Extract<Verdict, { readonly ok: false }>

/** Most messages in a row without a signature (RFC 8945, section 5.3.1). */
export const MAX_UNSIGNED = 99

/**
 * Checks an answer of many messages, such as a transfer, one after the other (RFC 8945,
 * section 5.3.1). What was let through unsigned is believed once a later message is
 * signed, so the last one has to be. Throws `WireError` as `verifyMessage` does.
 *
 *     first message                        must be signed; covers the MAC of the request
 *     another one, signed                  covers the MAC before and the unsigned ones since
 *     another one, unsigned                let through, but no more than 99 in a row
 */
export const tsigStream = (key: TsigKey, requestMac: Buffer) => {
  let previousMac = requestMac
  let unsigned: Buffer[] = []
  let isFirst = true
  return (bytes: Buffer, message: Message<PlacedRecord>, nowSeconds: number): StreamVerdict => {
    if (!isFirst && findTsig(message) === undefined && unsigned.length < MAX_UNSIGNED) {
      unsigned.push(bytes)
      return { ok: true, isSigned: false }
    }
    const verdict = verifyMessage(bytes, key, nowSeconds, { previousMac, unsigned, isFirst })
    if (!verdict.ok) return verdict
    previousMac = verdict.mac
    unsigned = []
    isFirst = false
    return { ok: true, isSigned: true }
  }
}
