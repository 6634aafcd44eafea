import type { Socket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import type { ServerAddress } from '../../model/server-address.ts'
import { decodePacket } from '../../wire/tftp/packet.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { Report } from '../transaction.ts'
import { bindUdp, readLocalAddresses } from '../udp-listen.ts'
import { type Admission, admission } from './admit.ts'
import { type AnswerContext, answerRequest } from './answer-request.ts'
import { TFTP_LIMITS, type TftpLimits } from './limits.ts'
import type { Served } from './open-content.ts'
import { malformedLine, requestLine } from './transaction.ts'
import type { Peer } from './transfer.ts'

/** What a TFTP server is started with. */
export type TftpServerOptions = Served & {
  /** For 0.0.0.0 and :: each address of this machine is listened at by itself; port 0 is any free one. */
  readonly listen: ServerAddress
  readonly report: Report
  readonly limits?: Partial<TftpLimits>
}

/** A running TFTP server. */
export type TftpServer = {
  /** Where it listens; of several addresses the first. */
  readonly address: ServerAddress
  /** Takes no more requests, and resolves when the transfers in flight have ended; after `closeMs` they are cut. */
  readonly close: () => Promise<void>
}

/**
 * Serves files by TFTP, read-only (RFC 1350, RFC 2347 to 2349, RFC 7440, RFC 1123). Once it listens it needs no
 * privilege. Rejects with `EnvironmentError` where it cannot listen.
 */
export const openTftpServer = async (options: TftpServerOptions): Promise<TftpServer> => {
  const limits = { ...TFTP_LIMITS, ...options.limits }
  const context = { ...options, limits }
  const admitted = admission(limits)
  const listeners = await listenAt(options.listen)
  for (const listener of listeners) {
    listener.on('message', (bytes, peer) => takePacket(listener, bytes, peer, admitted, context))
    // An answer that could not be sent: the client asks again.
    listener.on('error', () => undefined)
  }
  const { address, port } = (listeners[0] as Socket).address()
  const close = async (): Promise<void> => {
    for (const listener of listeners) listener.removeAllListeners('message')
    const waiting = new AbortController()
    await Promise.race([
      admitted.whenIdle(),
      delay(limits.closeMs, undefined, { signal: waiting.signal }).then(
        () => admitted.endAll('the server stops'),
        () => undefined,
      ),
    ])
    waiting.abort()
    for (const listener of listeners) listener.close()
  }
  let closing: Promise<void> | undefined
  return {
    address: { host: address, port },
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** What comes to a listener: a request is answered or dropped, anything else is told in a line. */
const takePacket = (
  listener: Socket,
  bytes: Buffer,
  peer: Peer,
  { admit, release }: Admission,
  context: AnswerContext,
): void => {
  try {
    const request = decodePacket(bytes)
    if (request.kind !== 'read-request' && request.kind !== 'write-request') {
      throw new WireError(`${request.kind} is no request`, 0)
    }
    const answering = admit(peer, bytes)
    if (answering === undefined) return
    if (typeof answering === 'string') context.report(requestLine(request, peer, 'ignored', answering))
    else void answerRequest(listener, request, answering, context).then(() => release(answering))
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    context.report(malformedLine(peer, error))
  }
}

/** One socket for each address, on the same port; all or none. */
const listenAt = async ({ host, port }: ServerAddress): Promise<readonly Socket[]> => {
  const listeners: Socket[] = []
  try {
    for (const address of readLocalAddresses(host)) {
      const listener = await bindUdp({ host: address, port: listeners[0]?.address().port ?? port })
      listeners.push(listener)
    }
  } catch (error) {
    for (const listener of listeners) listener.close()
    throw error
  }
  return listeners
}
