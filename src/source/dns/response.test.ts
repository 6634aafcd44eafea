import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../testing/property.ts'
import {
  blankHeader,
  decodeMessage,
  encodeMessage,
  type Message,
  type WireRecord,
} from '../../wire/dns/message.ts'
import { encodeName } from '../../wire/dns/name.ts'
import { encodeRdata } from '../../wire/dns/rdata.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import { WireError } from '../../wire/wire-error.ts'
import { type Asked, readResponse } from './response.ts'

const asked: Asked = {
  id: 7,
  owner: 'web01.example.test',
  type: 'TXT',
  zone: 'example.test',
  recursive: false,
  needsAd: false,
}

const record = (owner: string, type: string, rdata: Buffer): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: 1,
  ttlSeconds: 300,
  rdata,
})
const text = (owner: string): WireRecord =>
  record(owner, 'TXT', encodeRdata({ kind: 'text', strings: [Buffer.from('fai=WEB')] }))
const named = (owner: string, type: string, name: string): WireRecord => record(owner, type, encodeName(name))
const soa = (zone: string): WireRecord =>
  record(
    zone,
    'SOA',
    Buffer.concat([encodeName('ns1'), encodeName('x'), Buffer.from([0, 0, 0, 9]), Buffer.alloc(16)]),
  )

const answer = (over: Partial<Message> = {}): Buffer =>
  encodeMessage({
    ...blankHeader(7, 0),
    isResponse: true,
    authoritative: true,
    questions: [{ name: 'WEB01.example.test', type: 16, dnsClass: 1 }],
    answers: [],
    authorities: [],
    additionals: [],
    ...over,
  })

const none = { kind: 'answer', answer: { kind: 'none' } }
const cases: Record<string, { bytes: Buffer; asked?: Partial<Asked>; want: object }> = {
  'another id': { bytes: answer({ id: 8 }), want: { kind: 'foreign' } },
  'a query': { bytes: answer({ isResponse: false }), want: { kind: 'foreign' } },
  'another question': {
    bytes: answer({ questions: [{ name: 'a.test', type: 16, dnsClass: 1 }] }),
    want: { kind: 'foreign' },
  },
  'another type': {
    bytes: answer({ questions: [{ name: asked.owner, type: 1, dnsClass: 1 }] }),
    want: { kind: 'foreign' },
  },
  'no question and no error': { bytes: answer({ questions: [] }), want: { kind: 'foreign' } },
  'no question and FORMERR': {
    bytes: answer({ questions: [], rcode: 1 }),
    want: { kind: 'unusable', reason: 'FORMERR' },
  },
  truncated: { bytes: answer({ truncated: true }), want: { kind: 'truncated' } },
  REFUSED: { bytes: answer({ rcode: 5 }), want: { kind: 'unusable', reason: 'REFUSED' } },
  SERVFAIL: { bytes: answer({ rcode: 2 }), want: { kind: 'unusable', reason: 'SERVFAIL' } },
  'the records': {
    bytes: answer({ answers: [text('Web01.Example.Test')] }),
    want: { kind: 'answer', answer: { kind: 'records', records: [{ origin: { owner: asked.owner } }] } },
  },
  'records without AA': {
    bytes: answer({ authoritative: false, answers: [text(asked.owner)] }),
    want: { kind: 'unusable', reason: /lame/ },
  },
  'records without AA from a resolver': {
    bytes: answer({ authoritative: false, answers: [text(asked.owner)] }),
    asked: { recursive: true },
    want: { kind: 'answer', answer: { kind: 'records' } },
  },
  'records of another name': {
    bytes: answer({ answers: [text('web02.example.test')] }),
    want: { kind: 'unusable', reason: /another name/ },
  },
  'an alias, whatever becomes of its target': {
    bytes: answer({ rcode: 3, answers: [named(asked.owner, 'CNAME', 'away.example.org')] }),
    want: { kind: 'answer', answer: { kind: 'alias', target: 'away.example.org' } },
  },
  'an alias and the records of its target: the alias': {
    bytes: answer({ answers: [named(asked.owner, 'CNAME', 'b.example.test'), text('b.example.test')] }),
    want: { kind: 'answer', answer: { kind: 'alias', target: 'b.example.test' } },
  },
  'aliases in a circle, SERVFAIL': {
    bytes: answer({ rcode: 2, answers: [named(asked.owner, 'CNAME', 'b.example.test')] }),
    want: { kind: 'answer', answer: { kind: 'alias' } },
  },
  'NXDOMAIN with the SOA of the zone': {
    bytes: answer({ rcode: 3, authorities: [soa('Example.Test')] }),
    want: { ...none, soa: { owner: 'example.test', serial: 9 } },
  },
  'NODATA with the SOA of the zone': { bytes: answer({ authorities: [soa('example.test')] }), want: none },
  'NODATA without an SOA': { bytes: answer(), want: { kind: 'unusable', reason: /lacks the SOA/ } },
  'NODATA without an SOA from a resolver': {
    bytes: answer({ authoritative: false }),
    asked: { recursive: true },
    want: none,
  },
  'the SOA of a zone below ours': {
    bytes: answer({ authorities: [soa('web01.example.test')] }),
    want: { kind: 'answer', answer: { kind: 'delegated', cut: 'web01.example.test' } },
  },
  'the SOA of a zone above ours': {
    bytes: answer({ rcode: 3, authorities: [soa('test')] }),
    want: { kind: 'unusable', reason: /has no zone example\.test/ },
  },
  'the SOA of a zone elsewhere': {
    bytes: answer({ rcode: 3, authorities: [soa('example.org')] }),
    want: { kind: 'unusable', reason: /has the SOA of example\.org/ },
  },
  'a referral to a zone below ours': {
    bytes: answer({ authoritative: false, authorities: [named('web01.example.test', 'NS', 'ns1.test')] }),
    want: { kind: 'answer', answer: { kind: 'delegated', cut: 'web01.example.test' } },
  },
  'a referral upwards': {
    bytes: answer({ authoritative: false, authorities: [named('', 'NS', 'a.root')] }),
    want: { kind: 'unusable', reason: /lame/ },
  },
  'a referral to our own zone': {
    bytes: answer({ authoritative: false, authorities: [named('example.test', 'NS', 'ns1.test')] }),
    want: { kind: 'unusable', reason: /lame/ },
  },
  'no AD bit where it is wanted': {
    bytes: answer({ answers: [text(asked.owner)] }),
    asked: { needsAd: true, recursive: true },
    want: { kind: 'unusable', reason: /not validated/ },
  },
  'an AD bit': {
    bytes: answer({ authoritative: false, authenticData: true, answers: [text(asked.owner)] }),
    asked: { needsAd: true, recursive: true },
    want: { kind: 'answer', answer: { kind: 'records' } },
  },
  'any zone will do for a PTR record': {
    bytes: answer({ rcode: 3, authorities: [soa('test')] }),
    asked: { zone: undefined },
    want: none,
  },
}

for (const [title, { bytes, asked: over, want }] of Object.entries(cases)) {
  t.test(title, async t => {
    t.match(readResponse(bytes, { ...asked, ...over }), want)
  })
}

t.test('any bytes are read or throw WireError', async t => {
  const read = (changes: readonly [number, number][]): boolean => {
    const bytes = answer({ answers: [text(asked.owner)], authorities: [soa('example.test')] })
    for (const [at, octet] of changes) bytes[at % bytes.length] = octet
    try {
      readResponse(bytes, { ...asked, id: decodeMessage(bytes).id })
    } catch (error) {
      return error instanceof WireError
    }
    return true
  }
  holds(t, fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), read), { numRuns: 500 })
})
