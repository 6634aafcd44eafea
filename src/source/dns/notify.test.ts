import t from 'tap'
import { parseServerAddress, type ServerAddress } from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { wireSoa } from '../../testing/transfer-answer.ts'
import { decodeMessage, encodeMessage } from '../../wire/dns/message.ts'
import { encodeNotify } from '../../wire/dns/notify-query.ts'
import { encodeQuery } from '../../wire/dns/query.ts'
import { formatRcode } from '../../wire/dns/rcode.ts'
import { signMessage, verifyMessage } from '../../wire/dns/tsig.ts'
import { answerNotify, decideNotify, type NotifyTerms } from './notify.ts'

const key: TsigKey = { name: 'k.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 'a') }
const NOW = 1_800_000_000
const [first, second] = ['192.0.2.1:53', 'ns2.example.test'].map(
  text => parseServerAddress(text, 53) as ServerAddress,
) as [ServerAddress, ServerAddress]
const terms: NotifyTerms = {
  zone: 'example.test',
  tsig: key,
  servers: [
    { server: first, addresses: ['192.0.2.1'] },
    { server: second, addresses: ['192.0.2.2', '2001:db8::2'] },
  ],
}
const ID = 9
const plain = encodeNotify(ID, wireSoa(5, 'Example.Test'))
const changed = (over: Parameters<typeof encodeMessage>[0] | object): Buffer =>
  encodeMessage({ ...decodeMessage(plain), ...over })
const question = { name: 'example.test', type: 6, dnsClass: 1 }
const signed = signMessage(plain, key, NOW).bytes

type Row = {
  bytes?: Buffer
  peer?: string
  terms?: NotifyTerms
  rcode?: string
  asked?: readonly ServerAddress[]
}
const ROWS: Record<string, Row> = {
  'from a server': { rcode: 'NOERROR', asked: [first] },
  'from another server, by IPv6 as it is mapped or not': {
    peer: '2001:db8::2',
    rcode: 'NOERROR',
    asked: [second],
  },
  'from a server, IPv4 mapped': { peer: '::ffff:192.0.2.2', rcode: 'NOERROR', asked: [second] },
  'signed, from a server': { bytes: signed, rcode: 'NOERROR', asked: [first] },
  'signed, from elsewhere': { bytes: signed, peer: '198.51.100.1', rcode: 'NOERROR', asked: [first, second] },
  'from elsewhere': { peer: '198.51.100.1', rcode: 'REFUSED' },
  'from no address': { peer: 'nobody', rcode: 'REFUSED' },
  'signed with an unknown key': {
    bytes: signMessage(plain, { ...key, name: 'other' }, NOW).bytes,
    rcode: 'NOTAUTH',
  },
  'signed, where the source has no key': {
    bytes: signed,
    terms: { ...terms, tsig: undefined },
    rcode: 'NOTAUTH',
  },
  'signed with another secret': {
    bytes: signMessage(plain, { ...key, secret: Buffer.alloc(32, 'b') }, NOW).bytes,
    rcode: 'NOTAUTH',
  },
  'signed an hour ago': { bytes: signMessage(plain, key, NOW - 3600).bytes, rcode: 'NOTAUTH' },
  'for another zone': { bytes: changed({ questions: [{ ...question, name: 'sub.example.test' }] }) },
  'an answer': { bytes: changed({ isResponse: true }) },
  'a query': {
    bytes: encodeQuery({
      id: ID,
      owner: 'example.test',
      type: 'SOA',
      recursion: false,
      authenticData: false,
    }),
  },
  'no message': { bytes: plain.subarray(0, 20) },
}

for (const [title, { bytes = plain, peer = '192.0.2.1', terms: own = terms, rcode, asked }] of Object.entries(
  ROWS,
)) {
  t.test(`${title}: ${rcode ?? 'not ours'}${asked === undefined ? '' : ', and a look'}`, async t => {
    const verdict = decideNotify(bytes, peer, own, NOW)
    const answer = verdict && decodeMessage(verdict.answer)
    t.equal(answer && formatRcode(answer.rcode), rcode)
    t.strictSame(verdict?.look, asked && { servers: asked, serial: 5 })
    if (answer !== undefined)
      t.match(answer, { id: ID, isResponse: true, opcode: 4, questions: [{ type: 6 }] })
  })
}

t.test('a signed NOTIFY has a signed answer', async t => {
  const { bytes, mac } = signMessage(plain, key, NOW)
  const { answer } = decideNotify(bytes, '192.0.2.1', terms, NOW) ?? {}
  t.match(answer && verifyMessage(answer, key, NOW, { previousMac: mac }), { ok: true })
})

t.test('a hint is the SOA of the zone and nothing else', async t => {
  for (const answers of [[], [wireSoa(5, 'example.org')]]) {
    t.equal(decideNotify(changed({ answers }), '192.0.2.1', terms, NOW)?.look?.serial, undefined)
  }
})

t.test('of several that follow, the one of the zone answers', async t => {
  const follower = (zone: string, own: Partial<NotifyTerms> = {}) => ({
    notify: (bytes: Buffer, peer: string) =>
      decideNotify(bytes, peer, { ...terms, zone, ...own }, NOW)?.answer,
  })
  const codeOf = (bytes: Buffer, ...followed: readonly ReturnType<typeof follower>[]) => {
    const answer = answerNotify(bytes, '192.0.2.1', followed)
    return answer && formatRcode(decodeMessage(answer).rcode)
  }
  const stranger = follower('example.test', { servers: [] })
  t.equal(codeOf(plain, follower('example.org'), follower('example.test')), 'NOERROR')
  t.equal(codeOf(plain, stranger, follower('example.test')), 'NOERROR')
  t.equal(codeOf(plain, stranger), 'REFUSED')
  t.equal(codeOf(plain, follower('example.org')), 'NOTAUTH')
  t.equal(codeOf(plain), 'NOTAUTH')
  t.equal(codeOf(changed({ questions: [] }), follower('example.test')), 'FORMERR')
  t.equal(codeOf(changed({ questions: [{ ...question, type: 1 }] }), follower('example.test')), 'FORMERR')
  t.equal(codeOf(changed({ isResponse: true }), follower('example.test')), undefined)
  t.equal(codeOf(Buffer.from('rubbish'), follower('example.test')), undefined)
})
