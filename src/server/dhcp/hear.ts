import type { RemoteInfo } from 'node:dgram'
import { decodeMessage, encodeMessage, mostReplyOctets } from '../../wire/dhcp/message.ts'
import { decodeOption, OPTIONS } from '../../wire/dhcp/options.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { Report, Transaction } from '../transaction.ts'
import { answerDhcp } from './answer.ts'
import { answerProxy } from './answer-proxy.ts'
import { type Answered, type DhcpRequest, type DhcpServer, ignored } from './answered.ts'
import type { DhcpSocket } from './bind.ts'
import { clientKey, macOf } from './client.ts'
import { type Destination, destinationOf, NO_ADDRESS } from './destination.ts'

/** Messages that are worked on at a time; more are not answered, and their clients ask again. */
const MOST_AT_ONCE = 1000

/** What came in, where and from whom. */
export type Datagram = {
  readonly octets: Buffer
  readonly from: Pick<RemoteInfo, 'address' | 'port'>
  readonly port: 67 | 4011
  readonly socket: DhcpSocket
}
type Named = Pick<Transaction, 'client' | 'request'>

/** Takes one message of a client at a time, and no more than so many of all: the others ask again. */
export const hear = (
  datagram: Datagram,
  server: DhcpServer,
  pending: Map<string, Promise<void>>,
  report: Report,
): void => {
  const request = decoded(datagram)
  if (request instanceof WireError) {
    report(failed({ client: datagram.from.address, request: 'packet' }, request))
    return
  }
  const named = { client: macOf(request), request: requestName(request) }
  const key = clientKey(request)
  if (pending.has(key) || pending.size >= MOST_AT_ONCE) {
    const reason = pending.has(key) ? 'its last message is not answered yet' : 'too many messages at once'
    report({ protocol: 'dhcp', ...named, ...ignored(reason) })
    return
  }
  const answer = server.config.mode === 'proxy' ? answerProxy : answerDhcp
  const done = answer(server, request, datagram.port)
    // Before it is sent: the client may be quick.
    .finally(() => pending.delete(key))
    .then(answered => deliver(answered, request, datagram))
    .then(answered => report({ protocol: 'dhcp', ...named, ...answered }))
    .catch((error: unknown) => report(failed(named, error)))
  pending.set(key, done)
}

const decoded = ({ octets }: Datagram): DhcpRequest | WireError => {
  try {
    return decodeMessage(octets)
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
}

/** Sends what is to be sent; what is told of it in the log. Rejects where it cannot be sent. */
const deliver = async (
  answered: Answered,
  request: DhcpRequest,
  { port, from, socket }: Datagram,
): Promise<Answered> => {
  const notes = request.relayAddress === NO_ADDRESS ? [] : [`by relay ${request.relayAddress}`]
  if (answered.reply !== undefined) {
    const most = mostReplyOctets(decodeOption(request, OPTIONS.maxMessageOctets))
    const { octets, omitted } = encodeMessage(answered.reply, most)
    if (omitted.length > 0) notes.push(`no room for options ${omitted.join(' ')}`)
    // A proxy has two conversations: on its own port it answers to where the request came from.
    await send(socket, octets, port === 4011 ? from : destinationOf(request, routeOf(answered)))
  }
  return { ...answered, text: [answered.text, ...notes].join(', ') }
}

const routeOf = ({ outcome }: Answered): 'nak' | 'ack' => (outcome === 'nak' ? 'nak' : 'ack')

const send = (socket: DhcpSocket, octets: Buffer, { address, port }: Destination): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.send(octets, port, address, error => (error === null ? resolve() : reject(error)))
  })

const requestName = (request: DhcpRequest): string => {
  try {
    return decodeOption(request, OPTIONS.messageType)?.toUpperCase() ?? 'BOOTP'
  } catch {
    return 'packet'
  }
}

/** The line of a message, or of something else, that did not go well. */
export const failed = (named: Named, error: unknown): Transaction => ({
  protocol: 'dhcp',
  ...named,
  outcome: error instanceof WireError ? 'malformed' : 'failed',
  text: error instanceof Error ? error.message : String(error),
})
