import { once } from 'node:events'
import t from 'tap'
import { queryFor } from '../../testing/dns-answers.ts'
import { FLEET_APEX, fleetLists, fleetZone } from '../../testing/dns-fleet.ts'
import { askByTcp, askByUdp, connectTo, readMessages, withDnsServer } from '../../testing/dns-server.ts'
import { heldLists, listOf } from '../../testing/held-lists.ts'
import { decodeMessage } from '../../wire/dns/message.ts'
import { frameMessage } from '../../wire/dns/stream.ts'
import { openSingleUdp } from '../answer-udp.ts'
import { type AnsweringSocket, openBatchedUdp } from '../batched-udp.ts'
import type { AnswerInPlace } from '../datagram.ts'

const HOSTS = 100
const zone = fleetZone(fleetLists(HOSTS))

/** Query `index` asks for host `index`, and has it for its id. */
const query = (index: number, type = 'TXT'): Buffer => {
  const name = `host${String(index).padStart(5, '0')}.${FLEET_APEX}`
  return queryFor({ name, type, over: { id: index } })
}
const queries = Array.from({ length: HOSTS }, (_, index) => query(index))
const ids = (answers: readonly Buffer[]): readonly number[] => answers.map(answer => answer.readUInt16BE(0))
const inOrder = Array.from({ length: HOSTS }, (_, index) => index)
const byNumber = (a: number, b: number): number => a - b

t.test('many datagrams at once: each is answered, and by what it asked', async t => {
  await withDnsServer(zone, async ({ port, counts, log }) => {
    const answers = await askByUdp(port, [Buffer.from('nonsense'), ...queries], HOSTS)
    t.strictSame([...ids(answers)].sort(byNumber), inOrder)
    for (const answer of answers) {
      const { questions, answers: records } = decodeMessage(answer)
      t.match(questions[0]?.name, new RegExp(`^host0*${answer.readUInt16BE(0)}\\.`))
      t.match(records, [{ owner: questions[0]?.name, type: 16 }])
    }
    t.strictSame(counts.read(), [{ type: 'TXT', outcome: 'NOERROR', count: HOSTS }])
    t.strictSame(log, [])
  })
})

t.test('many messages in one piece, and one in many: answered in their order', async t => {
  await withDnsServer(zone, async ({ port }) => {
    const socket = await connectTo(port)
    t.strictSame(ids(await askByTcp(socket, queries)), inOrder)
    for (const octet of frameMessage(query(7))) {
      await new Promise(resolve => socket.write(Buffer.of(octet), resolve))
    }
    t.strictSame(ids(await readMessages(socket, 1)), [7])
    socket.destroy()
  })
})

t.test('a client that ends its side still gets its answers, and then the end', async t => {
  await withDnsServer(zone, async ({ port }) => {
    const socket = await connectTo(port)
    const ended = once(socket, 'end')
    const answers = askByTcp(socket, queries)
    socket.end()
    t.equal((await answers).length, HOSTS)
    await ended
  })
})

t.test('whoever says nothing, or sends no question, is hung up on', async t => {
  await withDnsServer(
    zone,
    async ({ port }) => {
      const silent = await connectTo(port)
      t.strictSame(await readMessages(silent, 1), [])
      const odd = await connectTo(port)
      const response = Buffer.from(query(1))
      response[2] = 0x84
      t.strictSame(await askByTcp(odd, [response]), [])
    },
    { limits: { idleMs: 200 } },
  )
})

t.test('whoever takes no answers is cut off, and others are answered meanwhile', async t => {
  const large = fleetZone(
    heldLists({
      'large.example.test': listOf('large', ...Array.from({ length: 1000 }, (_, i) => `CLASS_${i}`)),
    }),
  )
  await withDnsServer(
    large,
    async ({ port }) => {
      const slow = await connectTo(port)
      const asked = frameMessage(queryFor({ name: `large.${FLEET_APEX}`, type: 'TXT' }))
      // More than the kernel keeps for both of us: the server stops to read, so we cannot write on.
      slow.write(Buffer.concat(Array.from({ length: 200_000 }, () => asked)))
      const cut = once(slow, 'error')
      const other = await connectTo(port)
      t.equal((await askByTcp(other, [query(1)])).length, 1)
      other.destroy()
      t.match(await cut, [{ code: /^(ECONNRESET|EPIPE)$/ }])
    },
    { limits: { idleMs: 2000 } },
  )
})

