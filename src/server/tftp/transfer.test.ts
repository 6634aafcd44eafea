import t from 'tap'
import { decodePacket, encodePacket } from '../../wire/tftp/packet.ts'
import type { Hear } from '../peer-socket.ts'
import { readBlocks } from './blocks.ts'
import { bufferContent } from './content.ts'
import { Transfer } from './transfer.ts'

const BLOCK_SIZE = 512
const PACKET_OCTETS = 4 + BLOCK_SIZE

/** A transfer of 300 blocks to a socket that keeps what is sent; pieces longer than `mostOctets` it refuses. */
const transferTo = (mostOctets: number, windowSize: number) => {
  const sent: Buffer[] = []
  let [refused, hear]: [number, Hear] = [0, () => undefined]
  const socket = {
    isSegmenting: true,
    send: (octets: Buffer) => {
      if (octets.length <= mostOctets) sent.push(Buffer.from(octets))
      else refused++
      return octets.length <= mostOctets
    },
    listen: (listener: Hear) => {
      hear = listener
    },
    close: () => undefined,
  }
  const content = bufferContent(Buffer.alloc(300 * BLOCK_SIZE, 'x'))
  const transfer = new Transfer({
    socket,
    segments: 64,
    reader: readBlocks(content, 'octet', BLOCK_SIZE),
    settings: { blockSize: BLOCK_SIZE, windowSize, accepted: new Map([['blksize', '512']]) },
    waitsMs: [100_000],
    onMalformed: () => undefined,
    onEnd: () => undefined,
  })
  const acknowledge = (block: number): void => hear(encodePacket({ kind: 'ack', block }))
  /** What was sent since the last time. */
  const take = (): readonly Buffer[] => sent.splice(0)
  return { acknowledge, take, refusals: () => refused, end: () => transfer.drop('the test is over') }
}

const blockOf = (octets: Buffer) => {
  const packet = decodePacket(octets)
  return packet.kind === 'data' ? packet.block : undefined
}

t.test('a window leaves in pieces that grow, the first of them one packet', async t => {
  const { acknowledge, take, end } = transferTo(65_535, 24)
  t.match(decodePacket(take()[0] as Buffer), { kind: 'options-ack' })
  acknowledge(0)
  t.strictSame(
    take().map(({ length }) => length / PACKET_OCTETS),
    [1, 4, 16, 3],
  )
  acknowledge(24)
  t.strictSame(take().map(blockOf), [25, 26, 30, 46])
  end()
})

t.test(
  'a way out that takes no segments: each packet by itself from there on, and none is missing',
  async t => {
    const { acknowledge, take, refusals, end } = transferTo(PACKET_OCTETS, 8)
    take()
    acknowledge(0)
    t.equal(refusals(), 1)
    t.strictSame([...new Set(take().map(blockOf))], [1, 2, 3, 4, 5, 6, 7, 8])
    acknowledge(8)
    t.strictSame(take().map(blockOf), [9, 10, 11, 12, 13, 14, 15, 16])
    t.equal(refusals(), 1, 'it is not tried again')
    end()
  },
)
