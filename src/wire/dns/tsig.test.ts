import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { TSIG_ALGORITHMS, type TsigKey } from '../../model/tsig-key.ts'
import { holds } from '../../testing/property.ts'
import { WireError } from '../wire-error.ts'
import { decodeMessage, encodeMessage, encodeRecord } from './message.ts'
import { encodeQuery } from './query.ts'
import { signMessage, verifyMessage } from './tsig.ts'
import { encodeTime, encodeTsigRecord, TSIG, type TsigRecord } from './tsig-record.ts'

const NOW = 1_795_000_000
const key: TsigKey = { name: 'Key.Example.Test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) }
const query = encodeQuery({ id: 0x1234, owner: 'a.test', type: 'A', recursion: false, authenticData: false })
const request = signMessage(query, key, NOW)
const plainAnswer = encodeMessage({ ...decodeMessage(query), isResponse: true })

/** An answer as the server of the key signs it. */
const answer = (over: Partial<TsigKey> = {}, atSeconds = NOW): Buffer =>
  signMessage(plainAnswer, { ...key, ...over }, atSeconds, { previousMac: request.mac }).bytes

/** An answer whose TSIG record is put together by hand; `sign` makes its MAC right. */
const answerWith = (over: Partial<TsigRecord>, sign = false): Buffer => {
  const record: TsigRecord = {
    keyName: key.name,
    algorithm: key.algorithm,
    timeSigned: NOW,
    fudgeSeconds: 300,
    mac: Buffer.alloc(0),
    originalId: 0x1234,
    error: 0,
    otherData: Buffer.alloc(0),
    ...over,
  }
  const mac = sign ? macByHand(record) : record.mac
  const bytes = Buffer.concat([plainAnswer, encodeRecord(encodeTsigRecord({ ...record, mac }))])
  bytes.writeUInt16BE(2, 10)
  return bytes
}

/** RFC 8945, section 4.3, written out once more so that the test does not trust the code. */
const macByHand = ({ timeSigned, error, otherData }: TsigRecord): Buffer =>
  createHmac('sha256', key.secret)
    .update(Buffer.from([0, 32]))
    .update(request.mac)
    .update(plainAnswer)
    .update(Buffer.from('\x03key\x07example\x04test\0\0\xff\0\0\0\0\x0bhmac-sha256\0', 'latin1'))
    .update(encodeTime(timeSigned))
    .update(Buffer.from([1, 44, 0, error, 0, otherData.length]))
    .update(otherData)
    .digest()

const verify = (bytes: Buffer, nowSeconds = NOW) =>
  verifyMessage(bytes, key, nowSeconds, { previousMac: request.mac })

t.test('a signed request has its record last and its count raised', async t => {
  const { additionals } = decodeMessage(request.bytes)
  t.equal(additionals.length, 2)
  t.equal(additionals.at(-1)?.type, TSIG)
  t.equal(request.mac.length, 32)
})

for (const algorithm of TSIG_ALGORITHMS) {
  t.test(`${algorithm}: what is signed verifies`, async t => {
    const other = { ...key, algorithm }
    const asked = signMessage(query, other, NOW)
    const { bytes, mac } = signMessage(plainAnswer, other, NOW, { previousMac: asked.mac })
    t.strictSame(verifyMessage(bytes, other, NOW, { previousMac: asked.mac }), { ok: true, mac })
  })
}

t.test('the MAC is the one of RFC 8945, section 4.3', async t => {
  t.match(verify(answerWith({}, true)), { ok: true })
})

t.test('the name of the key ignores case', async t => {
  t.match(verify(answer({ name: 'key.example.TEST' })), { ok: true })
})

const serverTime = Buffer.concat([encodeTime(NOW + 3600)])
const half = (record: Buffer): Buffer => record.subarray(0, 16)
const whole = macByHand({ timeSigned: NOW, error: 0, otherData: Buffer.alloc(0) } as TsigRecord)

const refused: Record<string, { bytes: Buffer; now?: number; want: object }> = {
  'not signed': { bytes: plainAnswer, want: { kind: 'unsigned', byServer: false } },
  'the server says BADKEY': {
    bytes: answerWith({ error: 17 }),
    want: {
      kind: 'BADKEY',
      byServer: true,
      text: 'the server does not know key "Key.Example.Test" with hmac-sha256',
    },
  },
  'the server says BADSIG': {
    bytes: answerWith({ error: 16 }),
    want: {
      kind: 'BADSIG',
      byServer: true,
      text: 'the server has another secret for key "Key.Example.Test"',
    },
  },
  'another key': { bytes: answer({ name: 'other.test' }), want: { kind: 'BADKEY', byServer: false } },
  'another algorithm': {
    bytes: answer({ algorithm: 'hmac-sha512' }),
    want: { kind: 'BADKEY', byServer: false },
  },
  'another secret': {
    bytes: answer({ secret: Buffer.alloc(32, 8) }),
    want: { kind: 'BADSIG', byServer: false },
  },
  'to another request': {
    bytes: signMessage(plainAnswer, key, NOW, { previousMac: Buffer.alloc(32) }).bytes,
    want: { kind: 'BADSIG', byServer: false },
  },
  'a MAC of 15 octets': { bytes: answerWith({ mac: whole.subarray(0, 15) }), want: { kind: 'BADTRUNC' } },
  'a MAC of 33 octets': { bytes: answerWith({ mac: Buffer.alloc(33) }), want: { kind: 'BADTRUNC' } },
  'no MAC and no error': { bytes: answerWith({}), want: { kind: 'BADTRUNC' } },
  'signed 301 s ago': { bytes: answer(), now: NOW + 301, want: { kind: 'BADTIME', byServer: false } },
  'signed 301 s ahead': { bytes: answer(), now: NOW - 301, want: { kind: 'BADTIME', byServer: false } },
  'the server says BADTIME, with its clock': {
    bytes: answerWith({ error: 18, otherData: serverTime }, true),
    want: { kind: 'BADTIME', byServer: true, text: "the server's clock is 3600 s ahead of ours" },
  },
  'BADTIME without a clock': {
    bytes: answerWith({ error: 18 }, true),
    want: { kind: 'BADTIME', byServer: true, text: "the server's clock differs from ours" },
  },
  'BADTIME that nobody signed': {
    bytes: answerWith({ error: 18, mac: Buffer.alloc(32) }),
    want: { kind: 'BADSIG' },
  },
  'the server says BADTRUNC': {
    bytes: answerWith({ error: 22 }, true),
    want: { kind: 'BADTRUNC', byServer: true, text: 'the server wants a longer MAC than ours' },
  },
  'any other error': { bytes: answerWith({ error: 21 }, true), want: { kind: 'malformed', byServer: true } },
}

for (const [title, { bytes, now, want }] of Object.entries(refused)) {
  t.test(`refused: ${title}`, async t => {
    t.match(verify(bytes, now), { ok: false, ...want })
  })
}

t.test('believed: a MAC cut to half its length, a clock 300 s away', async t => {
  t.match(verify(answerWith({ mac: half(whole) })), { ok: true })
  t.match(verify(answer(), NOW + 300), { ok: true })
})

t.test('an id changed on the way is put back before the MAC is checked', async t => {
  const bytes = answer()
  bytes.writeUInt16BE(0x9999, 0)
  t.match(verify(bytes), { ok: true })
})

t.test('messages of a transfer: each MAC covers the one before, unsigned ones in between', async t => {
  const first = signMessage(plainAnswer, key, NOW, { previousMac: request.mac })
  const digest = Buffer.concat([
    Buffer.from([0, 32]),
    first.mac,
    plainAnswer,
    plainAnswer,
    encodeTime(NOW),
    Buffer.from([1, 44]),
  ])
  const bytes = answerWith({ mac: createHmac('sha256', key.secret).update(digest).digest() })
  const context = { previousMac: first.mac, unsigned: [plainAnswer], isFirst: false }
  t.match(verifyMessage(bytes, key, NOW, context), { ok: true })
  t.match(verifyMessage(bytes, key, NOW, { ...context, unsigned: [] }), { ok: false, kind: 'BADSIG' })
})

t.test('a TSIG record that is not the last, or is there twice, is no message', async t => {
  const [tsig] = decodeMessage(request.bytes).additionals.slice(-1)
  const twice = encodeMessage({
    ...decodeMessage(plainAnswer),
    additionals: [tsig, tsig].flatMap(found => found ?? []),
  })
  t.throws(() => verify(twice), { name: 'WireError' })
  const first = encodeMessage({
    ...decodeMessage(plainAnswer),
    answers: [tsig].flatMap(found => found ?? []),
  })
  t.throws(() => verify(first), { name: 'WireError' })
})

t.test('no change of a signed answer is believed', async t => {
  const original = answer()
  const isSeen = (at: number, octet: number): boolean => {
    const bytes = Buffer.from(original)
    const place = at % bytes.length
    // The id is put back, and the key is compared ignoring case.
    const folded = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1')
    bytes[place] = octet
    const isSame = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1').equals(folded)
    if (place < 2 || isSame) return true
    try {
      return !verify(bytes).ok
    } catch (error) {
      return error instanceof WireError
    }
  }
  holds(t, fc.property(fc.nat(), fc.nat(255), isSeen), { numRuns: 1000 })
})
