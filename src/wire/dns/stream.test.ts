import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../testing/property.ts'
import { frameMessage, messageReader } from './stream.ts'

const messages = fc.array(fc.uint8Array({ maxLength: 300 }).map(Buffer.from), { maxLength: 10 })

t.test('messages are whole again, in whatever pieces they come', async t => {
  holds(
    t,
    fc.property(messages, fc.integer({ min: 1, max: 50 }), (sent, pieceOctets) => {
      const stream = Buffer.concat(sent.map(frameMessage))
      const take = messageReader()
      const received: Buffer[] = []
      for (let at = 0; at < stream.length; at += pieceOctets) {
        received.push(...take(stream.subarray(at, at + pieceOctets)))
      }
      return Buffer.concat(received.map(frameMessage)).equals(stream) && received.length === sent.length
    }),
  )
})

t.test('a message is given as soon as its last octet is there, also one without octets', async t => {
  const take = messageReader()
  t.strictSame(take(Buffer.of(0)), [])
  t.strictSame(take(Buffer.of(2, 7)), [])
  t.strictSame(take(Buffer.of(8, 0, 0, 0)), [Buffer.of(7, 8), Buffer.alloc(0)])
})
