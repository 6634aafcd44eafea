import { once } from 'node:events'
import t from 'tap'
import { freePort } from '../testing/free-port.ts'
import { openInterfaceSocket, readInterfaceAddresses } from './socket.ts'

t.test('a socket of an interface is one of Node, which sends and receives', async t => {
  const port = await freePort()
  const socket = await openInterfaceSocket('lo', port)
  t.teardown(() => socket.close())
  t.strictSame(socket.address(), { address: '0.0.0.0', family: 'IPv4', port })
  socket.send('hello', port, '127.0.0.1')
  const [octets] = await once(socket, 'message')
  t.equal(String(octets), 'hello')
})

t.test('what is wrong with an interface names the key of the configuration', async t => {
  const fault = { code: 'interface-unusable', origin: { kind: 'option', option: 'serve.dhcp.interface' } }
  await t.rejects(openInterfaceSocket('nosuch0', 0), {
    ...fault,
    message: /^cannot bind to interface "nosuch0": no such device$/,
  })
  t.throws(() => readInterfaceAddresses('nosuch0'), {
    ...fault,
    message: 'interface "nosuch0" does not exist',
  })
  t.equal(readInterfaceAddresses('lo')[0].cidr, '127.0.0.1/8')
})
