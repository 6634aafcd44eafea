import fc from 'fast-check'
import t from 'tap'
import { capturedTftp } from '../../testing/captured-packets.ts'
import { holds } from '../../testing/property.ts'
import { WireError } from '../wire-error.ts'
import { negotiateOptions } from './options.ts'
import { decodePacket, encodePacket, MAX_BLOCK_SIZE, type TftpPacket } from './packet.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const text = fc.stringMatching(/^[^\0]{1,12}$/)
const folded = fc.stringMatching(/^[a-z0-9]{1,9}$/)
const number = fc.nat(0xffff)
const octets = fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes))
const options = fc
  .array(fc.tuple(folded, fc.stringMatching(/^[ -~]{0,9}$/)), { maxLength: 5 })
  .map(pairs => new Map(pairs))
/** Objects as we write them, not without a prototype. */
const PLAIN = { noNullPrototype: true }
const packet: fc.Arbitrary<TftpPacket> = fc.oneof(
  fc.record(
    {
      kind: fc.constantFrom('read-request', 'write-request'),
      filename: text,
      mode: folded,
      options,
    },
    PLAIN,
  ),
  fc.record({ kind: fc.constant('data'), block: number, payload: octets }, PLAIN),
  fc.record({ kind: fc.constant('ack'), block: number }, PLAIN),
  fc.record({ kind: fc.constant('error'), code: number, message: text }, PLAIN),
  fc.record({ kind: fc.constant('options-ack'), options }, PLAIN),
)

t.test('a packet that was encoded decodes to itself', async t => {
  holds(
    t,
    fc.property(packet, packet => {
      const decoded = decodePacket(encodePacket(packet))
      t.strictSame(decoded, packet)
      return true
    }),
  )
})

t.test('any octets are a packet or a WireError whose offset lies in them', async t => {
  const withOpcode = fc
    .tuple(fc.nat(7), fc.uint8Array({ maxLength: 600 }))
    .map(([opcode, rest]) => Buffer.from([0, opcode, ...rest]))
  holds(
    t,
    fc.property(fc.oneof(octets, withOpcode), bytes => {
      try {
        decodePacket(bytes)
      } catch (error) {
        return error instanceof WireError && error.offset >= 0 && error.offset <= bytes.length
      }
      return true
    }),
  )
})

const REFUSED: Readonly<Record<string, { bytes: Buffer; message: string }>> = {
  'no octet': { bytes: latin1(''), message: 'packet is shorter than its opcode at octet 0' },
  'half an opcode': { bytes: latin1('\0'), message: 'packet is shorter than its opcode at octet 1' },
  'opcode 0': { bytes: latin1('\0\0'), message: 'unknown opcode 0 at octet 0' },
  'opcode 7': { bytes: latin1('\0\x07'), message: 'unknown opcode 7 at octet 0' },
  'half a block number': {
    bytes: latin1('\0\x04\0'),
    message: 'packet is shorter than its number at octet 3',
  },
  'a request of its opcode': { bytes: latin1('\0\x01'), message: 'text does not end in NUL at octet 2' },
  'an empty filename': { bytes: latin1('\0\x01\0octet\0'), message: 'request lacks a filename at octet 2' },
  'a filename in Latin-1': {
    bytes: latin1('\0\x01\xe9\0octet\0'),
    message: 'filename is not UTF-8 at octet 2',
  },
  'no mode': { bytes: latin1('\0\x01a\0'), message: 'text does not end in NUL at octet 4' },
  'an empty mode': { bytes: latin1('\0\x01a\0\0'), message: 'request lacks a mode at octet 4' },
  'a mode without end': { bytes: latin1('\0\x01a\0octet'), message: 'text does not end in NUL at octet 9' },
  'an option without a value': {
    bytes: latin1('\0\x01a\0octet\0tsize\0'),
    message: 'option lacks its value at octet 16',
  },
  'an option without a name': {
    bytes: latin1('\0\x01a\0octet\0\x000\0'),
    message: 'option lacks its name at octet 10',
  },
  'a value without end': {
    bytes: latin1('\0\x06tsize\x000'),
    message: 'text does not end in NUL at octet 9',
  },
  'a request of 513 octets': {
    bytes: latin1(`\0\x01${'a'.repeat(504)}\0octet\0`),
    message: 'request is longer than 512 octets at octet 512',
  },
  'a block of 65,465 octets': {
    bytes: Buffer.concat([latin1('\0\x03\0\x01'), Buffer.alloc(MAX_BLOCK_SIZE + 1)]),
    message: 'block is too long at octet 65468',
  },
}
for (const [title, { bytes, message }] of Object.entries(REFUSED)) {
  t.test(`${title}: refused where it shows`, async t => {
    t.throws(() => decodePacket(bytes), { name: 'WireError', message })
  })
}

