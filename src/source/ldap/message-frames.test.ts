import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../testing/property.ts'
import { WireError } from '../../wire/wire-error.ts'
import { messageFrames } from './message-frames.ts'

const LIMIT = 1000

const message = (octets: number): Buffer => {
  const length = Buffer.from(octets < 0x80 ? [octets] : [0x82, octets >> 8, octets & 0xff])
  return Buffer.concat([Buffer.from([0x30]), length, Buffer.alloc(octets, 7)])
}

t.test('messages are the same in whatever pieces they come', async t => {
  const lengths = fc.array(fc.nat(600), { maxLength: 6 })
  holds(
    t,
    fc.property(lengths, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (lengths, pieces) => {
      const sent = lengths.map(message)
      const all = Buffer.concat(sent)
      const frames = messageFrames(LIMIT)
      const found: Buffer[] = []
      for (let at = 0, piece = 0; at < all.length; piece++) {
        const end = at + (pieces[piece % pieces.length] ?? 1)
        found.push(...frames(all.subarray(at, end)))
        at = end
      }
      deepStrictEqual(found, sent)
    }),
  )
})

t.test('a message that is too long is refused before it has come', async t => {
  t.throws(() => messageFrames(LIMIT)(message(2000).subarray(0, 4)), WireError)
  t.strictSame(messageFrames(LIMIT)(message(900)).length, 1)
})

const refused = {
  'another tag': '0201',
  'no definite length': '3080',
  'a length of 5 octets': '30850000000001',
  'a length beyond 2^31': '3084ffffffff',
}

for (const [name, bytes] of Object.entries(refused))
  t.test(`refused: ${name}`, async t => {
    t.throws(() => messageFrames(LIMIT)(Buffer.from(bytes, 'hex')), WireError)
  })