t.test('connections of one address have an end', async t => {
  await withDnsServer(
    zone,
    async ({ port }) => {
      const two = [await connectTo(port), await connectTo(port)]
      const third = await connectTo(port)
      t.strictSame(await readMessages(third, 1), [])
      for (const socket of two) {
        t.equal((await askByTcp(socket, [query(1)])).length, 1)
        socket.destroy()
      }
    },
    { limits: { connectionsOfAddress: 2 } },
  )
})

t.test(
  'what is refused or malformed is told, a few lines a second; a host that there is not is not',
  async t => {
    await withDnsServer(zone, async ({ port, log, counts }) => {
      await askByUdp(port, [queryFor({ name: 'elsewhere.test', type: 'A' })])
      await askByUdp(port, [queryFor({ name: `nohost.${FLEET_APEX}`, type: 'TXT' })])
      await askByUdp(port, [query(1).subarray(0, 20)])
      t.strictSame(log, ['dns 127.0.0.1 A refused REFUSED', 'dns 127.0.0.1 OTHER malformed FORMERR'])
      t.strictSame(counts.read(), [
        { type: 'other', outcome: 'FORMERR', count: 1 },
        { type: 'A', outcome: 'REFUSED', count: 1 },
        { type: 'TXT', outcome: 'NXDOMAIN', count: 1 },
      ])
    })
  },
)

t.test('alike answers beyond the rate: truncated ones among them, over TCP none', async t => {
  await withDnsServer(
    zone,
    async ({ port, counts }) => {
      const asked = Array.from({ length: 200 }, () => query(1))
      const answers = await askByUdp(port, asked, 20)
      const truncated = answers.filter(answer => decodeMessage(answer).truncated)
      t.ok(truncated.length > 0)
      t.match(
        counts.read().find(({ outcome }) => outcome === 'limited'),
        { type: 'TXT' },
      )
      const socket = await connectTo(port)
      const whole = await askByTcp(socket, asked)
      t.ok(whole.every(answer => decodeMessage(answer).answers.length === 1))
      socket.destroy()
    },
    { responsesPerSecond: 1 },
  )
})

const sockets: Record<string, (answer: AnswerInPlace) => Promise<AnsweringSocket | undefined>> = {
  'in batches': answer => openBatchedUdp({ host: '127.0.0.1', port: 0 }, answer),
  'one by one': answer => openSingleUdp({ host: '127.0.0.1', port: 0 }, answer),
}
for (const [name, open] of Object.entries(sockets)) {
  t.test(`datagrams ${name}: answers go to who asked; what has no answer holds up none`, async t => {
    const socket = await open((octets, length, sender) => {
      if (octets[0] === 0) return 0
      const text = `${sender.text()} ${octets.toString('latin1', 0, length)} ${sender.octets.subarray(sender.at(), sender.at() + sender.length()).join('.')}`
      return octets.write(text, 'latin1')
    })
    if (socket === undefined) throw new Error('this machine cannot')
    try {
      const asked = inOrder.map(index => (index % 3 === 0 ? Buffer.of(0) : Buffer.from(`query ${index}`)))
      const expected = inOrder
        .filter(index => index % 3 !== 0)
        .map(index => `127.0.0.1 query ${index} 127.0.0.1`)
      const answers = await askByUdp(socket.address.port, asked, expected.length)
      t.strictSame(answers.map(String).sort(), expected.sort())
    } finally {
      socket.close()
    }
  })

  t.test(`datagrams ${name}: a port that is taken is an error that says so`, async t => {
    const socket = await open(() => 0)
    const taken = { host: '127.0.0.1', port: socket?.address.port ?? 0 }
    const again = name === 'in batches' ? openBatchedUdp : openSingleUdp
    try {
      await t.rejects(
        again(taken, () => 0),
        {
          name: 'EnvironmentError',
          message: `cannot listen at 127.0.0.1:${taken.port} (UDP): address already in use`,
        },
      )
    } finally {
      socket?.close()
    }
  })
}
