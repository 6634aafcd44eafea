import type { AckPacket, ErrorPacket, TftpOptions, TftpPacket } from './packet.ts'

/** What a transfer goes by, from its negotiation. */
export type TransferSettings = {
  /** Octets of a block; a shorter one, which may be empty, is the last. */
  readonly blockSize: number
  /** Blocks that are sent before an ACK is waited for. */
  readonly windowSize: number
  /** What OACK says. Without an entry there is none, and the first block is the answer to the request. */
  readonly accepted: TftpOptions
  /** Timeouts in a row after which the client is given up. */
  readonly mostTimeouts: number
}

/** What happened to a transfer. Packets of another address or port are none of its events (error 5). */
export type TransferEvent =
  | AckPacket
  | ErrorPacket
  /** Nothing but what was ignored came for the whole timeout since something was sent last. */
  | { readonly kind: 'timeout' }
  /** Answers `read`: at least one block and at most as many as were asked for. */
  | { readonly kind: 'blocks-read'; readonly payloads: readonly Uint8Array[] }
  | { readonly kind: 'read-failed'; readonly code: number; readonly message: string }

/** How a transfer ended. */
export type TransferEnd =
  | { readonly kind: 'complete' }
  /** The client said so: some ask for the size of a file only, and end what they began. */
  | { readonly kind: 'aborted'; readonly code: number; readonly message: string }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'unreadable'; readonly message: string }

/** What the caller has to do, in this order. */
export type TransferAction =
  | { readonly kind: 'send'; readonly packet: TftpPacket }
  /** Blocks are asked for once each and in their order, so they may come out of a stream. The first has number 1. */
  | { readonly kind: 'read'; readonly firstBlock: number; readonly blocks: number }
  | { readonly kind: 'end'; readonly end: TransferEnd }

/** Where a transfer stands. Blocks are counted from 1 without end; only on the wire 0 comes behind 65,535. */
export type TransferState = {
  readonly settings: TransferSettings
  /** OACK was sent and not yet acknowledged. */
  readonly isNegotiating: boolean
  /** The last block that the client has, with all before it. */
  readonly acknowledged: number
  /** The last block that was sent. */
  readonly sent: number
  /** The last block of the window that was repeated last; -1 before that. */
  readonly repeated: number
  /** How often `acknowledged` was acknowledged again. */
  readonly duplicates: number
  /** In a row. */
  readonly timeouts: number
  /** Blocks that were read, the first of them behind `acknowledged`. */
  readonly payloads: readonly Uint8Array[]
  /** The number of the last block, once it was read. */
  readonly lastBlock: number | undefined
  readonly isReading: boolean
  readonly end: TransferEnd | undefined
}

/** A transfer after an event, and what is to be done about it. */
export type TransferStep = { readonly state: TransferState; readonly actions: readonly TransferAction[] }

/** Begins the answer to a read request: with OACK, or without options with the first block. Pure. */
export const startTransfer = (settings: TransferSettings): TransferStep => {
  const state: TransferState = {
    settings,
    isNegotiating: settings.accepted.size > 0,
    acknowledged: 0,
    sent: 0,
    repeated: -1,
    duplicates: 0,
    timeouts: 0,
    payloads: [],
    lastBlock: undefined,
    isReading: false,
    end: undefined,
  }
  return state.isNegotiating ? { state, actions: [optionsAck(settings)] } : sendWindow(state)
}

/**
 * Takes a transfer one event further. Pure; after its end nothing is done any more.
 *
 *     event        when                        does
 *     ack          see `takeAck`
 *     error                                    ends: aborted; an ERROR is not answered
 *     timeout      nothing is unanswered       nothing: it is the file that is waited for
 *     timeout      up to `mostTimeouts`        OACK again, or the whole window
 *     timeout      once more                   ends: unanswered
 *     blocks-read                              sends what the window has room for, keeps the rest
 *     read-failed                              sends ERROR, ends: unreadable
 */
export const stepTransfer = (state: TransferState, event: TransferEvent): TransferStep => {
  if (state.end !== undefined) return { state, actions: [] }
  switch (event.kind) {
    case 'ack':
      return takeAck(state, event.block)
    case 'error':
      return endTransfer(state, { kind: 'aborted', code: event.code, message: event.message })
    case 'timeout':
      return takeTimeout(state)
    case 'blocks-read':
      return takeBlocks(state, event.payloads)
    case 'read-failed': {
      const packet: ErrorPacket = { kind: 'error', code: event.code, message: event.message }
      const { state: ended, actions } = endTransfer(state, { kind: 'unreadable', message: event.message })
      return { state: ended, actions: [{ kind: 'send', packet }, ...actions] }
    }
  }
}

