import { isUtf8 } from 'node:buffer'
import type { CountSteps } from '../../model/steps.ts'
import { WireError } from '../wire-error.ts'

/** Options by their names in lower case, since case has no meaning in them (RFC 2347). */
export type TftpOptions = ReadonlyMap<string, string>

/** RRQ or WRQ. `mode` is in lower case: `octet`, `netascii`, or anything else that a client may think of. */
export type RequestPacket = {
  readonly kind: 'read-request' | 'write-request'
  readonly filename: string
  readonly mode: string
  readonly options: TftpOptions
}

/** DATA. `block` is the number on the wire, which starts at 0 again behind 65,535. */
export type BlockPacket = { readonly kind: 'data'; readonly block: number; readonly payload: Uint8Array }

/** ACK of a block; of block 0 for an OACK. */
export type AckPacket = { readonly kind: 'ack'; readonly block: number }

/** ERROR, which ends a transfer and is never answered. */
export type ErrorPacket = { readonly kind: 'error'; readonly code: number; readonly message: string }

/** OACK: the options of a request that are accepted, as they were accepted. */
export type OptionsPacket = { readonly kind: 'options-ack'; readonly options: TftpOptions }

/** A TFTP packet (RFC 1350, section 5; OACK: RFC 2347). */
export type TftpPacket = RequestPacket | BlockPacket | AckPacket | ErrorPacket | OptionsPacket

/** Octets of a block at most (RFC 2348). */
export const MAX_BLOCK_SIZE = 65_464

const MAX_REQUEST_OCTETS = 512
const OPCODE = {
  'read-request': 1,
  'write-request': 2,
  data: 3,
  ack: 4,
  error: 5,
  'options-ack': 6,
} as const

/**
 * Decodes a packet; throws `WireError` where it is none. Octets behind an ACK and behind the message
 * of an ERROR are not looked at, and that message need not end in NUL: neither is worth losing it.
 * `payload` shares its memory with `bytes`.
 *
 *      0        2          4
 *     | 1 or 2 | filename | 0 | mode | 0 | name | 0 | value | 0 | ...    RRQ, WRQ
 *     | 3      | block    | payload                                      DATA
 *     | 4      | block    |                                              ACK
 *     | 5      | code     | message | 0 |                                ERROR
 *     | 6      | name | 0 | value | 0 | ...                              OACK
 */
export const decodePacket = (bytes: Buffer, count?: CountSteps): TftpPacket => {
  if (bytes.length < 2) throw new WireError('packet is shorter than its opcode', bytes.length)
  count?.(Math.min(4, bytes.length))
  const opcode = bytes.readUInt16BE(0)
  switch (opcode) {
    case OPCODE['read-request']:
      return decodeRequest('read-request', bytes, count)
    case OPCODE['write-request']:
      return decodeRequest('write-request', bytes, count)
    case OPCODE.data:
      if (bytes.length - 4 > MAX_BLOCK_SIZE) throw new WireError('block is too long', 4 + MAX_BLOCK_SIZE)
      return { kind: 'data', block: numberOf(bytes), payload: bytes.subarray(4) }
    case OPCODE.ack:
      return { kind: 'ack', block: numberOf(bytes) }
    case OPCODE.error:
      return { kind: 'error', code: numberOf(bytes), message: messageOf(bytes, count) }
    case OPCODE['options-ack']:
      return { kind: 'options-ack', options: decodeOptions(bytes, 2, count) }
    default:
      throw new WireError(`unknown opcode ${opcode}`, 0)
  }
}

