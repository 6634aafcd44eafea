import fc from 'fast-check'
import t from 'tap'
import { CAPTURE_FILES, capturedDhcp } from '../../testing/captured-packets.ts'
import { BLANK_REQUEST } from '../../testing/dhcp-request.ts'
import { holds } from '../../testing/property.ts'
import { WireError } from '../wire-error.ts'
import { archOf } from './arch.ts'
import { type DhcpMessage, decodeMessage, encodeMessage, mostReplyOctets } from './message.ts'
import type { RawOption } from './option-field.ts'
import { decodeOption, encodeOption, findOption, OPTIONS } from './options.ts'

const withoutOffsets = (message: DhcpMessage): DhcpMessage => ({
  ...message,
  hardwareAddress: Buffer.from(message.hardwareAddress),
  options: message.options.map(({ code, octets }) => ({ code, octets: Buffer.from(octets) })),
})
const roundTrip = (message: DhcpMessage): DhcpMessage =>
  withoutOffsets(decodeMessage(encodeMessage(message).octets))

/** A message with these octets in place of its options, padded by nothing. */
const withOptions = (hex: string, fields: { file?: string; sname?: string } = {}): Buffer => {
  const header = encodeMessage(BLANK_REQUEST).octets.subarray(0, 240)
  Buffer.from(fields.sname ?? '', 'hex').copy(header, 44)
  Buffer.from(fields.file ?? '', 'hex').copy(header, 108)
  return Buffer.concat([header, Buffer.from(hex.replace(/ /g, ''), 'hex')])
}

for (const file of CAPTURE_FILES) {
  t.test(`each message of ${file} decodes, and is encoded to the same octets`, async t => {
    const messages = capturedDhcp(file)
    t.ok(messages.length >= 6)
    for (const octets of messages) t.strictSame(encodeMessage(decodeMessage(octets)).octets, octets)
  })

  t.test(`every option of ${file} that is known has a value`, async t => {
    for (const octets of capturedDhcp(file)) {
      const message = decodeMessage(octets)
      for (const option of Object.values(OPTIONS)) {
        const isThere = findOption(message, option) !== undefined
        t.equal(decodeOption<unknown>(message, option) !== undefined, isThere)
      }
    }
  })
}

t.test('what firmware says of itself is read', async t => {
  const first = (file: (typeof CAPTURE_FILES)[number]) =>
    decodeMessage(capturedDhcp(file)[0] ?? Buffer.alloc(0))
  const facts = CAPTURE_FILES.map(first).map(message => ({
    type: decodeOption(message, OPTIONS.messageType),
    mac: message.hardwareAddress.toString('hex'),
    broadcast: message.broadcast,
    arch: decodeOption(message, OPTIONS.clientArchitectures)?.map(archOf),
    interface: decodeOption(message, OPTIONS.networkInterface),
    userClass: decodeOption(message, OPTIONS.userClass),
    vendorClass: decodeOption(message, OPTIONS.vendorClass),
    most: decodeOption(message, OPTIONS.maxMessageOctets),
    machine: decodeOption(message, OPTIONS.machineId),
  }))
  const same = { type: 'discover', most: 1472, machine: '00000000-0000-0000-0000-000000000000' }
  t.strictSame(facts, [
    {
      ...same,
      mac: '525400000001',
      broadcast: false,
      arch: [{ firmware: 'bios', cpu: 'x86', http: false }],
      interface: { type: 1, major: 2, minor: 1 },
      userClass: { form: 'bare', classes: ['iPXE'] },
      vendorClass: 'PXEClient:Arch:00000:UNDI:002001',
    },
    {
      ...same,
      mac: '525400000003',
      broadcast: true,
      arch: [{ firmware: 'uefi', cpu: 'x64', http: true }],
      interface: { type: 1, major: 3, minor: 0 },
      userClass: undefined,
      vendorClass: 'HTTPClient:Arch:00016:UNDI:003000',
    },
    {
      ...same,
      mac: '525400000002',
      broadcast: true,
      arch: [{ firmware: 'uefi', cpu: 'x64', http: false }],
      interface: { type: 1, major: 3, minor: 0 },
      userClass: undefined,
      vendorClass: 'PXEClient:Arch:00007:UNDI:003000',
    },
  ])
})

