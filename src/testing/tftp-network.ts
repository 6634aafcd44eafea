import type { TftpPacket } from '../wire/tftp/packet.ts'
import {
  startTransfer,
  stepTransfer,
  type TransferEnd,
  type TransferEvent,
  type TransferSettings,
  type TransferStep,
} from '../wire/tftp/transfer.ts'

/** What happens to one packet: `late` ones arrive behind all that are under way. */
export type Fate = 'arrives' | 'lost' | 'doubled' | 'late'

/**
 * What a client does about a block that it did not expect: acknowledges what it has each time, as EDK II
 * does, or once until it gets further, or not before its own timeout.
 */
export type ClientHabit = 'each' | 'once' | 'silent'

/** A transfer over a network of the test's own. */
export type NetworkRun = {
  readonly settings: TransferSettings
  readonly file: Buffer
  readonly habit: ClientHabit
  /** The fates of the packets, in the order in which they are sent; behind them all arrive. */
  readonly fates: readonly Fate[]
  /** Every ACK arrives twice, whatever else happens to it. */
  readonly doublesAcks?: boolean
  /** Whether the server is next where both have something to take, over and over. Where nobody has, they time out in turn. */
  readonly serverIsNext: readonly boolean[]
}

/** How a run ended, what the client has, and how many packets the server sent. */
export type NetworkResult = { readonly end: TransferEnd; readonly received: Buffer; readonly sends: number }

const MOST_TURNS = 1_000_000

/** Runs a transfer against a client until it ends; throws where it does not. */
export const runTransfer = (run: NetworkRun): NetworkResult => {
  const { settings, file, fates, serverIsNext } = run
  const toServer: TransferEvent[] = []
  const toClient: TftpPacket[] = []
  let fate = 0
  const send = <T>(queue: T[], packet: T): void => {
    const which = fates[fate++] ?? 'arrives'
    if (which === 'lost') return
    if (which === 'late' && queue.length > 0) queue.splice(-1, 0, packet)
    else queue.push(packet)
    if (which === 'doubled') queue.push(packet)
  }
  const client = tftpClient(run, block => {
    for (let copies = run.doublesAcks ? 2 : 1; copies > 0; copies--) send(toServer, { kind: 'ack', block })
  })
  let sends = 0
  const carryOut = ({ actions }: TransferStep): void => {
    for (const action of actions) {
      if (action.kind === 'send') sends++
      if (action.kind === 'send') send(toClient, action.packet)
      if (action.kind !== 'read') continue
      const { firstBlock, blocks } = action
      toServer.push({
        kind: 'blocks-read',
        payloads: blocksOf(file, settings.blockSize, firstBlock, blocks),
      })
    }
  }
  let step = startTransfer(settings)
  carryOut(step)
  let serverWaited = false
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    if (step.state.end !== undefined) return { end: step.state.end, received: client.received(), sends }
    const isServer = serverIsNext[turn % serverIsNext.length] ?? turn % 2 === 0
    const isIdle = toServer.length + toClient.length === 0
    if (toServer.length > 0 && (isServer || toClient.length === 0)) {
      step = stepTransfer(step.state, toServer.shift() as TransferEvent)
      carryOut(step)
    } else if (!isIdle) {
      client.take(toClient.shift() as TftpPacket)
    } else if (serverWaited) {
      serverWaited = false
      client.timeout()
    } else {
      serverWaited = true
      step = stepTransfer(step.state, { kind: 'timeout' })
      carryOut(step)
    }
  }
  throw new Error(`no end after ${MOST_TURNS} turns`)
}

/** Blocks of a file as a server reads them: none behind the short one. */
export const blocksOf = (
  file: Buffer,
  blockSize: number,
  firstBlock: number,
  blocks: number,
): readonly Buffer[] => {
  const last = Math.floor(file.length / blockSize) + 1
  const count = Math.min(blocks, last - firstBlock + 1)
  return Array.from({ length: count }, (_, index) => {
    const start = (firstBlock - 1 + index) * blockSize
    return file.subarray(start, start + blockSize)
  })
}

type SimulatedClient = {
  readonly take: (packet: TftpPacket) => void
  readonly timeout: () => void
  readonly received: () => Buffer
}

/** A client that reads, and acknowledges each window; what it has, it acknowledges once more at its timeout. */
const tftpClient = (
  { settings, habit }: Pick<NetworkRun, 'settings' | 'habit'>,
  acknowledge: (block: number) => void,
): SimulatedClient => {
  const payloads: Uint8Array[] = []
  let acknowledged = 0
  let hasComplained = false
  let isWhole = false
  let isAnswered = false
  const answer = (): void => {
    acknowledged = payloads.length
    acknowledge(acknowledged & 0xffff)
  }
  const complain = (): void => {
    if (habit === 'each' || (habit === 'once' && !hasComplained) || isWhole) answer()
    hasComplained = true
  }
  return {
    take: packet => {
      isAnswered = true
      if (packet.kind !== 'data') return payloads.length === 0 ? answer() : undefined
      if (isWhole || packet.block !== ((payloads.length + 1) & 0xffff)) return complain()
      payloads.push(packet.payload)
      hasComplained = false
      isWhole = packet.payload.length < settings.blockSize
      if (isWhole || payloads.length - acknowledged === settings.windowSize) answer()
    },
    timeout: () => (isAnswered ? answer() : undefined),
    received: () => Buffer.concat(payloads),
  }
}
