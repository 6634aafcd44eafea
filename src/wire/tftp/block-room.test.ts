import t from 'tap'
import { encodePieces, roomForBlocks } from './block-room.ts'
import { type BlockPacket, encodePacket } from './packet.ts'

const data = (block: number, payload: Uint8Array): BlockPacket => ({ kind: 'data', block, payload })

t.test('a block in its room is encoded as any other, and no octet of its neighbours changes', async t => {
  const blocks = roomForBlocks(3, 8, 5)
  t.strictSame(
    blocks.map(({ length }) => length),
    [8, 8, 5],
  )
  blocks.forEach((block, index) => {
    block.fill(0x61 + index)
  })
  const numbers = [0xffff, 0, 0x1234]
  const packets = blocks.map((payload, index) => data(numbers[index] ?? 0, payload))
  const alone = packets.map(({ block, payload }) => encodePacket(data(block, Buffer.from(payload))))
  t.strictSame([...encodePieces(packets, 12, 1)], alone)
  t.strictSame([...encodePieces(packets, 12, 64)], [alone[0], Buffer.concat(alone.slice(1))])
  t.strictSame(blocks.map(String), ['aaaaaaaa', 'bbbbbbbb', 'ccccc'])
})

t.test('an empty last block has room for its header', async t => {
  const [, last] = roomForBlocks(2, 8, 0)
  t.strictSame([...encodePieces([data(2, last as Buffer)], 12, 1)], [Buffer.of(0, 3, 0, 2)])
})

t.test('a block without room is refused', async t => {
  t.throws(() => [...encodePieces([data(1, new Uint8Array(8))], 12, 1)], { name: 'WireError' })
})

t.test('packets side by side are one piece, up to a shorter one, a gap, or as many as may be', async t => {
  const numbered = (blocks: readonly Buffer[]) => blocks.map((payload, index) => data(index, payload))
  const first = numbered(roomForBlocks(4, 8, 5))
  const second = numbered(roomForBlocks(3, 8))
  const lengths = (packets: readonly BlockPacket[], most: number) =>
    [...encodePieces(packets, 12, most)].map(({ length }) => length)
  t.strictSame(lengths([...first, ...second], 64), [12, 33, 36], 'the first one goes ahead')
  t.strictSame(lengths(first, 2), [12, 24, 9])
  t.strictSame(lengths(first, 1), [12, 12, 12, 9])
  t.strictSame(lengths(first.toSpliced(1, 1), 64), [12, 21])
  t.strictSame(lengths(first.toSpliced(2, 1), 64), [12, 12, 9])
  t.strictSame(lengths(first.toReversed(), 64), [9, 12, 12, 12])
  t.strictSame(lengths([], 64), [])
  t.strictSame(lengths(numbered(roomForBlocks(30, 8)), 16), [12, 48, 192, 108], 'pieces grow')
  const both = [...first, ...second]
  const alone = both.map(({ block, payload }) => encodePacket(data(block, Buffer.from(payload))))
  t.ok(Buffer.concat([...encodePieces(both, 12, 3)]).equals(Buffer.concat(alone)))
})
