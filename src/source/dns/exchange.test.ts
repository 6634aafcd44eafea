import { connect } from 'node:net'
import t from 'tap'
import { startEchoServers } from '../../testing/busy.ts'
import { frameMessage } from '../../wire/dns/stream.ts'
import { watchReading } from '../ldap/reading-bounds.ts'
import { exchangeTcp, exchangeUdp } from './exchange.ts'
import { exchangeStream } from './exchange-stream.ts'

// The answer comes 100 ms after the question, and nobody reads it before the time is up.
const TIMEOUT_MS = 300
const servers = await startEchoServers(2 * TIMEOUT_MS)
t.teardown(servers.stop)

const { signal } = new AbortController()
const query = Buffer.from('a question')
const at = (port: number) => ({ host: '127.0.0.1', port })
const question = { query, timeoutMs: TIMEOUT_MS, accept: () => true, signal }

t.test('UDP: an answer that came in time counts, though the program was busy', async t => {
  t.strictSame(await exchangeUdp({ ...question, server: at(servers.udp) }), query)
})

t.test('TCP: an answer that came in time counts, though the program was busy', async t => {
  t.strictSame(await exchangeTcp({ ...question, server: at(servers.tcp) }), query)
})

t.test('a transfer: octets that came in time count, though the program was busy', async t => {
  const taken: string[] = []
  const take = (bytes: Buffer): boolean => taken.push(bytes.toString()) > 0
  const bounds = { idleMs: TIMEOUT_MS, totalMs: 20_000 }
  await exchangeStream({ ...bounds, server: at(servers.tcp), query, take, signal })
  t.strictSame(taken, ['a question'])
})

t.test('a paged search: octets that came in time count, though the program was busy', async t => {
  const socket = connect(servers.tcp, '127.0.0.1')
  t.teardown(() => socket.destroy())
  const watch = watchReading({ idleMs: TIMEOUT_MS, totalMs: 20_000 }, () => socket.bytesRead)
  t.teardown(watch.stop)
  const answered = new Promise(resolve => socket.once('data', resolve))
  socket.write(frameMessage(query))
  await answered
  t.equal(watch.signal.aborted, false)
})

t.test('silence is told from being busy', async t => {
  const server = at(servers.udp)
  const deaf = exchangeUdp({ ...question, server, accept: () => false })
  await t.rejects(deaf, { message: 'no answer within 0.3 s' })
})
