import { foldDnsName } from '../../model/dns-name.ts'
import { canonicalIpAddress } from '../../model/ip-address.ts'
import type { ServerAddress } from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { encodeCodeAnswer } from '../../wire/dns/code-answer.ts'
import { DNS_CLASS } from '../../wire/dns/dns-class.ts'
import { decodeMessage, type Message, OPCODE, type PlacedRecord } from '../../wire/dns/message.ts'
import { RCODE } from '../../wire/dns/rcode.ts'
import { decodeRdata } from '../../wire/dns/rdata.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import { answerBadSignature, answerSigner, verifyRequest } from '../../wire/dns/tsig-answer.ts'
import { WireError } from '../../wire/wire-error.ts'

/** A server and the addresses that it may send from, in their single form. */
export type NotifyingServer = { readonly server: ServerAddress; readonly addresses: readonly string[] }

/** Whom a zone is believed to have changed. */
export type NotifyTerms = {
  /** Folded. */
  readonly zone: string
  readonly tsig?: TsigKey | undefined
  readonly servers: readonly NotifyingServer[]
}

/** What a NOTIFY is answered with, and which servers to ask, where it counts. */
export type NotifyVerdict = {
  readonly answer: Buffer
  readonly look?: {
    readonly servers: readonly ServerAddress[]
    /** Of the SOA in it, which is no more than a hint (RFC 1996, section 3.7). */
    readonly serial: number | undefined
  }
}

/**
 * What a message means for a zone, first row that applies (RFC 1996, section 3; RFC 8945, section 5.2). Pure.
 *
 *     no message, no request, no NOTIFY, another zone   undefined
 *     a TSIG record that is malformed                   FORMERR
 *     signed, but not with the key of the source        NOTAUTH, and the error of TSIG
 *     signed with it, from one of the servers           NOERROR, look at that server
 *     signed with it, from elsewhere                    NOERROR, look at all of them
 *     from one of the servers                           NOERROR, look at that server
 *     anything else                                     REFUSED
 */
export const decideNotify = (
  bytes: Buffer,
  peer: string,
  { zone, tsig, servers }: NotifyTerms,
  nowSeconds: number,
): NotifyVerdict | undefined => {
  const request = readNotify(bytes)
  if (request?.zone !== zone) return undefined
  const { message } = request
  const code = (rcode: number): Buffer => encodeCodeAnswer(message, rcode)
  try {
    const signature = verifyRequest(bytes, message, tsig === undefined ? [] : [tsig], nowSeconds)
    if (!signature.ok) return { answer: answerBadSignature(code(RCODE.NOTAUTH), signature, nowSeconds) }
    const sign = answerSigner(signature)
    const address = canonicalIpAddress(peer.replace(/^::ffff:/, ''))
    const senders = servers.filter(({ addresses }) => addresses.some(each => each === address))
    if (senders.length === 0 && signature.key === undefined) return { answer: code(RCODE.REFUSED) }
    const asked = (senders.length === 0 ? servers : senders).map(({ server }) => server)
    return {
      answer: sign(code(RCODE.NOERROR), nowSeconds),
      look: { servers: asked, serial: hintOf(bytes, message, zone) },
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { answer: code(RCODE.FORMERR) }
  }
}

/** Somebody who may be told that a zone has changed; gives the answer, or undefined where it is none of theirs. */
export type Notified = { readonly notify: (bytes: Buffer, peer: string) => Buffer | undefined }

/**
 * Hands a message to whoever follows its zone: the answer of one that takes it, else of the first that does not, NOTAUTH where
 * nobody follows the zone; undefined for what is no NOTIFY. `peer` is an address without a port.
 */
export const answerNotify = (
  bytes: Buffer,
  peer: string,
  followed: readonly Notified[],
): Buffer | undefined => {
  const request = readNotify(bytes)
  if (request === undefined) return undefined
  if (request.zone === undefined) return encodeCodeAnswer(request.message, RCODE.FORMERR)
  const answers = followed.map(({ notify }) => notify(bytes, peer)).filter(answer => answer !== undefined)
  const taken = answers.find(answer => decodeMessage(answer).rcode === RCODE.NOERROR)
  return taken ?? answers[0] ?? encodeCodeAnswer(request.message, RCODE.NOTAUTH)
}

type NotifyRequest = {
  readonly message: Message<PlacedRecord>
  /** Folded; undefined where the message does not ask about the SOA of one zone. */
  readonly zone: string | undefined
}

const SOA = recordType('SOA')

const readNotify = (bytes: Buffer): NotifyRequest | undefined => {
  const message = tryDecode(bytes)
  if (message === undefined || message.isResponse || message.opcode !== OPCODE.notify) return undefined
  const [question, ...others] = message.questions
  const isSound = question?.type === SOA && question.dnsClass === DNS_CLASS.in && others.length === 0
  return { message, zone: isSound ? foldDnsName(question.name) : undefined }
}

const tryDecode = (bytes: Buffer): Message<PlacedRecord> | undefined => {
  try {
    return decodeMessage(bytes)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return undefined
  }
}

const hintOf = (bytes: Buffer, { answers }: Message<PlacedRecord>, zone: string): number | undefined => {
  const record = answers.find(({ type, owner }) => type === SOA && foldDnsName(owner) === zone)
  const rdata = record && decodeRdata(bytes, record)
  return rdata?.kind === 'soa' ? rdata.serial : undefined
}
