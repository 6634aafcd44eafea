import { type Asked, readResponse } from '../source/dns/response.ts'
import {
  blankHeader,
  decodeMessage,
  encodeMessage,
  type Message,
  type WireRecord,
} from '../wire/dns/message.ts'
import { decodeRdata, encodeRdata } from '../wire/dns/rdata.ts'
import { recordType } from '../wire/dns/record-type.ts'
import { frameMessage, takeMessages } from '../wire/dns/stream.ts'
import { transferReader } from '../wire/dns/transfer.ts'
import { WireError } from '../wire/wire-error.ts'
import type { FuzzTarget } from './fuzz.ts'

type Encodable = Parameters<typeof encodeRdata>[0]

const record = (owner: string, type: string, rdata: Encodable): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: 1,
  ttlSeconds: 300,
  rdata: encodeRdata(rdata),
})

const ASKED: Asked = {
  id: 7,
  owner: 'web01.example.test',
  type: 'TXT',
  zone: 'example.test',
  recursive: false,
  needsAd: false,
}

const response = (over: Partial<Message>): Buffer =>
  encodeMessage({
    ...blankHeader(7, 0),
    isResponse: true,
    authoritative: true,
    questions: [{ name: ASKED.owner, type: 16, dnsClass: 1 }],
    answers: [],
    authorities: [],
    additionals: [],
    ...over,
  })

const name = (text: string): Encodable => ({ kind: 'name', name: text })
const soa = Buffer.from('036e73310001780000000009000000010000000100000001000000010', 'hex')

/** A message that comes back after a question, and messages over TCP. */
export const responses: FuzzTarget = {
  corpus: [
    response({
      answers: [record(ASKED.owner, 'TXT', { kind: 'text', strings: [Buffer.from('fai=WEB DB')] })],
    }),
    response({ answers: [record(ASKED.owner, 'CNAME', name('b.example.test'))] }),
    response({
      authoritative: false,
      authorities: [record('b.example.test', 'NS', name('ns1.b.example.test'))],
    }),
    response({
      rcode: 3,
      authorities: [{ owner: 'example.test', type: 6, dnsClass: 1, ttlSeconds: 9, rdata: soa }],
    }),
    response({ truncated: true }),
    // Compressed: the owner of the answer is a pointer to the question.
    Buffer.concat([response({}).fill(1, 7, 8), Buffer.from('c00c00100001000000050006056661693d41', 'hex')]),
  ],
  words: [
    '\xc0\x0c',
    '\xc0\x00',
    '\xff\xff',
    '\0',
    '\x3f',
    '\x40',
    '\0\x10\0\x01',
    '\0\x06\0\x01',
    '\x07example\x04test\0',
  ],
  /** A record of 14 octets can hold two names behind 127 pointers with 127 labels each, and is read four times: 232 seen. */
  mostSteps: 400,
  attempt: (input, count) => {
    for (const recursive of [false, true]) {
      try {
        readResponse(input, { ...ASKED, recursive }, count)
        const { answers, authorities, additionals } = decodeMessage(input, count)
        for (const each of [...answers, ...authorities, ...additionals]) decodeRdata(input, each, count)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
      }
    }
    const { messages, rest } = takeMessages(input, count)
    const octets = messages.reduce((sum, message) => sum + message.length + 2, rest.length)
    if (octets !== input.length) throw new Error('octets of a stream are lost')
  },
}

const transferred = (...answers: readonly WireRecord[]): Buffer =>
  frameMessage(
    response({ questions: [{ name: 'example.test', type: recordType('AXFR'), dnsClass: 1 }], answers }),
  )
const apex: WireRecord = {
  owner: 'example.test',
  type: recordType('SOA'),
  dnsClass: 1,
  ttlSeconds: 9,
  rdata: soa,
}
const host = record('a.example.test', 'A', { kind: 'address', address: '192.0.2.1' })
const membership = record('_fai.a.example.test', 'TXT', { kind: 'text', strings: [Buffer.from('WEB')] })

/** What a server sends when it is asked for a zone: messages with their lengths in front. */
export const transfers: FuzzTarget = {
  corpus: [
    transferred(apex, host, membership, apex),
    Buffer.concat([transferred(apex), transferred(host, membership), transferred(apex)]),
    Buffer.concat([transferred(apex, host), transferred(membership), transferred()]),
  ],
  words: ['\xc0\x0e', '\xff\xff', '\0', '\0\0', '\0\x0c', '\x85\0', '\0\x06\0\x01', '\x07example\x04test\0'],
  /** The same, read once: 72 seen. */
  mostSteps: 150,
  attempt: (input, count) => {
    const reader = transferReader(ASKED.id, 'example.test', count)
    const { messages } = takeMessages(input, count)
    try {
      for (const message of messages) {
        const { kind } = reader.take(message, decodeMessage(message, count))
        if (kind !== 'more') break
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
    if (reader.records.length > input.length) throw new Error('more records than octets')
  },
}