/** Encodes a packet; throws `WireError` where a text of it holds NUL, which would end it early. */
export const encodePacket = (packet: TftpPacket): Buffer => {
  const opcode = OPCODE[packet.kind]
  switch (packet.kind) {
    case 'read-request':
    case 'write-request':
      return encodeTexts(opcode, [packet.filename, packet.mode, ...[...packet.options].flat()])
    case 'options-ack':
      return encodeTexts(opcode, [...packet.options].flat())
    case 'data':
      return Buffer.concat([twoNumbers(opcode, packet.block), packet.payload])
    case 'ack':
      return twoNumbers(opcode, packet.block)
    case 'error':
      return Buffer.concat([twoNumbers(opcode, packet.code), encodeText(packet.message, 4)])
  }
}

const decodeRequest = (
  kind: RequestPacket['kind'],
  bytes: Buffer,
  count: CountSteps | undefined,
): RequestPacket => {
  if (bytes.length > MAX_REQUEST_OCTETS) {
    throw new WireError(`request is longer than ${MAX_REQUEST_OCTETS} octets`, MAX_REQUEST_OCTETS)
  }
  const name = textAt(bytes, 2, count)
  if (name.octets.length === 0) throw new WireError('request lacks a filename', 2)
  if (!isUtf8(name.octets)) throw new WireError('filename is not UTF-8', 2)
  const mode = textAt(bytes, name.end, count)
  if (mode.octets.length === 0) throw new WireError('request lacks a mode', name.end)
  return {
    kind,
    filename: name.octets.toString('utf8'),
    mode: mode.octets.toString('utf8').toLowerCase(),
    options: decodeOptions(bytes, mode.end, count),
  }
}

/** Pairs of texts up to the end, or to an empty name with nothing but NUL behind it. The first of a name counts. */
const decodeOptions = (bytes: Buffer, start: number, count: CountSteps | undefined): TftpOptions => {
  const options = new Map<string, string>()
  for (let offset = start; offset < bytes.length; ) {
    const name = textAt(bytes, offset, count)
    if (name.octets.length === 0) {
      count?.(bytes.length - offset)
      const stray = bytes.subarray(offset).findIndex(octet => octet !== 0)
      if (stray < 0) break
      throw new WireError('option lacks its name', offset)
    }
    if (name.end === bytes.length) throw new WireError('option lacks its value', name.end)
    const value = textAt(bytes, name.end, count)
    const folded = name.octets.toString('utf8').toLowerCase()
    if (!options.has(folded)) options.set(folded, value.octets.toString('utf8'))
    offset = value.end
  }
  return options
}

/** The octets up to the next NUL, and the offset behind it. */
const textAt = (
  bytes: Buffer,
  offset: number,
  count: CountSteps | undefined,
): { octets: Buffer; end: number } => {
  const nul = bytes.indexOf(0, offset)
  count?.((nul < 0 ? bytes.length : nul + 1) - offset)
  if (nul < 0) throw new WireError('text does not end in NUL', bytes.length)
  return { octets: bytes.subarray(offset, nul), end: nul + 1 }
}

const messageOf = (bytes: Buffer, count: CountSteps | undefined): string => {
  const nul = bytes.indexOf(0, 4)
  count?.((nul < 0 ? bytes.length : nul + 1) - 4)
  return bytes.toString('utf8', 4, nul < 0 ? bytes.length : nul)
}

const numberOf = (bytes: Buffer): number => {
  if (bytes.length < 4) throw new WireError('packet is shorter than its number', bytes.length)
  return bytes.readUInt16BE(2)
}

const encodeTexts = (opcode: number, texts: readonly string[]): Buffer => {
  const bytes: Buffer[] = [Buffer.of(0, opcode)]
  let offset = 2
  for (const text of texts) {
    const octets = encodeText(text, offset)
    bytes.push(octets)
    offset += octets.length
  }
  return Buffer.concat(bytes)
}

const encodeText = (text: string, offset: number): Buffer => {
  if (text.includes('\0')) throw new WireError('text holds NUL', offset + text.indexOf('\0'))
  return Buffer.from(`${text}\0`)
}

const twoNumbers = (opcode: number, number: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16BE(opcode, 0)
  bytes.writeUInt16BE(number, 2)
  return bytes
}
