import dnsPacket from 'dns-packet'
import fc from 'fast-check'
import t from 'tap'
import { formatDnsLabel, toWireName } from '../../model/dns-name.ts'
import { holds } from '../../testing/property.ts'
import { WireError } from '../wire-error.ts'
import { blankHeader, decodeMessage, encodeMessage, type Message, type WireRecord } from './message.ts'
import { decodeName } from './name.ts'
import { encodeQuery } from './query.ts'
import { decodeRdata, encodeRdata, type Rdata } from './rdata.ts'
import { recordType } from './record-type.ts'
import { addRecord, deleteRrset, encodeUpdate, rrsetAbsent, rrsetEquals } from './update.ts'

const octets = (maxLength: number) => fc.uint8Array({ maxLength }).map(bytes => Buffer.from(bytes))
const name = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 5 })
  .map(labels => labels.map(label => formatDnsLabel(Buffer.from(label))).join('.'))
/** Objects as we write them, not without a prototype. */
const PLAIN = { noNullPrototype: true }
const uint16 = fc.nat(0xffff)
const record: fc.Arbitrary<WireRecord> = fc.record(
  {
    owner: name,
    type: uint16,
    dnsClass: uint16,
    ttlSeconds: fc.nat(0xffffffff),
    rdata: octets(60),
  },
  PLAIN,
)
const records = fc.array(record, { maxLength: 4 })
const message: fc.Arbitrary<Message> = fc.record(
  {
    id: uint16,
    isResponse: fc.boolean(),
    opcode: fc.nat(15),
    authoritative: fc.boolean(),
    truncated: fc.boolean(),
    recursionDesired: fc.boolean(),
    recursionAvailable: fc.boolean(),
    authenticData: fc.boolean(),
    checkingDisabled: fc.boolean(),
    rcode: fc.nat(15),
    questions: fc.array(fc.record({ name, type: uint16, dnsClass: uint16 }, PLAIN), { maxLength: 2 }),
    answers: records,
    authorities: records,
    additionals: records,
  },
  PLAIN,
)

/** Decodes everything that can be decoded; true unless something but `WireError` is thrown. */
const decodesOrRefuses = (bytes: Buffer): boolean => {
  try {
    const { answers, authorities, additionals } = decodeMessage(bytes)
    for (const found of [...answers, ...authorities, ...additionals]) decodeRdata(bytes, found)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
  }
  return true
}

t.test('any bytes decode or throw WireError', async t => {
  holds(t, fc.property(octets(600), decodesOrRefuses))
})

t.test('a message with some bytes changed decodes or throws WireError', async t => {
  const change = fc.tuple(fc.nat(), fc.nat(255))
  const damage = (original: Message, changes: readonly [number, number][]): boolean => {
    const bytes = encodeMessage(original)
    for (const [at, octet] of changes) bytes[at % bytes.length] = octet
    return decodesOrRefuses(bytes)
  }
  holds(t, fc.property(message, fc.array(change, { minLength: 1, maxLength: 6 }), damage), { numRuns: 500 })
})

const withoutOffsets = (found: readonly WireRecord[]): WireRecord[] =>
  found.map(({ owner, type, dnsClass, ttlSeconds, rdata }) => ({
    owner,
    type,
    dnsClass,
    ttlSeconds,
    rdata: Buffer.from(rdata),
  }))

t.test('a message decodes to what was encoded', async t => {
  const survives = (original: Message): void => {
    const decoded = decodeMessage(encodeMessage(original))
    const { answers, authorities, additionals } = decoded
    t.strictSame(
      {
        ...decoded,
        answers: withoutOffsets(answers),
        authorities: withoutOffsets(authorities),
        additionals: withoutOffsets(additionals),
      },
      original,
    )
  }
  holds(t, fc.property(message, survives), { numRuns: 60 })
})

const header = (counts: string): string => `1234 8400 ${counts}`
const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex')

const broken: Record<string, { bytes: string; message: RegExp }> = {
  'shorter than a header': { bytes: '123484000001', message: /shorter than its header/ },
  'counts for more than there is': { bytes: header('ffff ffff ffff ffff'), message: /counts exceed/ },
  'a pointer to itself': { bytes: `${header('0001 0000 0000 0000')} c00c 0001 0001`, message: /backwards/ },
  'a pointer forwards': { bytes: `${header('0001 0000 0000 0000')} c00e 0001 0001`, message: /backwards/ },
  'two pointers that lead to each other': {
    bytes: `${header('0001 0000 0000 0000')} 0161 c00c 0001 0001`,
    message: /backwards/,
  },
  'a label past the end': {
    bytes: `${header('0001 0000 0000 0000')} 3f61 6100 0001`,
    message: /label runs past/,
  },
  'an unknown kind of label': {
    bytes: `${header('0001 0000 0000 0000')} 4161 00 0001 0001`,
    message: /unknown kind/,
  },
  'data past the end': {
    bytes: `${header('0000 0001 0000 0000')} 00 0001 0001 00000000 0005 c0000201`,
    message: /record data runs past/,
  },
  'octets left over': { bytes: `${header('0000 0000 0000 0000')} 00`, message: /left over/ },
}

