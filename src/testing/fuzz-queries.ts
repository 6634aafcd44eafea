import { blankView, labelsBelow, readQuery } from '../server/dns/query-view.ts'
import {
  blankHeader,
  decodeMessage,
  encodeMessage,
  encodeRecord,
  type Message,
  OPCODE,
  type WireRecord,
} from '../wire/dns/message.ts'
import { encodeNotify } from '../wire/dns/notify-query.ts'
import { recordType } from '../wire/dns/record-type.ts'
import { signMessage } from '../wire/dns/tsig.ts'
import { answersOf } from './dns-answers.ts'
import { FLEET_APEX, FLEET_KEY, fleetLists, fleetZone } from './dns-fleet.ts'
import type { FuzzTarget } from './fuzz.ts'

const NOW = 1_795_000_000
const NOTHING = { questions: [], answers: [], authorities: [], additionals: [] }
const zone = fleetZone(fleetLists(100))
const answer = answersOf({
  zone: () => zone,
  keys: [FLEET_KEY],
  nowSeconds: () => NOW,
  notify: () => encodeMessage({ ...blankHeader(7, OPCODE.notify), ...NOTHING, isResponse: true }),
})
const apexLabels = zone.origin.folded

const opt = (options: string): WireRecord => ({
  owner: '',
  type: recordType('OPT'),
  dnsClass: 1232,
  ttlSeconds: 0,
  rdata: Buffer.from(options, 'hex'),
})

const query = (name: string, type: string, over: Partial<Message> = {}): Buffer =>
  encodeMessage({
    ...blankHeader(7, OPCODE.query),
    recursionDesired: true,
    ...NOTHING,
    questions: [{ name, type: recordType(type), dnsClass: 1 }],
    ...over,
  })

const plain = query(`host00007.${FLEET_APEX}`, 'TXT')
const soa = zone.soa().record

/** Questions that have an answer, with all that may stand in them. */
export const GOOD_QUERIES: readonly Buffer[] = [
  plain,
  query(`HOST00007.${FLEET_APEX}`, 'TXT', { additionals: [opt('')] }),
  query(`host00007.${FLEET_APEX}`, 'ANY', { additionals: [opt('000a00080102030405060708')] }),
  query(`ROLE_007._class.${FLEET_APEX}`, 'PTR'),
  query(FLEET_APEX, 'SOA'),
  query(`nohost.${FLEET_APEX}`, 'TXT', { additionals: [opt('')] }),
  query('elsewhere.test', 'A'),
  query(FLEET_APEX, 'IXFR', { authorities: [soa] }),
  query(FLEET_APEX, 'AXFR'),
  encodeNotify(7, soa),
  signMessage(plain, FLEET_KEY, NOW).bytes,
  signMessage(query(FLEET_APEX, 'AXFR'), FLEET_KEY, NOW).bytes,
]

/** Words that mean something in such a message. */
export const QUERY_WORDS: readonly string[] = [
  '\xc0\x0c',
  '\xc0\xff',
  '\xff\xff',
  '\0',
  '\x3f',
  '\x40',
  '\0\0\x29\x04\xd0\0\0\0\0\0\0',
  '\0\0\xfa\0\xff\0\0\0\0\0\0',
  '\0\xfb\0\x01',
  '\0\xfc\0\x01',
  '\x03fai\x07example\x04test\0',
  '\x06_class',
  '\x81\x80',
]

/** Whatever comes to the port of the DNS server. */
export const queries: FuzzTarget = {
  corpus: GOOD_QUERIES,
  words: QUERY_WORDS,
  /** An octet of a record is a part of its owner or of an option, and of the record; a name is compared once more: 2 seen. */
  mostSteps: 5,
  mostMs: 10,
  attempt: (input, count) => {
    const view = blankView()
    const kind = readQuery(input, input.length, view, count)
    if (kind === 'query') labelsBelow(view, apexLabels, count)
    // What is handed on is not read here.
    if (kind === 'notify') count(input.length)
    for (const isStream of [false, true]) {
      const found = answer(input, { isStream })
      if (typeof found === 'string') continue
      if (!isStream && found.length > Math.max(1232, input.length))
        throw new Error(`${found.length} octets over UDP`)
      const { isResponse, id } = decodeMessage(found)
      if (!isResponse) throw new Error('an answer that is none')
      if (kind !== 'notify' && id !== input.readUInt16BE(0)) throw new Error('an answer to somebody else')
    }
  },
}

/** A question with so many records behind it, which are all alike. */
const crowded = (count: number, record: Buffer): Buffer => {
  const message = Buffer.concat([plain, ...Array.from({ length: count }, () => record)])
  message.writeUInt16BE(count, 10)
  return message
}

const record = (owner: string, rdata: Buffer): Buffer =>
  encodeRecord({ owner, type: recordType('TXT'), dnsClass: 1, ttlSeconds: 0, rdata })

/** Messages that are as much work as can be. */
export const HOSTILE_QUERIES: Readonly<Record<string, Buffer>> = {
  'as many records as there is room for': crowded(5900, record('', Buffer.alloc(0))),
  'names of labels of one octet': crowded(240, record('a.'.repeat(126).slice(0, -1), Buffer.alloc(0))),
  'names that lead elsewhere': crowded(
    5000,
    Buffer.from('c00c0010000100000000 0000'.replace(' ', ''), 'hex'),
  ),
  'one record of options': crowded(1, encodeRecord(opt('0003000'.padEnd(8, '0').repeat(8000)))),
  'options of no length': crowded(1, encodeRecord(opt('00030000'.repeat(16_000)))),
  'a question of 127 labels': query('a.'.repeat(127).slice(0, -1), 'TXT'),
  'a question of our labels': query(`fai.${`${FLEET_APEX}.`.repeat(14)}${FLEET_APEX}`, 'TXT'),
}