t.test('what iPXE encapsulates is read', async t => {
  const [octets = Buffer.alloc(0)] = capturedDhcp('bios-ipxe-virtio')
  const features = decodeOption(decodeMessage(octets), OPTIONS.ipxeOptions)
  t.equal(features?.[0]?.code, 0xb1)
  t.equal(features?.[0]?.octets.toString('hex'), '011af41000')
})

const address = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(255))).map(octets => octets.join('.'))
const someText = (maxLength: number) =>
  fc.array(fc.integer({ min: 1, max: 255 }), { maxLength }).map(octets => String.fromCharCode(...octets))
const rawOption: fc.Arbitrary<RawOption> = fc.record(
  {
    code: fc.integer({ min: 1, max: 254 }).filter(code => code !== 52 && code !== 82),
    octets: fc.uint8Array({ maxLength: 600 }).map(octets => Buffer.from(octets)),
  },
  { noNullPrototype: true },
)
const message: fc.Arbitrary<DhcpMessage> = fc.record(
  {
    op: fc.constantFrom('request', 'reply'),
    hardwareType: fc.nat(255),
    hops: fc.nat(255),
    transactionId: fc.nat(0xffffffff),
    seconds: fc.nat(0xffff),
    broadcast: fc.boolean(),
    clientAddress: address,
    yourAddress: address,
    nextServer: address,
    relayAddress: address,
    hardwareAddress: fc.uint8Array({ maxLength: 16 }).map(octets => Buffer.from(octets)),
    serverName: someText(64),
    bootFile: someText(128),
    options: fc.uniqueArray(rawOption, { maxLength: 8, selector: ({ code }) => code }),
  },
  { noNullPrototype: true },
)

t.test('a message decodes to what was encoded, long options too', async t => {
  holds(
    t,
    fc.property(message, original => t.strictSame(roundTrip(original), original)),
    { numRuns: 100 },
  )
})

const byCode = (options: readonly RawOption[]) => options.toSorted((a, b) => a.code - b.code)

t.test('in little room nothing is lost unsaid, and the limit holds', async t => {
  const fits = (original: DhcpMessage, most: number): boolean => {
    const { octets, omitted } = encodeMessage(original, most)
    const decoded = withoutOffsets(decodeMessage(octets))
    const kept = original.options.filter(({ code }) => !omitted.includes(code))
    t.strictSame(byCode(decoded.options), byCode(kept))
    t.strictSame({ ...decoded, options: [] }, { ...original, options: [] })
    return octets.length <= Math.max(most, 300)
  }
  holds(t, fc.property(message, fc.integer({ min: 300, max: 1472 }), fits), { numRuns: 100 })
})

