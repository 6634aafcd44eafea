import { createSocket } from 'node:dgram'
import type { TsigKey } from '../../model/tsig-key.ts'
import { decodeMessage, OPCODE } from '../../wire/dns/message.ts'
import { formatRcode, RCODE } from '../../wire/dns/rcode.ts'
import { signMessage, verifyMessage } from '../../wire/dns/tsig.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { Secondary } from './secondary.ts'

/** A NOTIFY to one secondary. */
export type NotifyExchange = {
  readonly secondary: Secondary
  /** Not yet signed. */
  readonly message: Buffer
  /** The address that it leaves from; any where it is left out. */
  readonly localAddress?: string | undefined
  /** How long an answer is waited for after each time that it was sent. */
  readonly waitsMs: readonly number[]
  readonly nowSeconds: number
  readonly signal: AbortSignal
}

/** Gives undefined once the secondary has acknowledged it, else why it did not: at once where it says so, after the last wait where it is silent. Does not reject. */
export const exchangeNotify = (exchange: NotifyExchange): Promise<string | undefined> => {
  const { secondary, message, localAddress, waitsMs, nowSeconds, signal } = exchange
  const { server, key } = secondary
  const signed = key && signMessage(message, key, nowSeconds)
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const socket = createSocket(server.host.includes(':') ? 'udp6' : 'udp4')
  let fault = 'no answer'
  let timer: NodeJS.Timeout | undefined
  const send = ([waitMs, ...others]: readonly number[]): void => {
    if (waitMs === undefined) {
      // A program that was busy runs its timers before it reads what has come in time.
      setImmediate(() => resolve(fault))
      return
    }
    socket.send(signed?.bytes ?? message, error => {
      if (error) fault = error.message
    })
    timer = setTimeout(send, waitMs, others)
  }
  const onAbort = (): void => resolve('the server stops')
  signal.addEventListener('abort', onAbort, { once: true })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    fault = error.code === 'ECONNREFUSED' ? 'nothing listens there (ECONNREFUSED)' : error.message
  })
  socket.on('message', bytes => {
    const answer = readAnswer(bytes, message, { key, mac: signed?.mac, nowSeconds })
    if (answer?.kind === 'code')
      resolve(answer.rcode === RCODE.NOERROR ? undefined : formatRcode(answer.rcode))
    // Anybody may have sent it: the right one may yet come.
    else if (answer !== undefined) fault = answer.why
  })
  // Connected, so that only answers of the secondary come in.
  socket.on('connect', () => send(waitsMs))
  socket.bind({ address: localAddress, port: 0 }, () => socket.connect(server.port, server.host))
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    socket.close()
  })
}

type Answer =
  | { readonly kind: 'code'; readonly rcode: number }
  | { readonly kind: 'unbelieved'; readonly why: string }

/** What a datagram of the secondary says; undefined for one that is no answer to our message. */
const readAnswer = (
  bytes: Buffer,
  sent: Buffer,
  { key, mac, nowSeconds }: { key: TsigKey | undefined; mac: Buffer | undefined; nowSeconds: number },
): Answer | undefined => {
  try {
    const { id, isResponse, opcode, rcode } = decodeMessage(bytes)
    if (id !== sent.readUInt16BE(0) || !isResponse || opcode !== OPCODE.notify) return undefined
    const verdict = key && mac && verifyMessage(bytes, key, nowSeconds, { previousMac: mac })
    return verdict?.ok === false ? { kind: 'unbelieved', why: verdict.text } : { kind: 'code', rcode }
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}
