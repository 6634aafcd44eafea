import { formatIpAddress } from '../../model/ip-address.ts'
import type { CountSteps } from '../../model/steps.ts'
import { WireError } from '../wire-error.ts'
import { encodeAddress } from './option-address.ts'
import { decodeField, joinPieces, type PlacedOption, type RawOption } from './option-field.ts'
import { encodeText } from './option-text.ts'
import { decodeOverload, encodeFields, OVERLOAD, OVERLOADED } from './overload.ts'

/** A message of BOOTP or DHCP (RFC 2131, section 2). Addresses are texts, `0.0.0.0` where there is none. */
export type DhcpMessage<O extends RawOption = RawOption> = {
  readonly op: 'request' | 'reply'
  readonly hardwareType: number // htype, 1 is Ethernet
  readonly hops: number
  readonly transactionId: number // xid
  readonly seconds: number // secs
  /** Whether the client cannot receive before it has an address: the first of the flags, the others are zero. */
  readonly broadcast: boolean
  readonly clientAddress: string // ciaddr
  readonly yourAddress: string // yiaddr
  readonly nextServer: string // siaddr
  readonly relayAddress: string // giaddr
  readonly hardwareAddress: Buffer // chaddr, as long as hlen says
  readonly serverName: string // sname, empty where options stand there
  readonly bootFile: string // file, empty where options stand there
  /** One of each code, those of overloaded fields too, without pad, end and overload. */
  readonly options: readonly O[]
}

/** What was encoded, and the codes of the options for which there was no room. */
export type EncodedMessage = { readonly octets: Buffer; readonly omitted: readonly number[] }

const AT = { chaddr: 28, sname: 44, file: 108, cookie: 236, options: 240 } as const
const MOST_HARDWARE_OCTETS = 16
const COOKIE = 0x63825363
const OPS = ['request', 'reply'] as const
const BROADCAST = 0x8000

/** What BOOTP relays and clients want at least (RFC 1542, section 2.1). */
const LEAST_OCTETS = 300
const MOST_UDP_OCTETS = 65507
const IP_AND_UDP_OCTETS = 28
/** Messages that every client takes (RFC 2131, section 2), and those that go into one frame of Ethernet. */
const DATAGRAM = { least: 576, most: 1500 } as const

/**
 * The octets that a reply may have: `maxMessageOctets` of the client, which counts the headers of IP and UDP, but
 * no more than one frame holds (OVMF asks for 65,280), and no less than every client takes.
 */
export const mostReplyOctets = (maxMessageOctets: number = DATAGRAM.least): number =>
  Math.min(Math.max(maxMessageOctets, DATAGRAM.least), DATAGRAM.most) - IP_AND_UDP_OCTETS

/**
 * Decodes a message; throws `WireError` where it is none. Values of options are not looked into: see `decodeOption`.
 *
 *       0      1       2      3      4      8      10      12       16       20       24       28        44
 *     | op 1 | htype | hlen | hops | xid 4 | secs | flags | ciaddr | yiaddr | siaddr | giaddr | chaddr 16 |
 *      44         108        236                    240
 *     | sname 64 | file 128 | cookie 63 82 53 63  | options
 */
export const decodeMessage = (bytes: Buffer, count?: CountSteps): DhcpMessage<PlacedOption> => {
  if (bytes.length < AT.options) throw new WireError('message is shorter than its header', bytes.length)
  count?.(AT.options)
  const op = OPS[bytes.readUInt8(0) - 1]
  if (op === undefined) throw new WireError('neither a request nor a reply', 0)
  const hardwareOctets = bytes.readUInt8(2)
  if (hardwareOctets > MOST_HARDWARE_OCTETS) throw new WireError('hardware address is too long', 2)
  if (bytes.readUInt32BE(AT.cookie) !== COOKIE) throw new WireError('no magic cookie', AT.cookie)
  const { options, overload } = decodeOptions(bytes, count)
  const address = (at: number): string => formatIpAddress(bytes.subarray(at, at + 4))
  return {
    op,
    hardwareType: bytes.readUInt8(1),
    hops: bytes.readUInt8(3),
    transactionId: bytes.readUInt32BE(4),
    seconds: bytes.readUInt16BE(8),
    broadcast: (bytes.readUInt16BE(10) & BROADCAST) !== 0,
    clientAddress: address(12),
    yourAddress: address(16),
    nextServer: address(20),
    relayAddress: address(24),
    hardwareAddress: bytes.subarray(AT.chaddr, AT.chaddr + hardwareOctets),
    serverName: overload & OVERLOADED.sname ? '' : terminated(bytes, AT.sname, AT.file),
    bootFile: overload & OVERLOADED.file ? '' : terminated(bytes, AT.file, AT.cookie),
    options,
  }
}