for (const [title, { bytes, message: wanted }] of Object.entries(broken)) {
  t.test(`refused: ${title}`, async t => {
    t.throws(() => decodeMessage(hex(bytes)), { name: 'WireError', message: wanted })
  })
}

t.test('a name longer than 255 octets by way of pointers is refused', async t => {
  const label = `3f${'61'.repeat(63)}`
  const bytes = hex(
    `${header('0002 0000 0000 0000')} ${label.repeat(4)} 00 0001 0001 3f${'61'.repeat(63)} c00c 0001 0001`,
  )
  t.throws(() => decodeMessage(bytes), { name: 'WireError', message: /longer than 255/ })
})

t.test('a chain of more pointers than a name has labels is refused', async t => {
  // The first pointer leads to a root label; each one after it to the pointer before.
  const chain = (length: number): Buffer => {
    const start = 12 + 1
    const pointers = Array.from(
      { length },
      (_, index) => 0xc000 + (index === 0 ? 12 : start + (index - 1) * 2),
    )
    const octets = pointers.map(pointer => pointer.toString(16)).join('')
    return Buffer.concat([hex(`${header('0000 0000 0000 0000')} 00`), hex(octets)])
  }
  const endOf = (length: number) => decodeName(chain(length), 13 + (length - 1) * 2).name
  t.equal(endOf(127), '')
  t.throws(() => endOf(128), { name: 'WireError', message: /too many pointers/ })
})

t.test('a compressed name is read through its pointer', async t => {
  const question = '03777777 076578616d706c65 0474657374 00 0005 0001'
  const bytes = hex(`${header('0001 0001 0000 0000')} ${question} c00c 0005 0001 0000012c 0006 036d6170 c010`)
  const [answer] = decodeMessage(bytes).answers
  if (answer === undefined) throw new Error('no answer')
  t.equal(answer.owner, 'www.example.test')
  t.strictSame(decodeRdata(bytes, answer), { kind: 'name', name: 'map.example.test' })
})

const rdata: Record<string, { type: string; data: Rdata }> = {
  A: { type: 'A', data: { kind: 'address', address: '192.0.2.1' } },
  AAAA: { type: 'AAAA', data: { kind: 'address', address: '2001:db8::1' } },
  PTR: { type: 'PTR', data: { kind: 'name', name: 'web01.example.test' } },
  TXT: {
    type: 'TXT',
    data: { kind: 'text', strings: [Buffer.from('a b'), Buffer.alloc(0), Buffer.alloc(255, 'x')] },
  },
  SOA: {
    type: 'SOA',
    data: {
      kind: 'soa',
      primary: 'ns1.example.test',
      mailbox: 'host\\.master.example.test',
      serial: 4294967295,
      refreshSeconds: 1,
      retrySeconds: 2,
      expireSeconds: 3,
      minimumSeconds: 4,
    },
  },
  DHCID: { type: 'DHCID', data: { kind: 'opaque', octets: Buffer.from('000101ff', 'hex') } },
}

for (const [title, { type, data }] of Object.entries(rdata)) {
  t.test(`data of ${title} decodes to what was encoded`, async t => {
    const bytes = encodeUpdate(
      1,
      'example.test',
      [],
      [addRecord('a.example.test', type, 300, encodeRdata(data))],
    )
    const [found] = decodeMessage(bytes).authorities
    t.strictSame(found && decodeRdata(bytes, found), data)
  })
}

t.test('data that does not fit its type is refused', async t => {
  for (const [type, octetsText] of [
    ['A', '0102'],
    ['AAAA', '01020304'],
    ['PTR', '016100ff'],
    ['TXT', ''],
    ['TXT', '05ab'],
    ['SOA', '0000'],
  ] as const) {
    const bytes = encodeUpdate(1, '', [], [addRecord('', type, 0, hex(octetsText))])
    const [found] = decodeMessage(bytes).authorities
    t.throws(() => found && decodeRdata(bytes, found), { name: 'WireError' }, type)
  }
})

t.test('a text that is no address is never encoded as nothing, which would delete', async t => {
  t.throws(() => encodeRdata({ kind: 'address', address: 'web01' }), { message: /is not an address/ })
})

