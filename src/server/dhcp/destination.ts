import type { DhcpMessage } from '../../wire/dhcp/message.ts'

/** Where a datagram goes. */
export type Destination = { readonly address: string; readonly port: number }

/** The address of a header field in which there is none. */
export const NO_ADDRESS = '0.0.0.0'
const EVERYBODY = '255.255.255.255'
const SERVER_PORT = 67
const CLIENT_PORT = 68

/**
 * Where the answer to a message goes (RFC 2131, section 4.1). A client without an address is always answered by
 * broadcast, whether it set the flag or not: to send to an address that does not answer ARP yet takes a raw socket.
 *
 *     giaddr   answer      ciaddr   to
 *     set      any         any      giaddr, port 67
 *     none     nak         any      everybody, port 68
 *     none     any other   set      ciaddr, port 68
 *     none     any other   none     everybody, port 68
 */
export const destinationOf = (
  { relayAddress, clientAddress }: Pick<DhcpMessage, 'relayAddress' | 'clientAddress'>,
  answer: 'offer' | 'ack' | 'nak',
): Destination => {
  if (relayAddress !== NO_ADDRESS) return { address: relayAddress, port: SERVER_PORT }
  const isReachable = answer !== 'nak' && clientAddress !== NO_ADDRESS
  return { address: isReachable ? clientAddress : EVERYBODY, port: CLIENT_PORT }
}
