import type { Socket } from 'node:dgram'
import { ERROR_CODE } from '../../wire/tftp/error-code.ts'
import { type Negotiated, negotiateOptions, OPTION_LIMITS } from '../../wire/tftp/options.ts'
import { type ErrorPacket, encodePacket, type RequestPacket } from '../../wire/tftp/packet.ts'
import type { Report } from '../transaction.ts'
import type { Answering } from './admit.ts'
import { readBlocks } from './blocks.ts'
import { type TftpLimits, timeoutsMs } from './limits.ts'
import { type Opened, openContent, type Served } from './open-content.ts'
import { malformedLine, requestLine, transferLine } from './transaction.ts'
import { type Peer, Transfer } from './transfer.ts'
import { openTransferSocket, type TransferSocket } from './transfer-socket.ts'

/** What answers are made of. */
export type AnswerContext = Served & { readonly report: Report; readonly limits: TftpLimits }

/**
 * Answers a request: by an ERROR of the listener, or by a transfer with a socket of its own at the address of the
 * listener. Resolves when that has ended; reports it, and never rejects.
 */
export const answerRequest = async (
  listener: Socket,
  request: RequestPacket,
  answering: Answering,
  context: AnswerContext,
): Promise<void> => {
  const { peer } = answering
  const refuse = (
    { code, message }: Pick<ErrorPacket, 'code' | 'message'>,
    outcome: string,
    reason: string,
  ): void => {
    listener.send(encodePacket({ kind: 'error', code, message }), peer.port, peer.address)
    context.report(requestLine(request, peer, outcome, reason))
  }
  try {
    const opened = await openContent(request, peer.address, context)
    if (opened.kind === 'content') await transfer(listener, request, answering, opened, context)
    else if (!answering.isOver) refuse(opened, opened.kind, opened.reason)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (answering.isOver) return
    refuse({ code: ERROR_CODE.undefined, message: 'the file cannot be read' }, 'failed', reason)
  }
}

const transfer = async (
  listener: Socket,
  request: RequestPacket,
  answering: Answering,
  { content, mode }: Extract<Opened, { kind: 'content' }>,
  { limits, report }: AnswerContext,
): Promise<void> => {
  const { peer } = answering
  if (answering.isOver) return content.close()
  const negotiated = negotiate(request, mode === 'octet' ? content.sizeBytes : undefined, limits)
  const opened = await openSocket(listener, peer, negotiated, content.close)
  const reader = readBlocks(content, mode, negotiated.blockSize)
  return new Promise(resolve => {
    answering.transfer = new Transfer({
      ...opened,
      reader,
      settings: negotiated,
      waitsMs: timeoutsMs(limits, negotiated.timeoutSeconds),
      onMalformed: error => report(malformedLine(peer, error)),
      onEnd: (end, sentBytes) => {
        report(transferLine(request, peer, negotiated, end, sentBytes))
        resolve()
      },
    })
    // Ended while it was opened.
    if (answering.isOver) answering.transfer.fail('the transfer was ended')
  })
}

const negotiate = (
  { options }: RequestPacket,
  sizeBytes: number | undefined,
  { windowBytes }: TftpLimits,
): Negotiated => negotiateOptions(options, sizeBytes, { ...OPTION_LIMITS, windowBytes })

/** A socket at the address that was asked. */
const openSocket = async (
  listener: Socket,
  { address, port }: Peer,
  negotiated: Negotiated,
  onFailure: () => Promise<void>,
): Promise<TransferSocket> => {
  try {
    return await openTransferSocket(listener.address().address, { host: address, port }, negotiated)
  } catch (error) {
    await onFailure()
    throw error
  }
}
