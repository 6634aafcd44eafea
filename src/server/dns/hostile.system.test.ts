import { createSocket } from 'node:dgram'
import t from 'tap'
import { queryFor } from '../../testing/dns-answers.ts'
import { FLEET_APEX } from '../../testing/dns-fleet.ts'
import { askByTcp, connectTo } from '../../testing/dns-server.ts'
import { mutated } from '../../testing/fuzz.ts'
import { GOOD_QUERIES, QUERY_WORDS } from '../../testing/fuzz-queries.ts'
import { isLong, type Random, randomFrom, runSeed } from '../../testing/random.ts'
import { startServerProcess } from '../../testing/server-process.ts'
import { decodeMessage } from '../../wire/dns/message.ts'
import { frameMessage } from '../../wire/dns/stream.ts'

const seed = runSeed()
const COUNT = isLong() ? 1_000_000 : 100_000
const BY_TCP = COUNT / 10
const BY_UDP = COUNT - BY_TCP
const HOSTS = 100
/** Mutations before a good query, as many as a socket keeps. */
const WAVE = 100
/** Code that is compiled late, statistics, and what V8 has not thrown away yet. */
const MOST_GROWN_MIB = 48

const mutation = (random: Random): Buffer => mutated(GOOD_QUERIES, QUERY_WORDS, random)

/** A good query, and whether an answer is the right one. */
const goodQuery = (index: number) => {
  const host = `host${String(index % HOSTS).padStart(5, '0')}`
  const query = queryFor({
    name: `${host}.${FLEET_APEX}`,
    type: 'TXT',
    over: { id: 0x8000 + (index % 0x7fff) },
  })
  const isRight = (answer: Buffer): boolean => {
    const { rcode, answers } = decodeMessage(answer)
    return (
      rcode === 0 &&
      answers.length === 1 &&
      answers[0]?.rdata.toString('latin1').endsWith(` ${host} LAST`) === true
    )
  }
  return { query, isRight }
}

/** Asks again and again, as a resolver does, until an answer with that id comes. */
const ask = async (socket: ReturnType<typeof createSocket>, port: number, query: Buffer): Promise<Buffer> => {
  const { promise, resolve } = Promise.withResolvers<Buffer>()
  const onMessage = (bytes: Buffer): void => {
    if (bytes.length >= 2 && bytes.readUInt16BE(0) === query.readUInt16BE(0)) resolve(bytes)
  }
  socket.on('message', onMessage)
  const send = (): void => socket.send(query, port, '127.0.0.1')
  const again = setInterval(send, 1000)
  send()
  try {
    return await promise
  } finally {
    clearInterval(again)
    socket.off('message', onMessage)
  }
}

t.test(
  `${COUNT} mutated messages: the server answers on, and right, in the same memory (seed ${seed})`,
  async t => {
    const server = await startServerProcess('serve-dns.ts', [String(HOSTS), '0'])
    const hostile = createSocket('udp4')
    const good = createSocket('udp4')
    const wrong: number[] = []
    let heldMib = 0
    try {
      for (let sent = 0; sent < BY_UDP; sent += WAVE) {
        if (sent === BY_UDP / 2) heldMib = server.memoryMib().now
        for (let i = sent; i < sent + WAVE; i++) {
          hostile.send(mutation(randomFrom(seed + i)), server.port, '127.0.0.1')
        }
        const { query, isRight } = goodQuery(sent / WAVE)
        if (!isRight(await ask(good, server.port, query))) wrong.push(sent)
      }
      for (let sent = 0; sent < BY_TCP; sent += WAVE) {
        const random = randomFrom(seed + BY_UDP + sent)
        const socket = await connectTo(server.port)
        socket.on('error', () => undefined)
        const closed = new Promise(resolve => socket.once('close', resolve))
        socket.resume()
        for (let i = 0; i < WAVE; i++) socket.write(frameMessage(mutation(random)))
        socket.end(random.below(2) === 0 ? Buffer.of(0xff) : '')
        await closed
        const asked = goodQuery(sent / WAVE)
        const other = await connectTo(server.port)
        const [answer = Buffer.alloc(0)] = await askByTcp(other, [asked.query])
        other.destroy()
        if (!asked.isRight(answer)) wrong.push(BY_UDP + sent)
      }
      t.strictSame(wrong, [])
      const grown = server.memoryMib().now - heldMib
      t.ok(grown < MOST_GROWN_MIB, `memory grew by ${grown.toFixed(1)} MiB in the last half`)
      t.comment(`${heldMib.toFixed(0)} MiB, ${grown.toFixed(1)} more at the end`)
    } finally {
      hostile.close()
      good.close()
      t.equal(await server.stop(), 0)
    }
    const counts = server.said.at(-1) as readonly { readonly outcome: string; readonly count: number }[]
    const answered = counts.reduce((sum, { count }) => sum + count, 0)
    t.comment(counts.map(count => Object.values(count).join(' ')).join(', '))
    t.ok(answered > COUNT / 4, `${answered} of ${COUNT} had an answer`)
  },
)
