import { randomInt } from 'node:crypto'
import { connect } from 'node:net'
import type { ServerAddress } from '../model/server-address.ts'
import type { TsigKey } from '../model/tsig-key.ts'
import { decodeMessage, type Message, type PlacedRecord } from '../wire/dns/message.ts'
import { formatRcode } from '../wire/dns/rcode.ts'
import { frameMessage, takeMessages } from '../wire/dns/stream.ts'
import { signMessage, type Verdict, verifyMessage } from '../wire/dns/tsig.ts'
import { WireError } from '../wire/wire-error.ts'
import { explainRcode } from './dns-refusal.ts'

/** The server that a zone is changed at, and the key that both sides share. */
export type DnsConnection = {
  readonly server: ServerAddress
  readonly key?: TsigKey | undefined
  /** It fetches for others what it does not know. */
  readonly isResolver?: boolean
  readonly timeoutMs?: number
  /** Milliseconds since 1970, for TSIG. */
  readonly now?: () => number
}

/** The answer to one message, or in one line why there is none that can be believed. */
export type DnsReply =
  | { readonly kind: 'answer'; readonly bytes: Buffer; readonly message: Message<PlacedRecord> }
  /** The signature of one side was not accepted. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** Nobody knows what the server did with the message. */
  | { readonly kind: 'silent'; readonly reason: string }

const TIMEOUT_MS = 5000

/**
 * Sends one message over TCP, signed where there is a key, and checks id, opcode and
 * signature of the answer. `encode` is given the random id of the message.
 */
export const transact = async (
  connection: DnsConnection,
  encode: (id: number) => Buffer,
  signal: AbortSignal,
): Promise<DnsReply> => {
  const { key, now = Date.now } = connection
  const plain = encode(randomInt(0x10000))
  const signed = key && signMessage(plain, key, Math.floor(now() / 1000))
  let bytes: Buffer
  try {
    bytes = await exchange(connection, signed?.bytes ?? plain, signal)
  } catch (error) {
    signal.throwIfAborted()
    return { kind: 'silent', reason: reasonOf(error) }
  }
  try {
    const message = decodeMessage(bytes)
    const asked = decodeMessage(plain)
    if (message.id !== asked.id || !message.isResponse || message.opcode !== asked.opcode) {
      return { kind: 'silent', reason: 'the answer is to another message' }
    }
    if (key === undefined || signed === undefined) return { kind: 'answer', bytes, message }
    const verdict = verifyMessage(bytes, key, Math.floor(now() / 1000), { previousMac: signed.mac })
    if (verdict.ok) return { kind: 'answer', bytes, message }
    return { kind: 'rejected', reason: rejection(verdict, formatRcode(message.rcode)) }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { kind: 'silent', reason: `the answer is malformed: ${error.message}` }
  }
}

/** A refusal that is not signed may be anybody's; it is told, and believed as little as a consent. */
const rejection = ({ kind, text }: Extract<Verdict, { ok: false }>, rcode: string): string => {
  if (kind === 'malformed') return text
  if (kind !== 'unsigned') return `${kind} (${text})`
  return rcode === 'NOERROR' ? text : `${rcode} (${text}, so it may be another's: ${explainRcode(rcode)})`
}

const exchange = async (
  { server, timeoutMs = TIMEOUT_MS }: DnsConnection,
  message: Buffer,
  signal: AbortSignal,
): Promise<Buffer> => {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const socket = connect(server.port, server.host)
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs)
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  let received: Buffer = Buffer.alloc(0)
  socket.on('error', reject)
  socket.on('close', () => reject(new Error('the server closed the connection without an answer')))
  socket.on('data', bytes => {
    const { messages, rest } = takeMessages(Buffer.concat([received, bytes]))
    received = rest
    if (messages[0] !== undefined) resolve(messages[0])
  })
  socket.write(frameMessage(message))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    socket.destroy()
  }
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  return code === 'ECONNREFUSED' ? 'nothing listens there (ECONNREFUSED)' : code || error.message
}