const TAKEN: Readonly<Record<string, { bytes: string; packet: TftpPacket }>> = {
  'names of options and the mode in capitals': {
    bytes: '\0\x01a\0OCTET\0BLKSIZE\x001468\0',
    packet: { kind: 'read-request', filename: 'a', mode: 'octet', options: new Map([['blksize', '1468']]) },
  },
  'an option twice: the first counts': {
    bytes: '\0\x01a\0octet\0tsize\x000\0TSIZE\x001\0',
    packet: { kind: 'read-request', filename: 'a', mode: 'octet', options: new Map([['tsize', '0']]) },
  },
  'a request with NUL behind it': {
    bytes: '\0\x01a\0octet\0\0\0\0',
    packet: { kind: 'read-request', filename: 'a', mode: 'octet', options: new Map() },
  },
  'a filename in UTF-8': {
    bytes: '\0\x02\xc3\xa9\0netascii\0',
    packet: { kind: 'write-request', filename: 'é', mode: 'netascii', options: new Map() },
  },
  'an ACK with octets behind it': { bytes: '\0\x04\x01\x02rest', packet: { kind: 'ack', block: 0x102 } },
  'an ERROR whose message does not end': {
    bytes: '\0\x05\0\0gone',
    packet: { kind: 'error', code: 0, message: 'gone' },
  },
  'an ERROR without a message': { bytes: '\0\x05\0\x08', packet: { kind: 'error', code: 8, message: '' } },
}
for (const [title, { bytes, packet }] of Object.entries(TAKEN)) {
  t.test(`${title}: taken`, async t => {
    t.strictSame(decodePacket(latin1(bytes)), packet)
  })
}

t.test('a text with NUL inside cannot be encoded', async t => {
  const error: TftpPacket = { kind: 'error', code: 0, message: 'a\0b' }
  t.throws(() => encodePacket(error), { name: 'WireError', message: 'text holds NUL at octet 5' })
})

const captured = capturedTftp()

t.test('what OVMF and a server said to each other decodes, and encodes to the same octets', async t => {
  t.equal(captured.length, 244)
  for (const payload of captured) t.ok(encodePacket(decodePacket(payload)).equals(payload))
})

t.test('OVMF asks for the size, aborts, asks again, and gets every block', async t => {
  const packets = captured.map(payload => decodePacket(payload))
  t.strictSame(packets.slice(0, 6), [
    {
      kind: 'read-request',
      filename: 'snponly.efi',
      mode: 'octet',
      options: new Map([
        ['tsize', '0'],
        ['blksize', '1468'],
        ['windowsize', '4'],
      ]),
    },
    {
      kind: 'options-ack',
      options: new Map([
        ['blksize', '1468'],
        ['tsize', '173792'],
      ]),
    },
    { kind: 'error', code: 8, message: 'User aborted the transfer' },
    {
      kind: 'read-request',
      filename: 'snponly.efi',
      mode: 'octet',
      options: new Map([
        ['blksize', '1468'],
        ['windowsize', '4'],
      ]),
    },
    { kind: 'options-ack', options: new Map([['blksize', '1468']]) },
    { kind: 'ack', block: 0 },
  ])
  const sizes = packets.flatMap(packet => (packet.kind === 'data' ? packet.payload.length : []))
  t.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    173792,
  )
  const [asked] = packets
  const accepted = asked?.kind === 'read-request' && negotiateOptions(asked.options, 173792).accepted
  t.strictSame(
    accepted,
    new Map([
      ['blksize', '1468'],
      ['windowsize', '4'],
      ['tsize', '173792'],
    ]),
  )
})
