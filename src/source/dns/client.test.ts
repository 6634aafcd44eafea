import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import type { ServerAddress } from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { decodeMessage, encodeMessage, type Message } from '../../wire/dns/message.ts'
import { encodeRdata } from '../../wire/dns/rdata.ts'
import { frameMessage } from '../../wire/dns/stream.ts'
import { type DnsClientOptions, dnsClient } from './client.ts'

const { signal } = new AbortController()

/** What a fake server sends to the n-th query; nothing where it gives none. */
type Script = (query: Message, n: number) => readonly Buffer[]

/** A UDP server on 127.0.0.1 that plays a script and counts its queries. */
const play = async (script: Script): Promise<{ server: ServerAddress; asked: () => number }> => {
  const socket = createSocket('udp4')
  let asked = 0
  socket.on('message', (bytes, peer) => {
    for (const reply of script(decodeMessage(bytes), asked++)) socket.send(reply, peer.port, peer.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return { server: { host: '127.0.0.1', port: socket.address().port }, asked: () => asked }
}

const rdata = encodeRdata({ kind: 'text', strings: [Buffer.from('fai=WEB')] })
const reply = (query: Message, over: Partial<Message> = {}): Buffer => {
  const [question] = query.questions
  const owner = question?.name ?? ''
  return encodeMessage({
    ...query,
    isResponse: true,
    authoritative: true,
    answers: [{ owner, type: 16, dnsClass: 1, ttlSeconds: 1, rdata }],
    additionals: [],
    ...over,
  })
}
const good: Script = query => [reply(query)]
const silent: Script = () => []

const ask = (servers: readonly ServerAddress[], over: Partial<DnsClientOptions> = {}) =>
  dnsClient({ name: 'dns example.test', servers, recursive: false, dnssec: 'off', timeoutMs: 150, ...over })(
    'web01.example.test',
    'TXT',
    'example.test',
    signal,
  )

t.test('a silent server is asked three times, then it is an error that says so', async t => {
  const { server, asked } = await play(silent)
  await t.rejects(ask([server]), {
    name: 'SourceError',
    message: `dns example.test: cannot ask TXT web01.example.test: 127.0.0.1:${server.port}: no answer within 0.15 s`,
    rejected: false,
  })
  t.equal(asked(), 3)
})

t.test('three attempts are made over all servers, not for each', async t => {
  const servers = await Promise.all([play(silent), play(silent), play(silent), play(good)])
  await t.rejects(ask(servers.map(({ server }) => server)))
  t.strictSame(
    servers.map(({ asked }) => asked()),
    [1, 1, 1, 0],
  )
})

t.test('an answer to the third attempt counts', async t => {
  const { server } = await play((query, n) => (n < 2 ? [] : [reply(query)]))
  t.match(await ask([server]), { kind: 'answer', answer: { kind: 'records' } })
})

t.test('a server that refuses is asked once, then the next', async t => {
  const refusing = await play(query => [reply(query, { rcode: 5, answers: [] })])
  const other = await play(good)
  t.match(await ask([refusing.server, other.server]), { answer: { kind: 'records' } })
  await t.rejects(ask([refusing.server]), { message: /REFUSED$/ })
  t.equal(refusing.asked(), 2)
})

t.test('answers with another id or question are waited past', async t => {
  const { server } = await play(query => [
    reply(query, { id: query.id ^ 1, answers: [] }),
    reply(query, { questions: [{ name: 'web02.example.test', type: 16, dnsClass: 1 }], answers: [] }),
    Buffer.from('x'),
    reply(query),
  ])
  t.match(await ask([server]), { answer: { kind: 'records' } })
})

t.test('an answer from another port is never seen', async t => {
  const stranger = createSocket('udp4')
  t.teardown(() => stranger.close())
  const { server } = await play(silent)
  const { server: forging } = await play(query => {
    stranger.send(reply(query), server.port, '127.0.0.1')
    return []
  })
  await t.rejects(ask([forging]), { message: /no answer/ })
})

t.test('a malformed answer is an error that says so', async t => {
  const { server } = await play(query => [reply(query).subarray(0, 40)])
  await t.rejects(ask([server]), { message: /the answer is malformed: .* at octet/ })
})

t.test('a truncated answer is asked again over TCP', async t => {
  const { server } = await play(query => [reply(query, { truncated: true, answers: [] })])
  const tcp = createServer(socket => {
    socket.on('data', bytes => {
      const framed = frameMessage(reply(decodeMessage(bytes.subarray(2))))
      // In two pieces, as a network may deliver it.
      socket.write(framed.subarray(0, 3), () => socket.end(framed.subarray(3)))
    })
  }).listen(server.port, '127.0.0.1')
  await once(tcp, 'listening')
  t.match(await ask([server]), { answer: { kind: 'records' } })
  tcp.close()
  await once(tcp, 'close')
  await t.rejects(ask([server]), { message: /ECONNREFUSED/ })
})

t.test('an unsigned answer to a signed question is not believed', async t => {
  const tsig: TsigKey = { name: 'k', algorithm: 'hmac-sha256', secret: Buffer.alloc(32) }
  const { server } = await play(query => [reply(query)])
  await t.rejects(ask([server], { tsig }), { rejected: false, message: /unsigned: the answer is not signed/ })
})

t.test('an abort ends the question at once', async t => {
  const { server } = await play(silent)
  const controller = new AbortController()
  const asking = dnsClient({ name: 'x', servers: [server], recursive: false, dnssec: 'off' })(
    'a.example.test',
    'A',
    'example.test',
    controller.signal,
  )
  controller.abort(new Error('enough'))
  await t.rejects(asking, { message: 'enough' })
})
