import { WireError } from '../wire-error.ts'
import type { OptionKind } from './option-kind.ts'

/** The kinds of message, from 1 on (RFC 2132, section 9.6). */
const MESSAGE_TYPES = ['discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'] as const

/** What a message is for. */
export type MessageType = (typeof MESSAGE_TYPES)[number]

/** The DHCP message type, one octet. Leases are not queried here (RFC 4388), so its types are refused. */
export const messageType: OptionKind<MessageType> = {
  decode: (octets, offset) => {
    const [code = 0] = octets
    const type = MESSAGE_TYPES[code - 1]
    if (octets.length !== 1 || type === undefined) throw new WireError('unknown type of message', offset)
    return type
  },
  encode: value => Buffer.of(MESSAGE_TYPES.indexOf(value) + 1),
}
