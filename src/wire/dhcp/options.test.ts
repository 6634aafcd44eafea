import t from 'tap'
import { OPTIONS, type Option } from './options.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/ /g, ''), 'hex')

/** What an option makes of these octets, and of this value. */
const row = <T>({ kind }: Option<T>, hex: string, value: T) => ({
  value,
  octets: bytes(hex),
  decoded: () => kind.decode(bytes(hex), 0),
  encoded: () => kind.encode(value),
})

const good = {
  'one address': row(OPTIONS.subnetMask, 'ffffff00', '255.255.255.0'),
  'two addresses': row(OPTIONS.nameServers, 'c0000201 c0000202', ['192.0.2.1', '192.0.2.2']),
  'a number of 2 octets': row(OPTIONS.interfaceMtu, '05dc', 1500),
  'a number of 4 octets': row(OPTIONS.leaseSeconds, 'ffffffff', 0xffffffff),
  'codes of options': row(OPTIONS.parameterRequestList, '0103ff', [1, 3, 255]),
  'client architectures': row(OPTIONS.clientArchitectures, '0007 0010', [7, 16]),
  'a text with octets beyond ASCII': row(OPTIONS.hostName, '61e9', 'a\u00e9'),
  'a type of message': row(OPTIONS.messageType, '08', 'inform'),
  'a client identifier': row(OPTIONS.clientIdentifier, '01525400000001', bytes('01525400000001')),
  'two user classes': row(OPTIONS.userClass, '0161 026263', { form: 'list', classes: ['a', 'bc'] }),
  'a user class without a length': row(OPTIONS.userClass, '69505845', { form: 'bare', classes: ['iPXE'] }),
  'a user class that only begins like a list': row(OPTIONS.userClass, '016100', {
    form: 'bare',
    classes: ['\u0001a\0'],
  }),
  'suboptions of a relay, one of them of code 0 and empty, one of 255': row(
    OPTIONS.relayAgent,
    '0102 6131 0000 ff01 62',
    [
      { code: 1, octets: bytes('6131') },
      { code: 0, octets: bytes('') },
      { code: 255, octets: bytes('62') },
    ],
  ),
  'a network interface': row(OPTIONS.networkInterface, '010300', { type: 1, major: 3, minor: 0 }),
  'a UUID, its first three fields swapped': row(
    OPTIONS.machineId,
    '00 33221100 5544 7766 8899 aabbccddeeff',
    '00112233-4455-6677-8899-aabbccddeeff',
  ),
  'options of a vendor, with their end': row(OPTIONS.vendorOptions, '0601 08 ff', [
    { code: 6, octets: bytes('08') },
  ]),
  'routes of no, 20 and 32 bits': row(OPTIONS.routes, '00 c0000201 14 0a0010 c0000201 20 c0000209 c0000202', [
    { destination: '0.0.0.0', prefixLength: 0, router: '192.0.2.1' },
    { destination: '10.0.16.0', prefixLength: 20, router: '192.0.2.1' },
    { destination: '192.0.2.9', prefixLength: 32, router: '192.0.2.2' },
  ]),
}

for (const [name, { value, octets, decoded, encoded }] of Object.entries(good)) {
  t.test(`${name}: read from its octets, and written to the same`, async t => {
    t.strictSame(decoded(), value)
    t.strictSame(encoded(), octets)
  })
}

t.test('NULs at the end of a text are taken off, one inside stays', async t => {
  t.equal(OPTIONS.bootFileName.kind.decode(bytes('61006200 00'), 0), 'a\0b')
})

t.test('encapsulated options may end without an end, and be padded', async t => {
  t.strictSame(OPTIONS.ipxeOptions.kind.decode(bytes('00 b10101'), 0), [{ code: 0xb1, octets: bytes('01') }])
})

const bad: Record<string, { option: number; hex: string; offset: number; message: RegExp }> = {
  'an address of 3 octets': { option: 1, hex: 'ffffff', offset: 7, message: /not 4 octets/ },
  'no addresses': { option: 3, hex: '', offset: 7, message: /not 4 octets each/ },
  'addresses of 5 octets': { option: 3, hex: 'c000020100', offset: 7, message: /not 4 octets each/ },
  'a time of 3 octets': { option: 51, hex: '000001', offset: 7, message: /not 4 octets/ },
  'architectures of 3 octets': { option: 93, hex: '000700', offset: 7, message: /not 2 octets each/ },
  'an empty text': { option: 12, hex: '0000', offset: 7, message: /empty/ },
  'message type 0': { option: 53, hex: '00', offset: 7, message: /unknown type of message/ },
  'message type 9': { option: 53, hex: '09', offset: 7, message: /unknown type of message/ },
  'a message type of 2 octets': { option: 53, hex: '0101', offset: 7, message: /unknown type of message/ },
  'an empty user class': { option: 77, hex: '', offset: 7, message: /empty/ },
  'a suboption without a length': { option: 82, hex: '0100 02', offset: 9, message: /runs past/ },
  'a suboption past the end': { option: 82, hex: '0100 0202 61', offset: 9, message: /runs past/ },
  'an encapsulated option past the end': {
    option: 43,
    hex: '0601 08 0702',
    offset: 11,
    message: /option 7 runs/,
  },
  'a network interface of 2 octets': { option: 94, hex: '0103', offset: 7, message: /not 3 octets/ },
  'a machine identifier of 16 octets': { option: 97, hex: '00'.repeat(16), offset: 7, message: /not 17/ },
  'a machine identifier of type 1': {
    option: 97,
    hex: `01${'00'.repeat(16)}`,
    offset: 7,
    message: /unknown type/,
  },
  'no routes': { option: 121, hex: '', offset: 7, message: /no route/ },
  'a prefix of 33 bits': { option: 121, hex: '00c0000201 21', offset: 12, message: /longer than 32/ },
  'a route past the end': {
    option: 121,
    hex: '00c0000201 08 0a c00002',
    offset: 12,
    message: /route runs past/,
  },
}

for (const [name, { option: code, hex, offset, message }] of Object.entries(bad)) {
  t.test(`refused: ${name}`, async t => {
    const option = Object.values(OPTIONS).find(known => known.code === code)
    t.throws(() => option?.kind.decode(bytes(hex), 7), { name: 'WireError', message, offset })
  })
}

t.test('a text that is no IPv4 address is a fault of ours', async t => {
  t.throws(() => OPTIONS.subnetMask.kind.encode('2001:db8::1'), { message: /is not an IPv4 address/ })
})

t.test('each code stands in the table once', async t => {
  const codes = Object.values(OPTIONS).map(({ code }) => code)
  t.strictSame(
    codes,
    [...new Set(codes)].toSorted((a, b) => a - b),
  )
})
