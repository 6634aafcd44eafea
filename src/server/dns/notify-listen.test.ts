import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { frameMessage } from '../../wire/dns/stream.ts'
import { listenForNotify } from './notify-listen.ts'

const LOOPBACK = '127.0.0.1'

/** Says what it heard, and of whom; has nothing to say to an empty message. */
const listen = () =>
  listenForNotify({ host: LOOPBACK, port: 0 }, (bytes, peer) =>
    bytes.length === 0 ? undefined : Buffer.from(`${bytes} from ${peer}`),
  )

t.test('a datagram has its answer', async t => {
  const listener = await listen()
  t.teardown(listener.close)
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  socket.send('', listener.address.port, LOOPBACK)
  socket.send('hello', listener.address.port, LOOPBACK)
  const [answer] = await once(socket, 'message')
  t.equal(String(answer), `hello from ${LOOPBACK}`)
})

t.test('messages over TCP have theirs, until one has none', async t => {
  const listener = await listen()
  t.teardown(listener.close)
  const socket = connect(listener.address.port, LOOPBACK)
  const parts: Buffer[] = []
  socket.on('data', part => parts.push(part))
  for (const text of ['one', 'two', '']) socket.write(frameMessage(Buffer.from(text)))
  await once(socket, 'close')
  const wanted = ['one', 'two'].map(text => frameMessage(Buffer.from(`${text} from ${LOOPBACK}`)))
  t.strictSame(Buffer.concat(parts), Buffer.concat(wanted))
})

t.test('a port that is taken is an error that names it', async t => {
  const listener = await listen()
  t.teardown(listener.close)
  const { port } = listener.address
  await t.rejects(
    listenForNotify({ host: LOOPBACK, port }, () => undefined),
    { name: 'EnvironmentError', message: new RegExp(`cannot listen at ${LOOPBACK}:${port}`) },
  )
})
