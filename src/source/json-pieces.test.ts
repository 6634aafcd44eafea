import fc from 'fast-check'
import t from 'tap'
import { holds } from '../testing/property.ts'
import { joinPieces, jsonPieces } from './json-pieces.ts'

t.test('the pieces together are what JSON.stringify makes of it', async t => {
  const plain = fc.jsonValue({ depthSize: 'medium' })
  const text = (value: unknown): string => [...joinPieces(jsonPieces(value), 10)].join('')
  holds(
    t,
    fc.property(plain, value => text(value) === JSON.stringify(value)),
  )
  const large = {
    a: undefined,
    rows: Array.from({ length: 1234 }, (_, index) => [index, `"${index}"`]),
    b: [[]],
  }
  t.equal(text(large), JSON.stringify(large))
})

t.test('a large array is many pieces', async t => {
  const rows = Array.from({ length: 100_000 }, (_, index) => [index, 'x'])
  const pieces = [...jsonPieces({ contents: { rows } })]
  t.ok(pieces.length > 200)
  t.ok(pieces.every(piece => piece.length < 10_000))
})
