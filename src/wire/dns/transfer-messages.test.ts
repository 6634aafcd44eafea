import dnsPacket from 'dns-packet'
import fc from 'fast-check'
import t from 'tap'
import { toWireName } from '../../model/dns-name.ts'
import { holds } from '../../testing/property.ts'
import { DNS_CLASS } from './dns-class.ts'
import { decodeMessage, encodeRecord, type WireRecord } from './message.ts'
import { decodeRdata, encodeRdata } from './rdata.ts'
import { recordType } from './record-type.ts'
import { encodeSoa } from './soa.ts'
import {
  axfrRecords,
  ixfrRecords,
  MOST_MESSAGE_OCTETS,
  type TransferQuestion,
  transferMessages,
} from './transfer-messages.ts'

const ZONE = 'fai.example.test'
const asked: TransferQuestion = {
  id: 0x1234,
  recursionDesired: false,
  edns: true,
  question: { name: 'FAI.example.test', type: recordType('AXFR'), dnsClass: DNS_CLASS.in },
}
const times = { refreshSeconds: 1, retrySeconds: 2, expireSeconds: 3, minimumSeconds: 4 }
const soa = (serial: number): WireRecord =>
  encodeSoa(ZONE, 300, { primary: 'ns.example.test', mailbox: `hostmaster.${ZONE}`, serial, ...times })
const record = (owner: string, type: string, rdata: Buffer): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: DNS_CLASS.in,
  ttlSeconds: 300,
  rdata,
})
const txt = (owner: string, ...strings: string[]): WireRecord =>
  record(owner, 'TXT', encodeRdata({ kind: 'text', strings: strings.map(text => Buffer.from(text)) }))
const ptr = (owner: string, target: string): WireRecord => record(owner, 'PTR', toWireName(target))

/** The records of messages, with names in full and rdata uncompressed, so that they compare with what went in. */
const recordsOf = (messages: readonly Buffer[]): WireRecord[] =>
  messages.flatMap(bytes =>
    decodeMessage(bytes).answers.map(found => {
      const { owner, type, dnsClass, ttlSeconds } = found
      const read = decodeRdata(bytes, found)
      const rdata = read.kind === 'name' ? encodeRdata(read) : Buffer.from(found.rdata)
      return { owner, type, dnsClass, ttlSeconds, rdata }
    }),
  )

t.test('an SOA record is the one that dns-packet reads', async t => {
  const [message] = [...transferMessages(asked, [soa(4_000_000_000)])]
  t.match(dnsPacket.decode(message as Buffer).answers, [
    {
      name: ZONE,
      type: 'SOA',
      ttl: 300,
      data: {
        mname: 'ns.example.test',
        rname: `hostmaster.${ZONE}`,
        serial: 4_000_000_000,
        refresh: 1,
        retry: 2,
        expire: 3,
        minimum: 4,
      },
    },
  ])
})

const hosts = Array.from({ length: 2000 }, (_, i) => `web${i}.${ZONE}`)
const many = [
  ...hosts.map(host => txt(host, 'DEFAULT FAIBASE', host.slice(0, 8), 'LAST')),
  ...hosts.map(host => ptr(`WEB._class.${ZONE}`, host)),
]

t.test('a zone: what goes in comes out, in messages of 16 KiB at most', async t => {
  const messages = [...transferMessages(asked, axfrRecords(soa(7), many))]
  t.ok(messages.length > 2)
  t.ok(messages.every(({ length }) => length <= 16 * 1024))
  t.ok(messages.slice(0, -1).every(({ length }) => length > 16 * 1024 - 100))
  t.strictSame(recordsOf(messages), [soa(7), ...many, soa(7)])
  const whole = many.reduce((sum, each) => sum + encodeRecord(each).length, 0)
  t.ok(messages.reduce((sum, { length }) => sum + length, 0) < whole * 0.7, 'names are compressed')
})

t.test('the question, in its own case, and EDNS are in the first message alone', async t => {
  const [first, ...others] = [...transferMessages(asked, many)].map(bytes => decodeMessage(bytes))
  t.match(first, { id: 0x1234, isResponse: true, authoritative: true, rcode: 0, questions: [asked.question] })
  t.strictSame(
    first?.additionals.map(({ type }) => type),
    [recordType('OPT')],
  )
  for (const { id, isResponse, authoritative, questions, additionals } of others) {
    t.strictSame([id, isResponse, authoritative, questions, additionals], [0x1234, true, true, [], []])
  }
  const plain = [...transferMessages({ ...asked, edns: false }, [soa(1)])].map(bytes => decodeMessage(bytes))
  t.strictSame(plain[0]?.additionals, [])
})

t.test('every message leaves as many octets free as it is told', async t => {
  const messages = [...transferMessages(asked, many, 500)]
  t.ok(messages.every(({ length }) => length <= 16 * 1024 - 500))
  t.strictSame(recordsOf(messages), many)
})

t.test('a record that is larger than 16 KiB has a message for itself', async t => {
  const large = txt(`big.${ZONE}`, ...Array.from({ length: 200 }, () => 'x'.repeat(254)))
  const messages = [...transferMessages(asked, axfrRecords(soa(7), [large, txt(`a.${ZONE}`, 'A')]))]
  t.strictSame(
    messages.map(bytes => decodeMessage(bytes).answers.length),
    [1, 1, 2],
  )
  t.strictSame(recordsOf(messages)[1], large)
})

t.test('the largest record that a message can hold, and one octet more', async t => {
  const owner = `a.${ZONE}`
  const octets = MOST_MESSAGE_OCTETS - 12 - toWireName(owner).length - 10
  const opaque = (length: number) => record(owner, 'NULL', Buffer.alloc(length))
  const messages = [...transferMessages(asked, [soa(1), opaque(octets)])]
  t.equal(messages.at(-1)?.length, MOST_MESSAGE_OCTETS)
  t.throws(() => [...transferMessages(asked, [soa(1), opaque(octets + 1)])], {
    message: /a\.fai.* too large/,
  })
  t.throws(() => [...transferMessages(asked, [soa(1), opaque(octets)], 1)], { message: /too large/ })
})

t.test('an incremental transfer is SOA, old SOA, deleted, new SOA, added, SOA', async t => {
  const [a, b, c] = ['a', 'b', 'c'].map(name => txt(`${name}.${ZONE}`, name)) as [
    WireRecord,
    WireRecord,
    WireRecord,
  ]
  const steps = [
    { before: soa(1), after: soa(2), deleted: [a], added: [b] },
    { before: soa(2), after: soa(3), deleted: [], added: [c] },
  ]
  t.strictSame(recordsOf([...transferMessages(asked, ixfrRecords(soa(3), steps))]), [
    soa(3),
    soa(1),
    a,
    soa(2),
    b,
    soa(2),
    soa(3),
    c,
    soa(3),
  ])
  t.strictSame([...ixfrRecords(soa(3), [])], [soa(3)])
})

const dnsLabel = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/)
const owner = fc.array(dnsLabel, { maxLength: 4 }).map(labels => [...labels, ZONE].join('.'))
const anyRecord = fc.oneof(
  fc.tuple(owner, fc.string({ maxLength: 60 })).map(([name, text]) => txt(name, text)),
  fc.tuple(owner, owner).map(([name, target]) => ptr(name, target)),
)

t.test('any records survive, names in their own case', async t => {
  const survives = (records: WireRecord[]): void => {
    t.strictSame(recordsOf([...transferMessages(asked, records)]), records)
  }
  holds(t, fc.property(fc.array(anyRecord, { maxLength: 40 }), survives), { numRuns: 60 })
})