t.test('any octets, and a message with some octets changed, decode or throw WireError', async t => {
  const decodesOrRefuses = (octets: Buffer): boolean => {
    try {
      const decoded = decodeMessage(octets)
      for (const option of Object.values(OPTIONS)) decodeOption<unknown>(decoded, option)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
    return true
  }
  const random = fc.uint8Array({ maxLength: 600 }).map(octets => Buffer.from(octets))
  holds(t, fc.property(random, decodesOrRefuses))
  holds(
    t,
    fc.property(random, octets => decodesOrRefuses(withOptions(octets.toString('hex')))),
  )
})

const refused: Record<string, { octets: Buffer; offset: number; message: RegExp }> = {
  'cut in its header': {
    octets: withOptions('').subarray(0, 239),
    offset: 239,
    message: /shorter than its header/,
  },
  'of neither operation': {
    octets: withOptions('ff').fill(3, 0, 1),
    offset: 0,
    message: /neither a request/,
  },
  'a hardware address of 17 octets': {
    octets: withOptions('ff').fill(17, 2, 3),
    offset: 2,
    message: /too long/,
  },
  'without the cookie': {
    octets: withOptions('ff').fill(0, 236, 237),
    offset: 236,
    message: /no magic cookie/,
  },
  'an option without a length': { octets: withOptions('00 35'), offset: 242, message: /option 53 runs past/ },
  'an option past the end': { octets: withOptions('3502 01'), offset: 241, message: /option 53 runs past/ },
  'an overload of nothing': { octets: withOptions('3401 00 ff'), offset: 242, message: /not 1, 2 or 3/ },
  'an overload of too much': { octets: withOptions('3401 04 ff'), offset: 242, message: /not 1, 2 or 3/ },
  'an overload of two octets': { octets: withOptions('3402 0101 ff'), offset: 242, message: /not 1, 2 or 3/ },
  'an overload that stands twice': { octets: withOptions('3401 01 3401 01'), offset: 245, message: /twice/ },
  'an overload inside of file': {
    octets: withOptions('3401 01 ff', { file: '340101ff' }),
    offset: 110,
    message: /in an overloaded field/,
  },
  'an option past the end of sname': {
    octets: withOptions('3401 02 ff', { sname: '0c40' }),
    offset: 45,
    message: /option 12 runs past/,
  },
}

for (const [title, { octets, offset, message: wanted }] of Object.entries(refused)) {
  t.test(`refused: ${title}`, async t => {
    t.throws(() => decodeMessage(octets), { name: 'WireError', message: wanted, offset })
  })
}

t.test('options stand in file and then in sname, and their pieces are joined in that order', async t => {
  const octets = withOptions('0c01 61 3401 03 ff 0c', { file: '0c0162ff0c', sname: '000c0163' })
  const decoded = decodeMessage(octets)
  t.strictSame(withoutOffsets(decoded).options, [{ code: 12, octets: Buffer.from('abc') }])
  t.strictSame([decoded.bootFile, decoded.serverName, decoded.options[0]?.offset], ['', '', 242])
})

t.test('an option of 256 octets is two pieces', async t => {
  const long = { code: 43, octets: Buffer.alloc(256, 7) }
  const { octets } = encodeMessage({ ...BLANK_REQUEST, options: [long] })
  t.equal(octets.subarray(240, 242).toString('hex'), '2bff')
  t.equal(octets.subarray(497).toString('hex'), '2b0107ff')
})

t.test('a message is padded to 300 octets, and ends its options', async t => {
  const { octets } = encodeMessage({ ...BLANK_REQUEST, options: [encodeOption(OPTIONS.messageType, 'nak')] })
  t.equal(octets.length, 300)
  t.equal(octets.subarray(236, 246).toString('hex'), '63825363350106ff0000')
})

t.test(
  'what a relay said is last and not in another field, and is left out where it does not fit',
  async t => {
    const relay = (length: number): RawOption => ({ code: 82, octets: Buffer.alloc(length, 1) })
    const name = { code: 12, octets: Buffer.alloc(40, 97) }
    const said = encodeMessage({ ...BLANK_REQUEST, options: [relay(40), name] }, 300)
    t.strictSame(said.omitted, [])
    t.equal(said.octets.subarray(240, 245).toString('hex'), '3401015228')
    t.equal(said.octets.subarray(108, 110).toString('hex'), '0c28')
    t.strictSame(encodeMessage({ ...BLANK_REQUEST, options: [relay(60), name] }, 300).omitted, [82])
  },
)

t.test('a text that does not fit into its field is a fault of ours', async t => {
  t.throws(() => encodeMessage({ ...BLANK_REQUEST, bootFile: 'a'.repeat(129) }), {
    message: /129 octets in a field of 128/,
  })
  t.throws(() => encodeMessage({ ...BLANK_REQUEST, serverName: '\u0100' }), {
    message: /more than one octet/,
  })
})

t.test('the room of a reply is what the client takes, and one frame at most', async t => {
  t.strictSame(
    [undefined, 0, 576, 1472, 0xff00].map(most => mostReplyOctets(most)),
    [548, 548, 548, 1444, 1472],
  )
})
