import type { TsigKey } from '../../model/tsig-key.ts'
import { encodeCodeAnswer } from '../../wire/dns/code-answer.ts'
import { decodeMessage, type Message, type PlacedRecord } from '../../wire/dns/message.ts'
import { EDNS_OCTETS } from '../../wire/dns/query.ts'
import { RCODE } from '../../wire/dns/rcode.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import {
  answerBadSignature,
  answerSigner,
  formatSignatureFault,
  verifyRequest,
} from '../../wire/dns/tsig-answer.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { PublishedZone } from './published-zone.ts'
import { blankView, type QueryKind, type QueryView, readQuery } from './query-view.ts'
import { codeReply, type Reply, replyTo } from './reply.ts'
import type { TransferOut } from './transfer-out.ts'
import { writeCode, writeReply } from './write-reply.ts'

/** Who asks, and how. */
export type Asker = {
  /** Over TCP. */
  readonly isStream: boolean
  /** Its address. */
  readonly client: () => string
}

/** What an answer is made from. */
export type AnswerOptions = {
  /** Undefined until there are lists. */
  readonly zone: () => PublishedZone | undefined
  readonly keys: readonly TsigKey[]
  /** Seconds since 1970, for TSIG. */
  readonly nowSeconds: () => number
  /** Answers NOTIFY (RFC 1996); without it that is not implemented. */
  readonly notify?: ((bytes: Buffer, client: string) => Buffer | undefined) | undefined
  /** Answers IXFR over UDP; without it transfers are refused. */
  readonly transfers?: Pick<TransferOut, 'answerDatagram'> | undefined
}

/** What became of a message. There is one for all, written over by the next. */
export type Answered = {
  /** `transfer` is for whoever writes transfers to streams; the message stands as it came. */
  kind: 'answer' | 'drop' | 'transfer'
  /** Of the answer. */
  octets: number
  isNotify: boolean
  /** What was asked for; 0 where no question could be read. */
  type: number
  /** Behind the question of the answer; 12 where it has none. */
  questionEnd: number
  rcode: number
  /** A number that alike answers share, for a limit of their rate; undefined for one that was signed. */
  likeness: number | undefined
  /** For a line of the log: why the signature of the query does not count. */
  fault: string
}

/**
 * Makes the answer of a message in its place. `octets` has room for the largest answer: 65,535 octets over TCP, 1232 over UDP,
 * and at least as many as came.
 */
export type Answerer = (octets: Buffer, length: number, asker: Asker) => Readonly<Answered>

/** Over UDP without EDNS (RFC 1035, section 4.2.1). */
const PLAIN_UDP_OCTETS = 512
const TCP_OCTETS = 65_535
const HEADER_OCTETS = 12
/** So little that nothing fits but the question: the client comes again over TCP. */
const NOTHING_FITS = 0

/** Of all answers to NOTIFY; codes are below. */
const NOTIFY_LIKENESS = 0x100

const AXFR = recordType('AXFR')
const IXFR = recordType('IXFR')

/**
 * Answers with authority what is in the zone, and refuses the rest. A plain question is answered from where it stands, and its
 * answer is copied there; only what is signed or asks for a transfer is decoded.
 *
 *     message           over UDP                          over TCP
 *     NOTIFY            handed on                         handed on
 *     malformed         FORMERR                           FORMERR
 *     another opcode    NOTIMP                            NOTIMP
 *     AXFR              FORMERR (RFC 5936, section 4.2)   handed on
 *     IXFR              handed on: our serial             handed on
 *     a wrong TSIG      NOTAUTH (RFC 8945, section 5.2)   NOTAUTH
 *     a query           what `replyTo` says
 */
export const answerer = (options: AnswerOptions): Answerer => {
  const work: Work = { options, view: blankView(), answered: blankAnswered() }
  return (octets, length, asker) => {
    Object.assign(work.answered, blankAnswered())
    const kind = readQuery(octets, length, work.view)
    try {
      return answerKind(kind, octets, length, asker, work)
    } catch (error) {
      // What is decoded whole may have faults where a plain question is not looked at.
      if (!(error instanceof WireError)) throw error
      return code(work, octets, RCODE.FORMERR)
    }
  }
}

/** What is the same for all messages. */
type Work = { readonly options: AnswerOptions; readonly view: QueryView; readonly answered: Answered }