t.test('an update has the classes and empty data of RFC 2136', async t => {
  const bytes = encodeUpdate(
    0x1234,
    'example.test',
    [rrsetAbsent('a.test', 'A'), rrsetEquals('a.test', 'A', hex('c0000201'))],
    [deleteRrset('a.test', 'A'), addRecord('a.test', 'A', 300, hex('c0000202'))],
  )
  const owner = '01 61 04 74657374 00'
  const wanted = [
    '1234 2800 0001 0002 0002 0000',
    '07 6578616d706c65 04 74657374 00 0006 0001',
    `${owner} 0001 00fe 00000000 0000`,
    `${owner} 0001 0001 00000000 0004 c0000201`,
    `${owner} 0001 00ff 00000000 0000`,
    `${owner} 0001 0001 0000012c 0004 c0000202`,
  ]
  t.equal(bytes.toString('hex'), wanted.join('').replace(/\s/g, ''))
})

// dns-packet is the oracle for what it can do (no UPDATE, no dots inside labels).
const plainName = fc
  .array(fc.stringMatching(/^[a-z0-9_-]{1,12}$/), { minLength: 1, maxLength: 4 })
  .map(labels => labels.join('.'))

t.test('dns-packet reads our queries', async t => {
  const agrees = (owner: string, id: number, recursion: boolean, authenticData: boolean): boolean => {
    const read = dnsPacket.decode(encodeQuery({ id, owner, type: 'TXT', recursion, authenticData }))
    const [question] = read.questions ?? []
    const [opt] = read.additionals ?? []
    return (
      read.id === id &&
      question?.name === owner &&
      question.type === 'TXT' &&
      (((read.flags ?? 0) & dnsPacket.RECURSION_DESIRED) !== 0) === recursion &&
      (((read.flags ?? 0) & dnsPacket.AUTHENTIC_DATA) !== 0) === authenticData &&
      opt?.type === 'OPT' &&
      opt.udpPayloadSize === 1232
    )
  }
  holds(t, fc.property(plainName, uint16, fc.boolean(), fc.boolean(), agrees))
})

t.test('we read the answers that dns-packet writes', async t => {
  const agrees = (owner: string, target: string, strings: readonly Uint8Array[], serial: number): void => {
    const data = strings.map(string => Buffer.from(string))
    const times = { refresh: 7200, retry: 900, expire: 1209600, minimum: 300 }
    const bytes = dnsPacket.encode({
      type: 'response',
      id: 1,
      flags: dnsPacket.AUTHORITATIVE_ANSWER,
      questions: [{ type: 'TXT', name: owner }],
      answers: [
        { type: 'TXT', name: owner, ttl: 300, data },
        { type: 'CNAME', name: owner, ttl: 300, data: target },
        { type: 'A', name: owner, ttl: 300, data: '192.0.2.1' },
        { type: 'AAAA', name: owner, ttl: 300, data: '2001:db8::1' },
      ],
      authorities: [
        { type: 'SOA', name: target, ttl: 1, data: { mname: owner, rname: target, serial, ...times } },
      ],
    })
    const decoded = decodeMessage(bytes)
    t.equal(decoded.authoritative, true)
    t.strictSame(
      [...decoded.answers, ...decoded.authorities].map(found => decodeRdata(bytes, found)),
      [
        { kind: 'text', strings: data },
        { kind: 'name', name: target },
        { kind: 'address', address: '192.0.2.1' },
        { kind: 'address', address: '2001:db8::1' },
        {
          kind: 'soa',
          primary: owner,
          mailbox: target,
          serial,
          refreshSeconds: 7200,
          retrySeconds: 900,
          expireSeconds: 1209600,
          minimumSeconds: 300,
        },
      ],
    )
  }
  const strings = fc.array(fc.uint8Array({ maxLength: 250 }), { minLength: 1, maxLength: 3 })
  holds(t, fc.property(plainName, plainName, strings, fc.nat(0xffffffff), agrees), { numRuns: 40 })
})

t.test('a dot inside a label is no border, where dns-packet sees one', async t => {
  const bytes = encodeMessage({
    ...blankHeader(1, 0),
    questions: [{ name: '_fai\\.web01.test', type: recordType('TXT'), dnsClass: 1 }],
    answers: [],
    authorities: [],
    additionals: [],
  })
  t.equal(decodeMessage(bytes).questions[0]?.name, '_fai\\.web01.test')
  t.equal(dnsPacket.decode(bytes).questions?.[0]?.name, '_fai.web01.test')
  t.equal(toWireName('_fai\\.web01.test').length, 17)
})
