import type { RemoteInfo } from 'node:dgram'
import { encodePieces, HEADER_OCTETS } from '../../wire/tftp/block-room.ts'
import { ERROR_CODE } from '../../wire/tftp/error-code.ts'
import { type BlockPacket, decodePacket, encodePacket, type TftpPacket } from '../../wire/tftp/packet.ts'
import {
  startTransfer,
  stepTransfer,
  type TransferAction,
  type TransferEnd,
  type TransferEvent,
  type TransferSettings,
  type TransferState,
} from '../../wire/tftp/transfer.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { Hear } from '../peer-socket.ts'
import type { BlockReader } from './blocks.ts'
import { ContentError } from './content.ts'
import type { TransferSocket } from './transfer-socket.ts'

/** The other end of a transfer. */
export type Peer = Pick<RemoteInfo, 'address' | 'port'>

/** What a transfer needs; its socket belongs to it alone. */
export type TransferPlan = TransferSocket & {
  readonly reader: BlockReader
  readonly settings: Omit<TransferSettings, 'mostTimeouts'>
  /** How long to wait for an answer, after each time that something was sent in vain. */
  readonly waitsMs: readonly number[]
  /** A packet of the client that is none. */
  readonly onMalformed: (error: WireError) => void
  /** Called once; the socket and the reader are closed then. `sentBytes` are those of the file that the client has. */
  readonly onEnd: (end: TransferEnd, sentBytes: number) => void
}

/** Fewer may come of a busy moment, in which a request that was sent twice is read late. */
const SILENT_TIMEOUTS = 3

/** A transfer in flight: carries out what `stepTransfer` says, with a socket, a reader and a clock, until it ends. */
export class Transfer {
  readonly #plan: TransferPlan
  readonly #packetOctets: number
  #state: TransferState
  #segments: number
  #readBytes = 0
  #timer: NodeJS.Timeout
  /** Timeouts in a row, for which the timer is set. */
  #timeouts = 0

  constructor(plan: TransferPlan) {
    this.#plan = plan
    this.#packetOctets = HEADER_OCTETS + plan.settings.blockSize
    this.#segments = plan.segments
    this.#timer = setTimeout(this.#onTimeout, plan.waitsMs[0])
    plan.socket.listen(this.#onMessage)
    const { state, actions } = startTransfer({ ...plan.settings, mostTimeouts: plan.waitsMs.length - 1 })
    this.#state = state
    this.#carryOut(actions)
  }

  /** Says so to the client, and ends. */
  fail(message: string): void {
    this.#take({ kind: 'read-failed', code: ERROR_CODE.undefined, message })
  }

  /** Ends without a word to the client, which would take it for the answer to what it asks now. */
  drop(message: string): void {
    const end: TransferEnd = { kind: 'unreadable', message }
    this.#state = { ...this.#state, end }
    this.#end(end)
  }

  /** Whether the client was heard of, and then no more for some seconds: it may have begun anew. */
  isSilent(): boolean {
    const { timeouts, acknowledged } = this.#state
    return timeouts >= SILENT_TIMEOUTS && acknowledged > 0
  }

  #take(event: TransferEvent): void {
    const { state, actions } = stepTransfer(this.#state, event)
    this.#state = state
    this.#carryOut(actions)
  }

  #carryOut(actions: readonly TransferAction[]): void {
    const blocks: BlockPacket[] = []
    let hasSent = false
    for (const action of actions) {
      if (action.kind !== 'send') continue
      hasSent = true
      if (action.packet.kind === 'data') blocks.push(action.packet)
      else this.#plan.socket.send(encodePacket(action.packet))
    }
    this.#sendBlocks(blocks)
    if (hasSent) this.#restartTimer()
    for (const action of actions) {
      if (action.kind === 'read') this.#read(action.blocks)
      if (action.kind === 'end') this.#end(action.end)
    }
  }

  /** What cannot be sent is sent again after the timeout, as what was lost is. */
  #sendBlocks(packets: readonly BlockPacket[]): void {
    for (const piece of encodePieces(packets, this.#packetOctets, this.#segments)) {
      if (this.#plan.socket.send(piece) || this.#segments === 1) continue
      // The way out, such as a tunnel, takes no segments after all.
      this.#segments = 1
      this.#sendBlocks(packets)
      return
    }
  }

  readonly #onTimeout = (): void => this.#take({ kind: 'timeout' })

  #restartTimer(): void {
    const { timeouts } = this.#state
    if (timeouts === this.#timeouts) {
      this.#timer.refresh()
      return
    }
    this.#timeouts = timeouts
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#onTimeout, this.#plan.waitsMs[timeouts])
  }

  #read(blocks: number): void {
    const payloads = this.#plan.reader.read(blocks)
    if (payloads instanceof Promise) payloads.then(this.#onBlocks, this.#onFault)
    else this.#onBlocks(payloads)
  }

  readonly #onBlocks = (payloads: readonly Buffer[]): void => {
    for (const { length } of payloads) this.#readBytes += length
    this.#take({ kind: 'blocks-read', payloads })
  }

  readonly #onFault = (error: unknown): void =>
    this.fail(error instanceof ContentError ? error.message : 'the file cannot be read')

  readonly #onMessage: Hear = (bytes, answer) => {
    try {
      const packet = decodePacket(bytes)
      if (answer !== undefined) refuseStranger(packet, answer)
      else if (packet.kind === 'ack' || packet.kind === 'error') this.#take(packet)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#plan.onMalformed(error)
    }
  }

  #end(ended: TransferEnd): void {
    const { socket, reader, settings, onEnd } = this.#plan
    clearTimeout(this.#timer)
    socket.close()
    reader.close().catch(() => undefined)
    onEnd(ended, Math.min(this.#readBytes, this.#state.acknowledged * settings.blockSize))
  }
}

/** A packet of another transfer id than the client's (RFC 1350, section 4): it is told so, unless it is an ERROR itself. */
const refuseStranger = ({ kind }: TftpPacket, answer: (bytes: Buffer) => void): void => {
  if (kind === 'error') return
  const packet = {
    kind: 'error',
    code: ERROR_CODE.unknownTransferId,
    message: 'unknown transfer id',
  } as const
  answer(encodePacket(packet))
}
