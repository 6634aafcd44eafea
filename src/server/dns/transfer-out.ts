import type { Socket } from 'node:net'
import type { TsigKey } from '../../model/tsig-key.ts'
import { encodeCodeAnswer, hasEdns } from '../../wire/dns/code-answer.ts'
import type { Message, PlacedRecord, Question, WireRecord } from '../../wire/dns/message.ts'
import { RCODE } from '../../wire/dns/rcode.ts'
import { formatRecordType } from '../../wire/dns/record-type.ts'
import { frameMessage } from '../../wire/dns/stream.ts'
import { transferMessages } from '../../wire/dns/transfer-messages.ts'
import { MOST_SIGNATURE_OCTETS } from '../../wire/dns/tsig-answer.ts'
import { printable, type Report, toClient } from '../transaction.ts'
import { fewReports } from './few-reports.ts'
import { accessOf, type Secondary } from './secondary.ts'
import { type ReaderPatience, writeMessages } from './stream-write.ts'
import { type JournalBounds, transferJournal } from './transfer-journal.ts'
import { judgeTransfer, type TransferQuery, type TransferVerdict } from './transfer-verdict.ts'
import type { TransferableZone } from './zone-change.ts'

/** What transfers may cost. */
export type TransferLimits = ReaderPatience & {
  /** At once, to all secondaries; one more is answered with SERVFAIL, and asked for again later. */
  readonly transfers: number
  readonly journal: JournalBounds
}

/** For a dozen secondaries of a hundred thousand hosts. */
export const TRANSFER_LIMITS: TransferLimits = {
  idleMs: 30_000,
  totalMs: 1_800_000,
  transfers: 16,
  journal: { changes: 10_000, octets: 16 * 1024 * 1024 },
}

const REFUSALS_A_SECOND = 10

/** What is transferred, to whom. */
export type TransferOutOptions = {
  readonly zone: TransferableZone
  /** Whoever signs with one of them may have the zone. */
  readonly keys: readonly TsigKey[]
  /** Those without a key may have it by their address. */
  readonly secondaries: readonly Secondary[]
  /** Told of each transfer, and of a few refusals a second. */
  readonly report: Report
  /** Milliseconds since 1970, for TSIG. */
  readonly now?: () => number
  readonly limits?: Partial<TransferLimits>
}

/** Answers the questions that `isTransferQuestion` is true of. */
export type TransferOut = {
  /** Over TCP: writes the answer, or cuts the connection. Resolves when it is written; does not reject. */
  readonly answerStream: (bytes: Buffer, message: Message<PlacedRecord>, socket: Socket) => Promise<void>
  /** Over UDP: our serial, which sends the client on to TCP (RFC 1995, section 2), or a refusal, which nobody is told of. */
  readonly answerDatagram: (bytes: Buffer, message: Message<PlacedRecord>, client: string) => Buffer
  /** Cuts what is under way. */
  readonly close: () => Promise<void>
}

type Sending = Extract<TransferVerdict, { kind: 'send' }>

/** Gives the zone to its secondaries, and keeps its changes for them from now on. */
export const openTransferOut = (options: TransferOutOptions): TransferOut => {
  const { zone, keys, secondaries, report, now = Date.now } = options
  const limits = { ...TRANSFER_LIMITS, ...options.limits }
  const journal = transferJournal(limits.journal)
  const policy = { zone, journal, access: accessOf(keys, secondaries) }
  const forget = zone.onChange(journal.add)
  const closing = new AbortController()
  const running = new Set<Promise<void>>()
  const reportRefusal = fewReports(report, REFUSALS_A_SECOND, () => performance.now())
  const seconds = (): number => Math.floor(now() / 1000)

  const send = async (query: TransferQuery, sending: Sending, socket: Socket): Promise<void> => {
    const { serial, form, key, records } = sending
    const messages = signedMessages(query, sending, records(), seconds)
    const text = `serial ${serial} ${form}${key === undefined ? '' : ` key ${key.name}`}`
    try {
      const sentBytes = await writeMessages(socket, messages, limits, closing.signal)
      report(transferLine(query, 'served', text, sentBytes))
    } catch (error) {
      socket.destroy()
      const reason = error instanceof Error ? error.message : String(error)
      report(transferLine(query, 'failed', `${text}: ${reason}`))
    }
  }
  const answerStream: TransferOut['answerStream'] = async (bytes, message, socket) => {
    const query = { bytes, message, client: toClient(socket.remoteAddress) }
    const verdict = judgeTransfer(query, policy, seconds())
    if (verdict.kind === 'refuse') {
      reportRefusal(transferLine(query, 'refused', verdict.why))
      socket.write(frameMessage(verdict.answer))
    } else if (running.size >= limits.transfers) {
      reportRefusal(transferLine(query, 'refused', `SERVFAIL: ${running.size} transfers are under way`))
      socket.write(frameMessage(verdict.sign(encodeCodeAnswer(message, RCODE.SERVFAIL), seconds())))
    } else {
      const sent = send(query, verdict, socket)
      running.add(sent)
      await sent.finally(() => running.delete(sent))
    }
  }
  return {
    answerStream,
    answerDatagram: (bytes, message, client) => {
      const query = { bytes, message, client }
      const verdict = judgeTransfer(query, policy, seconds())
      if (verdict.kind === 'refuse') return verdict.answer
      const [answer] = signedMessages(query, verdict, [zone.soa().record], seconds)
      return answer as Buffer
    },
    close: async () => {
      forget()
      closing.abort()
      await Promise.all(running)
    },
  }
}

/** The messages of a transfer, each made and signed when it is asked for. */
const signedMessages = function* (
  { message }: TransferQuery,
  { sign, key }: Pick<Sending, 'sign' | 'key'>,
  records: Iterable<WireRecord>,
  seconds: () => number,
): Generator<Buffer, void> {
  const { id, recursionDesired } = message
  const question = message.questions[0] as Question
  const asked = { id, recursionDesired, question, edns: hasEdns(message) }
  for (const bytes of transferMessages(asked, records, key === undefined ? 0 : MOST_SIGNATURE_OCTETS)) {
    yield sign(bytes, seconds())
  }
}

const transferLine = (
  { message, client }: TransferQuery,
  outcome: string,
  text: string,
  sentBytes?: number,
): Parameters<Report>[0] => ({
  protocol: 'dns',
  client,
  request: formatRecordType(message.questions[0]?.type ?? 0),
  outcome,
  text: printable(text),
  ...(sentBytes === undefined ? {} : { sentBytes }),
})
