import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../testing/property.ts'
import { fromNetascii, toNetascii } from './netascii.ts'

/** Converts piece after piece, and what is left at the end. */
const received = (pieces: readonly Uint8Array[]): string => {
  const octets: Buffer[] = []
  let afterCr = false
  for (const piece of pieces) {
    const converted = fromNetascii(piece, afterCr)
    octets.push(converted.octets)
    afterCr = converted.endsInCr
  }
  return Buffer.concat(octets).toString('latin1') + (afterCr ? '\r' : '')
}
const piecesOf = (octets: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(octets.length / size) }, (_, index) =>
    octets.subarray(index * size, (index + 1) * size),
  )

const SENT: Readonly<Record<string, [file: string, netascii: string]>> = {
  'the end of a line': ['a\nb', 'a\r\nb'],
  'a carriage return': ['a\rb', 'a\r\0b'],
  'a line of DOS': ['a\r\nb', 'a\r\0\r\nb'],
  NUL: ['a\0b', 'a\0b'],
  'two returns': ['\r\r', '\r\0\r\0'],
  nothing: ['', ''],
}
for (const [title, [file, netascii]] of Object.entries(SENT)) {
  t.test(`${title}: there and back`, async t => {
    t.equal(toNetascii(Buffer.from(file)).toString(), netascii)
    t.equal(received([Buffer.from(netascii)]), file)
  })
}

t.test('a CR that nothing belongs to stays', async t => {
  t.equal(received([Buffer.from('a\rb\r\r\n\r')]), 'a\rb\r\n\r')
})

t.test('any file comes back, wherever the blocks end', async t => {
  const octet = fc.oneof(fc.constantFrom(0, 10, 13), fc.nat(255))
  holds(
    t,
    fc.property(fc.array(octet, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (octets, size) => {
      const file = Buffer.from(octets)
      const netascii = Buffer.concat(piecesOf(file, size).map(toNetascii))
      return (
        netascii.equals(toNetascii(file)) && received(piecesOf(netascii, size)) === file.toString('latin1')
      )
    }),
  )
})

t.test('any octets from outside are converted alike, wherever the blocks end', async t => {
  const octet = fc.oneof(fc.constantFrom(0, 10, 13), fc.nat(255))
  holds(
    t,
    fc.property(fc.array(octet, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (octets, size) => {
      const bytes = Buffer.from(octets)
      return received(piecesOf(bytes, size)) === received([bytes])
    }),
  )
})
