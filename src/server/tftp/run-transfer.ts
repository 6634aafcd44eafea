import type { RemoteInfo, Socket } from 'node:dgram'
import { encodeInPlace, HEADER_OCTETS, joinPackets } from '../../wire/tftp/block-room.ts'
import { ERROR_CODE } from '../../wire/tftp/error-code.ts'
import { decodePacket, encodePacket, type TftpPacket } from '../../wire/tftp/packet.ts'
import {
  startTransfer,
  stepTransfer,
  type TransferAction,
  type TransferEnd,
  type TransferEvent,
  type TransferSettings,
} from '../../wire/tftp/transfer.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { BlockReader } from './blocks.ts'
import { ContentError } from './content.ts'
import type { TransferSocket } from './transfer-socket.ts'

/** The other end of a transfer. */
export type Peer = Pick<RemoteInfo, 'address' | 'port'>

/** What a transfer needs; its socket belongs to it alone. */
export type TransferPlan = TransferSocket & {
  readonly peer: Peer
  readonly reader: BlockReader
  readonly settings: Omit<TransferSettings, 'mostTimeouts'>
  /** How long to wait for an answer, after each time that something was sent in vain. */
  readonly waitsMs: readonly number[]
  /** A packet of the client that is none. */
  readonly onMalformed: (error: WireError) => void
  /** Called once; the socket and the reader are closed then. `sentBytes` are those of the file that the client has. */
  readonly onEnd: (end: TransferEnd, sentBytes: number) => void
}

/** A transfer in flight. */
export type Transfer = {
  /** Says so to the client, and ends. */
  readonly fail: (message: string) => void
  /** Whether the client was heard of, and then no more: it may have begun anew. */
  readonly isSilent: () => boolean
}

/** Carries out what `stepTransfer` says, with a socket, a reader and a clock, until it ends. */
export const runTransfer = (plan: TransferPlan): Transfer => {
  const { socket, peer, reader, waitsMs } = plan
  const settings = { ...plan.settings, mostTimeouts: waitsMs.length - 1 }
  const packetOctets = HEADER_OCTETS + settings.blockSize
  let readBytes = 0
  let { state, actions } = startTransfer(settings)

  const take = (event: TransferEvent): void => {
    const step = stepTransfer(state, event)
    state = step.state
    carryOut(step.actions)
  }
  const onTimeout = (): void => take({ kind: 'timeout' })
  let timeouts = 0
  let timer = setTimeout(onTimeout, waitsMs[0])
  const restartTimer = (): void => {
    if (state.timeouts === timeouts) {
      timer.refresh()
      return
    }
    timeouts = state.timeouts
    clearTimeout(timer)
    timer = setTimeout(onTimeout, waitsMs[timeouts])
  }
  const read = (blocks: number): void => {
    const payloads = reader.read(blocks)
    if (payloads instanceof Promise) payloads.then(takeBlocks, takeFault)
    else takeBlocks(payloads)
  }
  const takeBlocks = (payloads: readonly Buffer[]): void => {
    for (const { length } of payloads) readBytes += length
    take({ kind: 'blocks-read', payloads })
  }
  const takeFault = (error: unknown): void => {
    const message = error instanceof ContentError ? error.message : 'the file cannot be read'
    take({ kind: 'read-failed', code: ERROR_CODE.undefined, message })
  }
  let { segments } = plan
  const send = (packets: readonly Buffer[]): void => {
    const pieces = segments === 1 ? packets : joinPackets(packets, packetOctets, segments)
    const onSent = pieces.length < packets.length ? checkSegments : undefined
    for (const piece of pieces) socket.send(piece, peer.port, peer.address, onSent)
  }
  /** The way out, such as a tunnel, takes no segments after all: what was sent is lost. */
  const checkSegments = (error: Error | null): void => {
    if (error === null || segments === 1) return
    segments = 1
    take({ kind: 'timeout' })
  }
  const end = (ended: TransferEnd): void => {
    clearTimeout(timer)
    socket.close()
    reader.close().catch(() => undefined)
    plan.onEnd(ended, Math.min(readBytes, state.acknowledged * settings.blockSize))
  }
  const carryOut = (actions: readonly TransferAction[]): void => {
    const packets = actions.flatMap(action => (action.kind === 'send' ? encoded(action.packet) : []))
    if (packets.length > 0) {
      send(packets)
      restartTimer()
    }
    for (const action of actions) {
      if (action.kind === 'read') read(action.blocks)
      if (action.kind === 'end') end(action.end)
    }
  }

  const onMessage = (bytes: Buffer, from: RemoteInfo): void => {
    try {
      const packet = decodePacket(bytes)
      if (from.port !== peer.port || from.address !== peer.address) refuseStranger(socket, packet, from)
      else if (packet.kind === 'ack' || packet.kind === 'error') take(packet)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      plan.onMalformed(error)
    }
  }
  socket.on('message', onMessage)
  // What could not be sent is sent again after the timeout, as what was lost is.
  socket.on('error', () => undefined)
  carryOut(actions)
  return {
    fail: message => take({ kind: 'read-failed', code: ERROR_CODE.undefined, message }),
    isSilent: () => state.timeouts > 0 && !state.isNegotiating && state.acknowledged > 0,
  }
}

const encoded = (packet: TftpPacket): Buffer =>
  packet.kind === 'data' ? encodeInPlace(packet) : encodePacket(packet)

/** A packet of another transfer id than the client's (RFC 1350, section 4): it is told so, unless it is an ERROR itself. */
const refuseStranger = (socket: Socket, { kind }: TftpPacket, from: Peer): void => {
  if (kind === 'error') return
  const packet = {
    kind: 'error',
    code: ERROR_CODE.unknownTransferId,
    message: 'unknown transfer id',
  } as const
  socket.send(encodePacket(packet), from.port, from.address)
}
