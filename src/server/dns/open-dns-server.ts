import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { ServerAddress } from '../../model/server-address.ts'
import { decodeMessage } from '../../wire/dns/message.ts'
import { formatRcode, RCODE } from '../../wire/dns/rcode.ts'
import { formatRecordType } from '../../wire/dns/record-type.ts'
import type { AnswerInPlace } from '../datagram.ts'
import { type Report, toClient } from '../transaction.ts'
import { type Answered, type Answerer, type AnswerOptions, answerer } from './answer.ts'
import { fewReports } from './few-reports.ts'
import { type Listeners, openListeners } from './open-listeners.ts'
import type { QueryCounts } from './query-counts.ts'
import { networkOf, type RateLimit, rateLimit } from './rate-limit.ts'
import { STREAM_LIMITS, type StreamAnswer, type StreamLimits } from './stream-server.ts'
import type { TransferOut } from './transfer-out.ts'
import { truncateReply } from './write-reply.ts'

/** What a DNS server is started with. */
export type DnsServerOptions = Omit<AnswerOptions, 'transfers'> & {
  /** For 0.0.0.0 and :: each address of this machine is listened at by itself; port 0 is any free one. */
  readonly listen: ServerAddress
  /** Without it transfers are refused. */
  readonly transfers?: Pick<TransferOut, 'answerStream' | 'answerDatagram'> | undefined
  /** Alike answers to one network over UDP; 0 for no limit. */
  readonly responsesPerSecond: number
  readonly counts: QueryCounts
  /** Told what is refused, malformed or not believed, and NOTIFY; a few lines a second. */
  readonly report: Report
  readonly limits?: Partial<StreamLimits>
}

const LINES_A_SECOND = 10

/** Answers by UDP and TCP (RFC 1035, RFC 7766). Once it listens it needs no privilege. Rejects with `EnvironmentError` where it cannot. */
export const openDnsServer = (options: DnsServerOptions): Promise<Listeners> => {
  const report = fewReports(options.report, LINES_A_SECOND, () => performance.now())
  const answer = counted(answerer(options), options.counts, report)
  const limit = rateLimit(options.responsesPerSecond, randomBytes(4).readInt32LE())
  return openListeners(options.listen, {
    datagram: answerDatagrams(answer, limit, options.counts),
    message: answerStreams(answer, options),
    limits: { ...STREAM_LIMITS, ...options.limits },
  })
}

/** Counts what becomes of each message, and tells what an administrator may want to know. */
const counted =
  (answer: Answerer, counts: QueryCounts, report: Report): Answerer =>
  (octets, length, asker) => {
    const answered = answer(octets, length, asker)
    if (answered.kind === 'answer') counts.count(answered.type, answered.rcode)
    const line = lineOf(answered)
    if (line !== undefined) report({ protocol: 'dns', client: asker.client(), ...line })
    return answered
  }

type Line = { readonly request: string; readonly outcome: string; readonly text: string }

/** Undefined for what happens at every moment. */
const lineOf = ({ kind, isNotify, type, rcode, fault }: Answered): Line | undefined => {
  const request = requestOf(isNotify, type)
  if (isNotify) {
    return kind === 'drop'
      ? { request, outcome: 'ignored', text: '' }
      : { request, outcome: 'answered', text: formatRcode(rcode) }
  }
  if (kind !== 'answer' || rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN) return undefined
  const outcome = rcode === RCODE.FORMERR ? 'malformed' : 'refused'
  return { request, outcome, text: fault === '' ? formatRcode(rcode) : `${formatRcode(rcode)}: ${fault}` }
}

const requestOf = (isNotify: boolean, type: number): string => {
  if (isNotify) return 'NOTIFY'
  return type === 0 ? 'OTHER' : formatRecordType(type)
}

const answerDatagrams =
  (answer: Answerer, limit: RateLimit, counts: QueryCounts): AnswerInPlace =>
  (octets, length, sender) => {
    const answered = answer(octets, length, { isStream: false, client: sender.text })
    if (answered.kind !== 'answer') return 0
    if (answered.likeness === undefined) return answered.octets
    const network = networkOf(sender.octets, sender.at(), sender.length())
    const verdict = limit(network, answered.likeness, performance.now())
    if (verdict === 'send') return answered.octets
    counts.countLimited(answered.type)
    return verdict === 'drop' ? 0 : truncateReply(octets, answered.questionEnd)
  }

const answerStreams = (
  answer: Answerer,
  { transfers }: DnsServerOptions,
): ((message: Buffer, socket: Socket) => StreamAnswer) => {
  const room = Buffer.allocUnsafeSlow(65_535)
  return (message, socket) => {
    const client = (): string => toClient(socket.remoteAddress)
    const { kind, octets } = answer(room, message.copy(room), { isStream: true, client })
    if (kind === 'answer') return Buffer.from(room.subarray(0, octets))
    if (kind === 'drop' || transfers === undefined) return 'hang-up'
    return transfers.answerStream(message, decodeMessage(message), socket)
  }
}
