import type { TftpLimits } from './limits.ts'
import type { Peer, Transfer } from './transfer.ts'

/** A request that is being answered. */
export type Answering = {
  readonly peer: Peer
  /** The octets of the request: it may come twice. */
  readonly asked: Buffer
  /** Once the file is open. */
  transfer?: Transfer
  /** Ended before that. */
  isOver: boolean
}

/** The requests that are being answered. */
export type Admission = {
  /** Begins to answer a request; a text is why it is dropped, undefined that it is answered already. */
  readonly admit: (peer: Peer, asked: Buffer) => Answering | string | undefined
  readonly release: (answering: Answering) => void
  /** Ends every answer, and says so to the clients. */
  readonly endAll: (message: string) => void
  /** Resolves as soon as nothing is being answered. */
  readonly whenIdle: () => Promise<void>
}

/**
 * Keeps what is being answered, one answer for each port of a client, within limits. Beyond them a request is dropped,
 * and its client asks again.
 *
 *     from a port comes      that is answered                  does
 *     the same request       yes                               nothing: the answer is on its way, or is sent again soon
 *     the same request       yes, and silent for seconds       ends that, begins anew: the machine was started again
 *     another request        yes                               ends that, begins anew
 *     a request              no                                begins
 */
export const admission = (limits: Pick<TftpLimits, 'transfers' | 'transfersOfClient'>): Admission => {
  const byPort = new Map<string, Answering>()
  let onIdle = (): void => {}

  const reasonToDrop = (address: string): string | undefined => {
    if (byPort.size >= limits.transfers) return `dropped, ${byPort.size} transfers are under way`
    let ofClient = 0
    for (const { peer } of byPort.values()) if (peer.address === address) ofClient++
    return ofClient < limits.transfersOfClient
      ? undefined
      : `dropped, ${ofClient} transfers to this client are under way`
  }
  const release = (answering: Answering): void => {
    const id = idOf(answering.peer)
    // Another request of the same port may be in its place.
    if (byPort.get(id) === answering) byPort.delete(id)
    if (byPort.size === 0) onIdle()
  }
  return {
    admit: (peer, asked) => {
      const before = byPort.get(idOf(peer))
      if (before !== undefined) {
        if (before.asked.equals(asked) && before.transfer?.isSilent() !== true) return undefined
        before.isOver = true
        before.transfer?.drop('another request came from the same port')
        byPort.delete(idOf(peer))
      }
      const reason = reasonToDrop(peer.address)
      if (reason !== undefined) return reason
      const answering = { peer, asked: Buffer.from(asked), isOver: false }
      byPort.set(idOf(peer), answering)
      return answering
    },
    release,
    endAll: message => {
      for (const answering of byPort.values()) {
        answering.isOver = true
        answering.transfer?.fail(message)
      }
    },
    whenIdle: () =>
      new Promise(resolve => {
        onIdle = resolve
        if (byPort.size === 0) resolve()
      }),
  }
}

const idOf = ({ address, port }: Peer): string => `${address} ${port}`
