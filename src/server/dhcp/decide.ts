import type { DhcpMessage } from '../../wire/dhcp/message.ts'
import type { PlacedOption } from '../../wire/dhcp/option-field.ts'
import { decodeOption, OPTIONS } from '../../wire/dhcp/options.ts'
import { NO_ADDRESS } from './destination.ts'

/** What is known when a message of a client has come. */
export type ClientFacts = {
  /** Our address on the network that it came from; we are the server identifier. */
  readonly serverAddress: string
  /** The address reserved for the client, leased or offered to it; undefined where it has none and gets none. */
  readonly boundAddress: string | undefined
  /** Whether an address belongs to the network of the client: that of its relay, or of our interface. */
  readonly isOnNetwork: (address: string) => boolean
}

/** What is done about a message. `offer`, `ack`, `inform` and `nak` are answered. */
export type Decision =
  | { readonly kind: 'offer' | 'ack'; readonly address: string }
  /** An acknowledgement without an address and a time. */
  | { readonly kind: 'inform' }
  | { readonly kind: 'nak'; readonly reason: string }
  /** Another machine has the address; the client gives it back; an offer of it is over, as another server's was taken. */
  | { readonly kind: 'decline' | 'release' | 'withdraw'; readonly address: string }
  | { readonly kind: 'ignore'; readonly reason: string }

/** What a request asks for (RFC 2131, section 4.3.2). */
type Asked = { readonly server: string | undefined; readonly address: string | undefined }

/**
 * Decides about a message of a client, as the server that gives addresses (RFC 2131, section 4.3). Pure; throws
 * `WireError` where an option that it looks at is malformed. `ours`: the server identifier is our address.
 *
 *     message                  server id   address that counts         is                    decision
 *     DISCOVER                             the client's                there                 offer
 *     DISCOVER                             the client's                not there             ignore
 *     REQUEST, selecting       ours        requested                   the client's          ack
 *     REQUEST, selecting       ours        requested                   anything else         nak
 *     REQUEST, selecting       other                                                         withdraw, or ignore
 *     REQUEST, init-reboot     none        requested                   of another network    nak
 *     REQUEST, renewing or     none        ciaddr                      the client's          ack
 *       rebinding: the same    none        either                      of nobody we know     ignore
 *       but for the address    none        either                      another than its own  nak
 *     DECLINE                  ours        requested                   the client's          decline
 *     RELEASE                  ours        ciaddr                      the client's          release
 *     DECLINE, RELEASE                                                 anything else         ignore
 *     INFORM                               ciaddr                      on the network        inform
 *     all else                                                                               ignore
 */
export const decideDhcp = (message: DhcpMessage<PlacedOption>, facts: ClientFacts): Decision => {
  if (message.op !== 'request') return ignore('not a request')
  const type = decodeOption(message, OPTIONS.messageType)
  const server = decodeOption(message, OPTIONS.serverIdentifier)
  const requested = decodeOption(message, OPTIONS.requestedAddress)
  const current = message.clientAddress === NO_ADDRESS ? undefined : message.clientAddress
  switch (type) {
    case 'discover':
      return facts.boundAddress === undefined
        ? ignore('no address for this client')
        : { kind: 'offer', address: facts.boundAddress }
    case 'request':
      return server === undefined
        ? decideKnown(requested ?? current, facts)
        : decideSelecting({ server, address: requested }, facts)
    case 'decline':
      return decideGivenBack('decline', { server, address: requested }, facts)
    case 'release':
      return decideGivenBack('release', { server, address: current }, facts)
    case 'inform':
      return current !== undefined && facts.isOnNetwork(current)
        ? { kind: 'inform' }
        : ignore('inform from an address of another network')
    case 'offer':
    case 'ack':
    case 'nak':
    case undefined:
      return ignore(type === undefined ? 'BOOTP' : `${type} is not for servers`)
  }
}

/**
 * Decides about a message as a server that says what to boot, beside one that gives addresses (PXE 2.1, section 2.2).
 *
 *     port          message    something to boot   decision
 *     67            DISCOVER   yes                 offer
 *     4011          REQUEST    yes                 ack
 *     all else                                     ignore
 */
export const decideProxy = (
  message: DhcpMessage<PlacedOption>,
  { port, hasBoot }: { readonly port: 67 | 4011; readonly hasBoot: boolean },
): Extract<Decision, { kind: 'ignore' }> | { readonly kind: 'proxy-offer' | 'proxy-ack' } => {
  if (message.op !== 'request') return ignore('not a request')
  if (!hasBoot) return ignore('nothing to boot')
  const type = decodeOption(message, OPTIONS.messageType)
  if (port === 67 && type === 'discover') return { kind: 'proxy-offer' }
  if (port === 4011 && type === 'request') return { kind: 'proxy-ack' }
  return ignore(`${type ?? 'BOOTP'} is not for a proxy on port ${port}`)
}

const ignore = (reason: string): Extract<Decision, { kind: 'ignore' }> => ({ kind: 'ignore', reason })
const nak = (reason: string): Decision => ({ kind: 'nak', reason })

/** The client chose among offers. */
const decideSelecting = ({ server, address }: Asked, facts: ClientFacts): Decision => {
  const { serverAddress, boundAddress } = facts
  if (server !== serverAddress) {
    return boundAddress === undefined
      ? ignore('for another server')
      : { kind: 'withdraw', address: boundAddress }
  }
  if (address === undefined) return nak('no address is requested')
  return address === boundAddress ? { kind: 'ack', address } : nak(`${address} was not offered`)
}

/** The client has an address, from before it was started or still. */
const decideKnown = (address: string | undefined, { boundAddress, isOnNetwork }: ClientFacts): Decision => {
  if (address === undefined) return ignore('request for no address')
  if (!isOnNetwork(address)) return nak(`${address} is of another network`)
  if (boundAddress === undefined) return ignore('client is not known')
  return address === boundAddress ? { kind: 'ack', address } : nak(`${address} is not of this client`)
}

const decideGivenBack = (
  kind: 'decline' | 'release',
  { server, address }: Asked,
  { serverAddress, boundAddress }: ClientFacts,
): Decision => {
  if (server !== serverAddress) return ignore('for another server')
  return address !== undefined && address === boundAddress
    ? { kind, address }
    : ignore(`${kind} of an address that the client has not`)
}
