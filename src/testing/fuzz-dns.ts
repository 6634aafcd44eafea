import type { CountSteps } from '../model/steps.ts'
import { type Asked, readResponse } from '../source/dns/response.ts'
import { incrementReader } from '../wire/dns/incremental.ts'
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
import type { MessageReader } from '../wire/dns/transfer-reader.ts'
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

const transferred = (type: 'AXFR' | 'IXFR', ...answers: readonly WireRecord[]): Buffer =>
  frameMessage(
    response({ questions: [{ name: 'example.test', type: recordType(type), dnsClass: 1 }], answers }),
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

const TRANSFER_WORDS = [
  '\xc0\x0e',
  '\xff\xff',
  '\0',
  '\0\0',
  '\0\x0c',
  '\x85\0',
  '\0\x06\0\x01',
  '\x07example\x04test\0',
]

/** Reads messages with their lengths in front until one of them is the last. */
const readStream = (input: Buffer, { take }: MessageReader, count: CountSteps): void => {
  try {
    for (const message of takeMessages(input, count).messages) {
      const { kind } = take(message, decodeMessage(message, count))
      if (kind !== 'more') break
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
  }
}

/** What a server sends when it is asked for a zone: messages with their lengths in front. */
export const transfers: FuzzTarget = {
  corpus: [
    transferred('AXFR', apex, host, membership, apex),
    Buffer.concat([
      transferred('AXFR', apex),
      transferred('AXFR', host, membership),
      transferred('AXFR', apex),
    ]),
    Buffer.concat([transferred('AXFR', apex, host), transferred('AXFR', membership), transferred('AXFR')]),
  ],
  words: TRANSFER_WORDS,
  /** The same, read once: 87 seen. */
  mostSteps: 150,
  attempt: (input, count) => {
    const reader = transferReader(ASKED.id, 'example.test', count)
    readStream(input, reader, count)
    if (reader.records.length > input.length) throw new Error('more records than octets')
  },
}

const apexOf = (serial: number): WireRecord => {
  const rdata = Buffer.from(soa)
  rdata.writeUInt32BE(serial, rdata.length - 20)
  return { ...apex, rdata }
}

/** What it sends to somebody who has serial 9 of the zone. */
export const increments: FuzzTarget = {
  corpus: [
    transferred('IXFR', apexOf(9)),
    transferred('IXFR', apexOf(10), host, membership, apexOf(10)),
    transferred('IXFR', apexOf(10), apexOf(9), host, apexOf(10), membership, apexOf(10)),
    Buffer.concat([
      transferred('IXFR', apexOf(11), apexOf(9), host, apexOf(10)),
      transferred('IXFR', apexOf(10), membership, apexOf(11)),
      transferred('IXFR', host, apexOf(11)),
    ]),
  ],
  words: [...TRANSFER_WORDS, '\0\0\0\x09', '\0\0\0\x0a', '\0\0\0\x0b'],
  /** As a zone: 87 seen. */
  mostSteps: 150,
  attempt: (input, count) => {
    const reader = incrementReader(ASKED.id, 'example.test', 9, count)
    readStream(input, reader, count)
    const increment = reader.increment()
    const records = increment?.kind === 'whole' ? increment.records.length : 0
    const deltas = increment?.kind === 'deltas' ? increment.deltas : []
    const parts = deltas.map(({ deleted, added }) => deleted.length + added.length)
    if (parts.reduce((sum, part) => sum + part, records) > input.length)
      throw new Error('more records than octets')
    if (deltas.length > 0 && deltas[0]?.from !== 9) throw new Error('deltas that do not begin where we are')
  },
}