/**
 * Encodes a message of at most `mostOctets`, padded to what BOOTP wants. Options that do not fit go into `file` and
 * `sname` where those are empty; what then is left is omitted, the last first. A text that does not fit into its
 * field is a fault of ours.
 */
export const encodeMessage = (message: DhcpMessage, mostOctets = MOST_UDP_OCTETS): EncodedMessage => {
  const { omitted, ...fields } = encodeFields(message.options, {
    options: Math.max(mostOctets, LEAST_OCTETS) - AT.options,
    file: message.bootFile === '' ? AT.cookie - AT.file : 0,
    sname: message.serverName === '' ? AT.file - AT.sname : 0,
  })
  const octets = Buffer.alloc(Math.max(LEAST_OCTETS, AT.options + fields.options.length))
  encodeHeader(message, octets)
  place(octets, AT.sname, AT.file, message.serverName === '' ? fields.sname : encodeText(message.serverName))
  place(octets, AT.file, AT.cookie, message.bootFile === '' ? fields.file : encodeText(message.bootFile))
  octets.writeUInt32BE(COOKIE, AT.cookie)
  fields.options.copy(octets, AT.options)
  return { octets, omitted }
}

/** Options of the field of that name, then of `file`, then of `sname` (RFC 3396, section 5). */
const decodeOptions = (bytes: Buffer, count: CountSteps | undefined) => {
  const main = decodeField(bytes, { start: AT.options, end: bytes.length }, count)
  const overload = decodeOverload(main)
  const file = { start: AT.file, end: AT.cookie }
  const sname = { start: AT.sname, end: AT.file }
  const pieces = [
    ...main.filter(({ code }) => code !== OVERLOAD),
    ...(overload & OVERLOADED.file ? decodeField(bytes, file, count) : []),
    ...(overload & OVERLOADED.sname ? decodeField(bytes, sname, count) : []),
  ]
  const lost = pieces.find(({ code }) => code === OVERLOAD)
  if (lost !== undefined) throw new WireError('option overload stands in an overloaded field', lost.offset)
  return { options: joinPieces(pieces, count), overload }
}

const encodeHeader = (message: DhcpMessage, octets: Buffer): void => {
  octets.writeUInt8(OPS.indexOf(message.op) + 1, 0)
  octets.writeUInt8(message.hardwareType, 1)
  octets.writeUInt8(message.hardwareAddress.length, 2)
  octets.writeUInt8(message.hops, 3)
  octets.writeUInt32BE(message.transactionId, 4)
  octets.writeUInt16BE(message.seconds, 8)
  octets.writeUInt16BE(message.broadcast ? BROADCAST : 0, 10)
  const { clientAddress, yourAddress, nextServer, relayAddress } = message
  for (const [index, address] of [clientAddress, yourAddress, nextServer, relayAddress].entries()) {
    encodeAddress(address).copy(octets, 12 + 4 * index)
  }
  place(octets, AT.chaddr, AT.sname, message.hardwareAddress)
}

/** Puts something into a field of the header. */
const place = (octets: Buffer, start: number, end: number, found: Buffer): void => {
  if (found.length > end - start) throw new Error(`${found.length} octets in a field of ${end - start}`)
  found.copy(octets, start)
}

/** The text of a field, up to its first NUL. */
const terminated = (bytes: Buffer, start: number, end: number): string => {
  const nul = bytes.indexOf(0, start)
  return bytes.toString('latin1', start, nul === -1 ? end : Math.min(nul, end))
}
