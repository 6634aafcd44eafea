import t from 'tap'
import { dhcpRequest } from '../../testing/dhcp-request.ts'
import { encodeOption, OPTIONS } from '../../wire/dhcp/options.ts'
import { clientKey, machineOf } from './client.ts'

const identified = [encodeOption(OPTIONS.clientIdentifier, Buffer.from('ff01', 'hex'))]
const mac = Buffer.from('5254000000ab', 'hex')
const infiniband = { hardwareType: 32, hardwareAddress: Buffer.alloc(0) }
const rows = {
  Ethernet: { over: { hardwareAddress: mac }, options: [], want: '52:54:00:00:00:ab' },
  'Ethernet with an identifier': {
    over: { hardwareAddress: mac },
    options: identified,
    want: '52:54:00:00:00:ab',
  },
  'other hardware with an identifier': { over: infiniband, options: identified, want: 'id:ff01' },
  'other hardware': {
    over: { ...infiniband, hardwareAddress: mac },
    options: [],
    want: '32:52:54:00:00:00:ab',
  },
}
for (const [name, { over, options, want }] of Object.entries(rows)) {
  t.test(`a lease belongs to: ${name}`, async t => {
    t.equal(clientKey(dhcpRequest(options, over)), want)
  })
}

t.test('a machine has the UUID that its firmware says, unless that is zeros', async t => {
  const machine = (uuid: string) =>
    machineOf(dhcpRequest([encodeOption(OPTIONS.machineId, uuid)], { hardwareAddress: mac }))
  const uuid = '00112233-4455-6677-8899-aabbccddeeff'
  t.strictSame(machine(uuid), { mac: '52:54:00:00:00:ab', uuid })
  t.strictSame(machine('00000000-0000-0000-0000-000000000000'), { mac: '52:54:00:00:00:ab' })
})
