import t from 'tap'
import { encodeInPlace, joinPackets, roomForBlocks } from './block-room.ts'
import { encodePacket } from './packet.ts'

t.test('a block in its room is encoded as any other, and no octet of its neighbours changes', async t => {
  const blocks = roomForBlocks(3, 8, 5)
  t.strictSame(
    blocks.map(({ length }) => length),
    [8, 8, 5],
  )
  blocks.forEach((block, index) => {
    block.fill(0x61 + index)
  })
  for (const [index, number] of [0xffff, 0, 0x1234].entries()) {
    const payload = Buffer.alloc(blocks[index]?.length ?? 0, 0x61 + index)
    const packet = { kind: 'data', block: number } as const
    const encoded = encodeInPlace({ ...packet, payload: blocks[index] as Buffer })
    t.strictSame(encoded, encodePacket({ ...packet, payload }))
  }
  t.strictSame(blocks.map(String), ['aaaaaaaa', 'bbbbbbbb', 'ccccc'])
})

t.test('an empty last block has room for its header', async t => {
  const [, last] = roomForBlocks(2, 8, 0)
  t.strictSame(encodeInPlace({ kind: 'data', block: 2, payload: last as Buffer }), Buffer.of(0, 3, 0, 2))
})

t.test('a block without room is refused', async t => {
  const payload = new Uint8Array(8)
  t.throws(() => encodeInPlace({ kind: 'data', block: 1, payload }), { name: 'WireError' })
})

t.test('packets side by side are one piece, up to a shorter one, a gap, or as many as may be', async t => {
  const encoded = (blocks: readonly Buffer[]) =>
    blocks.map((payload, index) => encodeInPlace({ kind: 'data', block: index, payload }))
  const first = encoded(roomForBlocks(4, 8, 5))
  const second = encoded(roomForBlocks(3, 8))
  const lengths = (packets: readonly Buffer[], most: number) =>
    joinPackets(packets, 12, most).map(({ length }) => length)
  t.strictSame(lengths([...first, ...second], 64), [12, 33, 36], 'the first one goes ahead')
  t.strictSame(lengths(first, 2), [12, 24, 9])
  t.strictSame(lengths(first, 1), [12, 12, 12, 9])
  t.strictSame(lengths(first.toSpliced(1, 1), 64), [12, 21])
  t.strictSame(lengths(first.toSpliced(2, 1), 64), [12, 12, 9])
  t.strictSame(lengths(first.toReversed(), 64), [9, 12, 12, 12])
  t.strictSame(lengths([], 64), [])
  t.strictSame(lengths(encoded(roomForBlocks(30, 8)), 16), [12, 48, 192, 108], 'pieces grow')
  const both = [...first, ...second]
  t.ok(Buffer.concat(joinPackets(both, 12, 3)).equals(Buffer.concat(both)))
})
