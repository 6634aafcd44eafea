import t from 'tap'
import { dhcpConfig } from '../../testing/dhcp-server.ts'
import { bindDhcp } from './bind.ts'

t.test('a range that is not on the network of the interface is a fault of its key', async t => {
  await t.rejects(bindDhcp(dhcpConfig({ interface: 'lo' })), {
    code: 'config-invalid',
    origin: { kind: 'option', option: 'serve.dhcp.range' },
    message: '192.0.2.100 is not on the network of 127.0.0.1/8',
  })
})