/**
 * An ACK (RFC 1350, section 2; RFC 7440, section 4), first row that applies.
 *
 *     acknowledges                                   does
 *     0, while OACK is unanswered                    sends the first window
 *     anything else, while OACK is unanswered        nothing
 *     the last block of the file                     ends: complete
 *     the last block that was sent                   sends the next window
 *     one sent before, beyond the last repetition    repeats from behind it: the next one is lost
 *     one sent before                                sends the blocks by which the window has moved
 *     what it did before, in a window of 1           nothing (RFC 1123, section 4.2.3.1)
 *     what it did before, up to the last repetition  nothing
 *     what it did before, the first time             nothing: it may have come twice
 *     what it did before, the second time            repeats the window: its first block is lost
 *     what it did before, once more                  nothing
 *     anything else                                  nothing: it is an old one
 *
 * A client that answers each block it did not expect (`Mtftp4RrqHandleData` in
 * https://github.com/tianocore/edk2/blob/master/NetworkPkg/Mtftp4Dxe/Mtftp4Rrq.c) says to a window that it
 * gets twice what looks like loss. If it were believed, every window from there on would be
 * sent twice; so up to the end of a repetition only a timeout repeats once more.
 */
const takeAck = (state: TransferState, block: number): TransferStep => {
  const { acknowledged, sent, lastBlock, payloads } = state
  if (state.isNegotiating) {
    return block === 0 ? sendWindow({ ...state, isNegotiating: false, timeouts: 0 }) : unchanged(state)
  }
  const newer = (block - acknowledged) & 0xffff
  if (newer > sent - acknowledged) return unchanged(state)
  if (newer === 0) return takeDuplicate(state)
  const next: TransferState = {
    ...state,
    acknowledged: acknowledged + newer,
    payloads: payloads.slice(newer),
    duplicates: 0,
    timeouts: 0,
  }
  if (next.acknowledged === lastBlock) return endTransfer(next, { kind: 'complete' })
  const isLoss = next.acknowledged < sent && next.acknowledged > state.repeated
  return isLoss ? repeatWindow(next) : sendWindow(next)
}

const takeDuplicate = (state: TransferState): TransferStep => {
  const { acknowledged, repeated, settings } = state
  if (settings.windowSize === 1 || acknowledged <= repeated) return unchanged(state)
  const duplicates = state.duplicates + 1
  return duplicates === 2 ? repeatWindow({ ...state, duplicates }) : unchanged({ ...state, duplicates })
}

const takeTimeout = (state: TransferState): TransferStep => {
  const { isNegotiating, acknowledged, sent, settings } = state
  if (!isNegotiating && sent === acknowledged) return unchanged(state)
  if (state.timeouts === settings.mostTimeouts) return endTransfer(state, { kind: 'unanswered' })
  const next = { ...state, timeouts: state.timeouts + 1 }
  return isNegotiating ? { state: next, actions: [optionsAck(settings)] } : repeatWindow(next)
}

const takeBlocks = (state: TransferState, read: readonly Uint8Array[]): TransferStep => {
  const payloads = [...state.payloads, ...read]
  const isWhole = (payloads.at(-1)?.length ?? 0) < state.settings.blockSize
  const lastBlock = isWhole ? state.acknowledged + payloads.length : undefined
  return sendWindow({ ...state, payloads, lastBlock, isReading: false })
}

const repeatWindow = (state: TransferState): TransferStep => {
  const { state: next, actions } = sendWindow({ ...state, sent: state.acknowledged })
  return { state: { ...next, repeated: next.sent }, actions }
}

/** Sends what the window has room for, and reads so far ahead that the next window is there when this one is answered. */
const sendWindow = (state: TransferState): TransferStep => {
  const { acknowledged, payloads, lastBlock } = state
  const { windowSize } = state.settings
  const sent = Math.max(state.sent, acknowledged + Math.min(windowSize, payloads.length))
  const actions: TransferAction[] = payloads
    .slice(state.sent - acknowledged, sent - acknowledged)
    .map((payload, index) => ({
      kind: 'send',
      packet: { kind: 'data', block: (state.sent + 1 + index) & 0xffff, payload },
    }))
  const blocks = 2 * windowSize - payloads.length
  const isReading = state.isReading || (lastBlock === undefined && blocks > 0)
  if (isReading && !state.isReading) {
    actions.push({ kind: 'read', firstBlock: acknowledged + payloads.length + 1, blocks })
  }
  return { state: { ...state, sent, isReading }, actions }
}

const optionsAck = ({ accepted }: TransferSettings): TransferAction => ({
  kind: 'send',
  packet: { kind: 'options-ack', options: accepted },
})

const endTransfer = (state: TransferState, end: TransferEnd): TransferStep => ({
  state: { ...state, payloads: [], end },
  actions: [{ kind: 'end', end }],
})

const unchanged = (state: TransferState): TransferStep => ({ state, actions: [] })
