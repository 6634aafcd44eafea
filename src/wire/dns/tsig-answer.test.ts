import t from 'tap'
import type { TsigKey } from '../../model/tsig-key.ts'
import { decodeMessage, encodeMessage } from './message.ts'
import { encodeQuery } from './query.ts'
import { signMessage, verifyMessage } from './tsig.ts'
import {
  answerBadSignature,
  answerSigner,
  formatSignatureFault,
  MOST_SIGNATURE_OCTETS,
  verifyRequest,
} from './tsig-answer.ts'
import { tsigStream } from './tsig-stream.ts'

const NOW = 1_795_000_000
const key: TsigKey = { name: 'secondary.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) }
const other: TsigKey = { ...key, name: 'other.example.test' }
const query = encodeQuery({
  id: 0x1234,
  owner: 'fai.test',
  type: 'AXFR',
  recursion: false,
  authenticData: false,
})
const plainAnswer = encodeMessage({ ...decodeMessage(query), isResponse: true, rcode: 9 })

const verify = (bytes: Buffer, keys = [other, key], now = NOW) =>
  verifyRequest(bytes, decodeMessage(bytes), keys, now)

const changed = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  // In the question: the f of "fai".
  copy[13] = 0x67
  return copy
}

t.test('a request is told by the key that signed it', async t => {
  const { bytes, mac } = signMessage(query, key, NOW)
  t.strictSame(verify(bytes), { ok: true, key, mac })
  const unsigned = verify(query)
  t.ok(unsigned.ok && unsigned.key === undefined)
})

const signedAs = (over: Partial<TsigKey>, at = NOW): Buffer =>
  signMessage(query, { ...key, ...over }, at).bytes

/** What `verifyMessage` of the asking side makes of our refusal. */
const refusals: Record<string, { bytes: Buffer; error: string; seen: object }> = {
  'an unknown key': {
    bytes: signedAs({ name: 'nobody.test' }),
    error: 'BADKEY',
    seen: { kind: 'BADKEY', byServer: true },
  },
  'another algorithm': {
    bytes: signedAs({ algorithm: 'hmac-sha512' }),
    error: 'BADKEY',
    seen: { kind: 'BADKEY', byServer: true },
  },
  'another secret': {
    bytes: signedAs({ secret: Buffer.alloc(32, 8) }),
    error: 'BADSIG',
    seen: { kind: 'BADSIG', byServer: true },
  },
  'a changed message': {
    bytes: changed(signedAs({})),
    error: 'BADSIG',
    seen: { kind: 'BADSIG', byServer: true },
  },
  'a wrong clock': {
    bytes: signedAs({}, NOW - 3600),
    error: 'BADTIME',
    seen: { kind: 'BADTIME', byServer: true, text: "the server's clock is 3600 s ahead of ours" },
  },
}

for (const [title, { bytes, error, seen }] of Object.entries(refusals)) {
  t.test(`${title}: ${error}, and the asking side reads it`, async t => {
    const verdict = verify(bytes)
    if (verdict.ok) throw new Error('believed')
    t.equal(verdict.error, error)
    t.match(formatSignatureFault(verdict), new RegExp(`^${error} with key "`))
    const asking = { ...key, name: verdict.tsig.keyName, algorithm: verdict.tsig.algorithm } as TsigKey
    const answer = answerBadSignature(plainAnswer, verdict, NOW)
    t.match(verifyMessage(answer, asking, NOW - 3600, { previousMac: verdict.tsig.mac }), seen)
  })
}

t.test('a MAC cut to half counts, a shorter one is BADTRUNC', async t => {
  const cut = (octets: number): Buffer => {
    const { bytes } = signMessage(query, key, NOW)
    const macAt = bytes.length - 6 - 32
    const short = Buffer.concat([bytes.subarray(0, macAt + octets), bytes.subarray(macAt + 32)])
    short.writeUInt16BE(octets, macAt - 2)
    const rdataLengthAt = macAt - 2 - 8 - Buffer.from('\x0bhmac-sha256\0').length - 2
    short.writeUInt16BE(short.length - rdataLengthAt - 2, rdataLengthAt)
    return short
  }
  t.match(verify(cut(16)), { ok: true })
  t.match(verify(cut(15)), { ok: false, error: 'BADTRUNC' })
})

t.test('the messages of an answer are one chain of signatures', async t => {
  const request = signMessage(query, key, NOW)
  const verdict = verify(request.bytes)
  if (!verdict.ok) throw new Error('not believed')
  const sign = answerSigner(verdict)
  const believe = tsigStream(key, request.mac)
  const messages = Array.from({ length: 4 }, (_, i) => sign(plainAnswer, NOW + i))
  for (const bytes of messages) {
    t.ok(bytes.length - plainAnswer.length <= MOST_SIGNATURE_OCTETS)
    t.strictSame(believe(bytes, decodeMessage(bytes), NOW), { ok: true, isSigned: true })
  }
  const [first, , third] = messages as [Buffer, Buffer, Buffer]
  const skipping = tsigStream(key, request.mac)
  skipping(first, decodeMessage(first), NOW)
  t.match(skipping(third, decodeMessage(third), NOW), { ok: false, kind: 'BADSIG' })
})

t.test('an unsigned request gets unsigned answers', async t => {
  const verdict = verify(query)
  t.equal(verdict.ok && answerSigner(verdict)(plainAnswer, NOW), plainAnswer)
})
