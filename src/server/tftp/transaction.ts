import { quote } from '../../model/grammar.ts'
import type { Negotiated } from '../../wire/tftp/options.ts'
import type { RequestPacket } from '../../wire/tftp/packet.ts'
import type { TransferEnd } from '../../wire/tftp/transfer.ts'
import type { WireError } from '../../wire/wire-error.ts'
import type { Transaction } from '../transaction.ts'
import type { Peer } from './transfer.ts'

/** What a line says of every request that could be read: what was asked, and by whom. */
export const requestLine = (
  { kind, filename, mode }: RequestPacket,
  peer: Peer,
  outcome: Transaction['outcome'],
  reason: string,
): Transaction => ({
  ...tftpLine(peer, kind === 'read-request' ? 'RRQ' : 'WRQ', outcome),
  text: `${quote(filename)} ${quote(mode)}: ${reason}`,
})

/** The line of a transfer that ended. */
export const transferLine = (
  { filename, mode }: RequestPacket,
  peer: Peer,
  { blockSize, windowSize }: Pick<Negotiated, 'blockSize' | 'windowSize'>,
  end: TransferEnd,
  sentBytes: number,
): Transaction => {
  const sent = `${sentBytes} octets, blksize ${blockSize}, windowsize ${windowSize}`
  const { outcome, reason } = endOf(end)
  const text = [`${quote(filename)} ${mode}`, sent, ...reason].join(', ')
  return { ...tftpLine(peer, 'RRQ', outcome), text, sentBytes }
}

/** The line of a packet that is none. */
export const malformedLine = (peer: Peer, { message }: WireError): Transaction => ({
  ...tftpLine(peer, 'packet', 'malformed'),
  text: message,
})

const tftpLine = ({ address }: Peer, request: string, outcome: string): Omit<Transaction, 'text'> => ({
  protocol: 'tftp',
  client: address,
  request,
  outcome,
})

const endOf = (end: TransferEnd): { readonly outcome: string; readonly reason: readonly string[] } => {
  switch (end.kind) {
    case 'complete':
      return { outcome: 'served', reason: [] }
    case 'aborted':
      return { outcome: 'aborted', reason: [`by the client: ${end.code} ${quote(end.message)}`] }
    case 'unanswered':
      return { outcome: 'failed', reason: ['the client answers no more'] }
    case 'unreadable':
      return { outcome: 'failed', reason: [end.message] }
  }
}
