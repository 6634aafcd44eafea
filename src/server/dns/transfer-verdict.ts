import { canonicalIpAddress } from '../../model/ip-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { encodeCodeAnswer } from '../../wire/dns/code-answer.ts'
import type { Message, PlacedRecord } from '../../wire/dns/message.ts'
import { formatRcode, RCODE } from '../../wire/dns/rcode.ts'
import {
  answerBadSignature,
  answerSigner,
  formatSignatureFault,
  verifyRequest,
} from '../../wire/dns/tsig-answer.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { TransferAccess } from './secondary.ts'
import type { TransferJournal } from './transfer-journal.ts'
import { decideTransfer, type TransferDecision } from './transfer-request.ts'
import type { TransferableZone } from './zone-change.ts'

/** A question for the zone as it came, and from which address. */
export type TransferQuery = {
  readonly bytes: Buffer
  readonly message: Message<PlacedRecord>
  readonly client: string
}

/** What it gets: the records of a transfer and who signs its messages, or one message that refuses. */
export type TransferVerdict =
  | (Extract<TransferDecision, { kind: 'send' }> & {
      /** One message after the other, in their order. */
      readonly sign: (message: Buffer, nowSeconds: number) => Buffer
      readonly key: TsigKey | undefined
    })
  | { readonly kind: 'refuse'; readonly why: string; readonly answer: Buffer }

/** What is transferred, and to whom. */
export type TransferPolicy = {
  readonly zone: TransferableZone
  readonly journal: TransferJournal
  readonly access: TransferAccess
}

/**
 * Judges a question for the zone: its signature (RFC 8945, section 5.2) first, then what `decideTransfer` looks at. A refusal is
 * signed where the question was.
 */
export const judgeTransfer = (
  { bytes, message, client }: TransferQuery,
  { zone, journal, access }: TransferPolicy,
  nowSeconds: number,
): TransferVerdict => {
  const refusal = (rcode: number): Buffer => encodeCodeAnswer(message, rcode)
  try {
    const signature = verifyRequest(bytes, message, access.keys, nowSeconds)
    if (!signature.ok) {
      const answer = answerBadSignature(refusal(RCODE.NOTAUTH), signature, nowSeconds)
      return { kind: 'refuse', why: formatSignatureFault(signature), answer }
    }
    const sign = answerSigner(signature)
    const { key } = signature
    const isPermitted = key !== undefined || access.addresses.has(canonicalIpAddress(client) ?? client)
    const decision = decideTransfer({ bytes, message, isPermitted }, zone, journal)
    if (decision.kind === 'send') return { ...decision, sign, key }
    const why = `${formatRcode(decision.rcode)}: ${decision.why}`
    return { kind: 'refuse', why, answer: sign(refusal(decision.rcode), nowSeconds) }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { kind: 'refuse', why: `FORMERR: ${error.message}`, answer: refusal(RCODE.FORMERR) }
  }
}
