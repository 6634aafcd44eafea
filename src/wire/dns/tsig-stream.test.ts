import t from 'tap'
import type { TsigKey } from '../../model/tsig-key.ts'
import { decodeMessage, encodeMessage } from './message.ts'
import { encodeQuery } from './query.ts'
import { signMessage } from './tsig.ts'
import { MAX_UNSIGNED, tsigStream } from './tsig-stream.ts'

const NOW = 1_795_000_000
const key: TsigKey = { name: 'key.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) }
const query = encodeQuery({ id: 1, owner: 'a.test', type: 'AXFR', recursion: false, authenticData: false })
const request = signMessage(query, key, NOW)
const plain = encodeMessage({ ...decodeMessage(query), isResponse: true, additionals: [] })
const first = signMessage(plain, key, NOW, { previousMac: request.mac })

const open = () => {
  const verify = tsigStream(key, request.mac)
  return (bytes: Buffer) => verify(bytes, decodeMessage(bytes), NOW)
}

t.test('the first message must be signed', async t => {
  t.match(open()(plain), { ok: false, kind: 'unsigned' })
  t.strictSame(open()(first.bytes), { ok: true, isSigned: true })
})

t.test('unsigned ones are let through, 99 in a row', async t => {
  const take = open()
  take(first.bytes)
  for (let count = 1; count <= MAX_UNSIGNED; count++) {
    t.strictSame(take(plain), { ok: true, isSigned: false })
  }
  t.match(take(plain), { ok: false, kind: 'unsigned' })
})

t.test('the same signature again, or one of another key, is none of this answer', async t => {
  const take = open()
  take(first.bytes)
  t.match(take(first.bytes), { ok: false, kind: 'BADSIG' })
  const other = signMessage(plain, { ...key, secret: Buffer.alloc(32, 8) }, NOW, { previousMac: first.mac })
  t.match(take(other.bytes), { ok: false, kind: 'BADSIG' })
})
