import type { CountSteps } from '../model/steps.ts'
import { fromNetascii, toNetascii } from '../wire/tftp/netascii.ts'
import { type Negotiated, negotiateOptions } from '../wire/tftp/options.ts'
import { decodePacket, encodePacket, type OptionsPacket, type TftpPacket } from '../wire/tftp/packet.ts'
import {
  startTransfer,
  stepTransfer,
  type TransferAction,
  type TransferState,
} from '../wire/tftp/transfer.ts'
import { WireError } from '../wire/wire-error.ts'
import { capturedTftp } from './captured-packets.ts'
import type { FuzzTarget } from './fuzz.ts'
import { blocksOf } from './tftp-network.ts'

const WINDOW_SIZE = 4
const BLOCK_SIZE = 8
const FILE = Buffer.alloc(1000)

/** A transfer whose first window is sent, and that has read the second. */
const UNDER_WAY: TransferState = stepTransfer(
  startTransfer({ blockSize: BLOCK_SIZE, windowSize: WINDOW_SIZE, accepted: new Map(), mostTimeouts: 3 })
    .state,
  { kind: 'blocks-read', payloads: blocksOf(FILE, BLOCK_SIZE, 1, 2 * WINDOW_SIZE) },
).state

/** Begins a transfer as it was negotiated, up to its first window. */
const answer = ({ blockSize, windowSize, accepted }: Negotiated): void => {
  if (!(blockSize >= 8 && blockSize <= 65_464)) throw new Error(`blocks of ${blockSize} octets`)
  if (!(windowSize >= 1 && windowSize <= 64)) throw new Error(`windows of ${windowSize} blocks`)
  let step = startTransfer({ blockSize, windowSize, accepted, mostTimeouts: 3 })
  if (step.state.isNegotiating) {
    const { packet } = step.actions[0] as Extract<TransferAction, { kind: 'send' }>
    const { kind, options } = decodePacket(encodePacket(packet)) as OptionsPacket
    if (kind !== 'options-ack' || options.size !== accepted.size) throw new Error('OACK is another one')
    step = stepTransfer(step.state, { kind: 'ack', block: 0 })
  }
  const payloads = blocksOf(FILE, blockSize, 1, 2 * windowSize)
  const { actions } = stepTransfer(step.state, { kind: 'blocks-read', payloads })
  const sent = actions.filter(({ kind }) => kind === 'send').length
  if (sent !== Math.min(windowSize, payloads.length)) throw new Error(`${sent} blocks in a window`)
}

/** Does with a packet what a server does. */
const takePacket = (packet: TftpPacket, count: CountSteps): void => {
  switch (packet.kind) {
    case 'read-request':
    case 'write-request':
    case 'options-ack':
      answer(negotiateOptions(packet.options, FILE.length))
      return
    case 'data': {
      count(packet.payload.length)
      const { octets, endsInCr } = fromNetascii(toNetascii(packet.payload))
      if (endsInCr || !octets.equals(packet.payload)) throw new Error('netascii loses octets')
      return
    }
    case 'ack':
    case 'error': {
      const { actions } = stepTransfer(UNDER_WAY, packet)
      if (actions.length > WINDOW_SIZE + 1) throw new Error(`${actions.length} packets for one`)
    }
  }
}

const PACKETS: readonly TftpPacket[] = [
  {
    kind: 'read-request',
    filename: 'snponly.efi',
    mode: 'octet',
    options: new Map([
      ['tsize', '0'],
      ['blksize', '1468'],
      ['windowsize', '4'],
    ]),
  },
  { kind: 'read-request', filename: 'grub/grub.cfg', mode: 'netascii', options: new Map([['timeout', '2']]) },
  { kind: 'write-request', filename: 'a', mode: 'mail', options: new Map() },
  { kind: 'data', block: 1, payload: Buffer.from('a line\r\nand \r\0 another\n') },
  ...[0, 1, 3, WINDOW_SIZE, 0xffff].map((block): TftpPacket => ({ kind: 'ack', block })),
  { kind: 'error', code: 8, message: 'User aborted the transfer' },
  { kind: 'options-ack', options: new Map([['blksize', '1468']]) },
]

/** Both requests of OVMF, its abort, what it was answered, the first blocks and their ACKs. */
const CAPTURED = capturedTftp().slice(0, 12)

/** Whatever comes to the port of a TFTP server, and what it does next. */
export const tftpPackets: FuzzTarget = {
  corpus: [...PACKETS.map(encodePacket), ...CAPTURED],
  longCount: 5_000_000,
  mostMs: 10,
  words: [
    ...'blksize windowsize timeout tsize BLKSIZE octet netascii ../ 65464 65535 -1 1e3 99999999999999999999'
      .split(' ')
      .map(word => `${word}\0`),
    ...['\0', '\0\0', '\0\x01', '\0\x02', '\0\x03', '\0\x04', '\0\x05', '\0\x06', '\xff\xff', '\r', '\r\0'],
  ],
  /** A packet is gone through once, NULs behind its options twice: 1 seen. */
  mostSteps: 2,
  attempt: (input, count) => {
    try {
      const packet = decodePacket(input, count)
      takePacket(packet, count)
      const again = encodePacket(packet)
      // An octet that is not UTF-8 is read as U+FFFD, which has three.
      if (again.length > 3 * input.length + 2) throw new Error('a packet grows by what it says')
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
  },
}
