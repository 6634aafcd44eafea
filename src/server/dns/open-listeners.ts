import type { Socket } from 'node:net'
import type { ServerAddress } from '../../model/server-address.ts'
import { openAnsweringUdp } from '../answer-udp.ts'
import type { AnsweringSocket } from '../batched-udp.ts'
import type { AnswerInPlace } from '../datagram.ts'
import { readLocalAddresses } from '../udp-listen.ts'
import { openStreamServer, type StreamAnswer, type StreamLimits, type StreamServer } from './stream-server.ts'

/** Who answers what comes. */
export type Answers = {
  readonly datagram: AnswerInPlace
  readonly message: (message: Buffer, socket: Socket) => StreamAnswer
  readonly limits: StreamLimits
}

/** Sockets of UDP and TCP that listen. */
export type Listeners = {
  /** By UDP and TCP; of several addresses the first. */
  readonly address: ServerAddress
  readonly close: () => Promise<void>
}

/**
 * Listens by UDP and TCP at one port, for 0.0.0.0 and :: at each address of this machine; port 0 is any free one. Rejects with
 * `EnvironmentError` where it cannot listen, and then nothing listens.
 */
export const openListeners = async (listen: ServerAddress, answers: Answers): Promise<Listeners> => {
  const open: (AnsweringSocket | StreamServer)[] = []
  const close = async (): Promise<void> => {
    await Promise.all(open.map(listener => listener.close()))
  }
  try {
    let address: ServerAddress | undefined
    for (const host of readLocalAddresses(listen.host)) {
      const place = { host, port: address?.port ?? listen.port }
      const datagrams = await openAnsweringUdp(place, answers.datagram)
      open.push(datagrams)
      address ??= datagrams.address
      open.push(await openStreamServer(datagrams.address, answers.message, answers.limits))
    }
    return { address: address ?? listen, close }
  } catch (error) {
    await close()
    throw error
  }
}