const answerKind = (kind: QueryKind, octets: Buffer, length: number, asker: Asker, work: Work): Answered => {
  const { notify } = work.options
  switch (kind) {
    case 'drop':
      return done(work, 'drop', 0, 0)
    case 'malformed':
      return code(work, octets, RCODE.FORMERR)
    case 'not-implemented':
      return code(work, octets, RCODE.NOTIMP)
    case 'notify':
      if (notify === undefined) return code(work, octets, RCODE.NOTIMP)
      work.answered.isNotify = true
      work.answered.likeness = NOTIFY_LIKENESS
      return copied(work, octets, notify(Buffer.from(octets.subarray(0, length)), asker.client()))
    case 'query':
      return answerQuery(octets, length, asker, work)
  }
}

const answerQuery = (octets: Buffer, length: number, asker: Asker, work: Work): Answered => {
  const { view, answered, options } = work
  const { zone, transfers } = options
  answered.type = view.type
  answered.questionEnd = view.questionEnd
  const most = asker.isStream ? TCP_OCTETS : mostOverUdp(view)
  const isTransfer = view.type === AXFR || view.type === IXFR
  if (!isTransfer && !view.hasTsig) return replied(work, octets, replyTo(view, zone()), most)
  if (isTransfer && transfers === undefined) return replied(work, octets, codeReply(RCODE.REFUSED), most)
  if (isTransfer && asker.isStream) return done(work, 'transfer', 0, 0)
  if (view.type === AXFR) return replied(work, octets, codeReply(RCODE.FORMERR), most)
  const bytes = Buffer.from(octets.subarray(0, length))
  const message = decodeMessage(bytes)
  if (isTransfer) return copied(work, octets, transfers?.answerDatagram(bytes, message, asker.client()))
  const signed = answerSigned(octets, { bytes, message, view, most }, options)
  answered.fault = signed.fault
  answered.likeness = signed.fault === '' ? undefined : RCODE.NOTAUTH
  return copied(work, octets, signed.answer)
}

const done = ({ answered }: Work, kind: Answered['kind'], octets: number, rcode: number): Answered => {
  answered.kind = kind
  answered.octets = octets
  answered.rcode = rcode
  return answered
}

const copied = (work: Work, octets: Buffer, answer: Buffer | undefined): Answered => {
  if (answer === undefined || answer.length > octets.length) return done(work, 'drop', 0, 0)
  return done(work, 'answer', answer.copy(octets), (answer[3] as number) & 0xf)
}

const code = (work: Work, octets: Buffer, rcode: number): Answered => {
  work.answered.likeness = rcode
  return done(work, 'answer', writeCode(octets, rcode), rcode)
}

const replied = (work: Work, octets: Buffer, reply: Reply, most: number): Answered => {
  work.answered.likeness = likenessOf(work.view, reply)
  return done(work, 'answer', writeReply(octets, work.view, reply, most), reply.rcode)
}

const blankAnswered = (): Answered => ({
  kind: 'drop',
  octets: 0,
  isNotify: false,
  type: 0,
  questionEnd: HEADER_OCTETS,
  rcode: 0,
  likeness: undefined,
  fault: '',
})

const mostOverUdp = ({ ednsOctets = 0 }: QueryView): number =>
  Math.min(EDNS_OCTETS, Math.max(PLAIN_UDP_OCTETS, ednsOctets))

/** Whatever name is asked for that does not exist, the answer is one; so is every refusal of one kind. */
const likenessOf = ({ nameHash, type }: QueryView, { rcode }: Reply): number =>
  rcode === RCODE.NOERROR ? Math.imul(nameHash ^ type, 0x9e3779b1) : rcode

type SignedQuery = {
  readonly bytes: Buffer
  readonly message: Message<PlacedRecord>
  readonly view: QueryView
  readonly most: number
}

/** The answer of a query that is signed, written into `octets` before it is signed; `fault` says why the signature does not count. */
const answerSigned = (
  octets: Buffer,
  { bytes, message, view, most }: SignedQuery,
  { keys, nowSeconds, zone }: AnswerOptions,
): { readonly answer: Buffer; readonly fault: string } => {
  const now = nowSeconds()
  const signature = verifyRequest(bytes, message, keys, now)
  if (!signature.ok) {
    const refusal = encodeCodeAnswer(message, RCODE.NOTAUTH)
    return { answer: answerBadSignature(refusal, signature, now), fault: formatSignatureFault(signature) }
  }
  const reply = replyTo(view, zone())
  const within = (room: number): Buffer =>
    answerSigner(signature)(octets.subarray(0, writeReply(octets, view, reply, room)), now)
  const whole = within(most)
  return { answer: whole.length <= most ? whole : within(NOTHING_FITS), fault: '' }
}
