import t from 'tap'
import { addressNumber, makeSubnets, numberAddress, rangeFaults, subnetOf } from './subnet.ts'

const NONE = '0.0.0.0'
const subnets = makeSubnets(
  {
    range: ['192.0.2.100', '192.0.2.200'],
    router: '192.0.2.254',
    subnets: [
      { network: '198.51.100.0/25', range: ['198.51.100.10', '198.51.100.20'], router: '198.51.100.1' },
    ],
  },
  '192.0.2.1/24',
)

t.test('a network is what its prefix says', async t => {
  const [remote] = subnets.remote
  t.strictSame(
    [subnets.own, remote].map(subnet => [subnet?.network, subnet?.mask, subnet?.broadcast, subnet?.isLocal]),
    [
      ['192.0.2.0/24', '255.255.255.0', '192.0.2.255', true],
      ['198.51.100.0/25', '255.255.255.128', '198.51.100.127', false],
    ],
  )
  t.strictSame([remote?.contains('198.51.100.127'), remote?.contains('198.51.100.128')], [true, false])
  const whole = makeSubnets({ range: undefined }, '10.1.2.3/0').own
  t.strictSame([whole.network, whole.mask, whole.contains('255.255.255.255')], ['0.0.0.0/0', NONE, true])
})

const rows = {
  'no relay, no address': { giaddr: NONE, ciaddr: NONE, want: '192.0.2.0/24' },
  'no relay, an address of ours': { giaddr: NONE, ciaddr: '192.0.2.7', want: '192.0.2.0/24' },
  'no relay, an address behind one': { giaddr: NONE, ciaddr: '198.51.100.7', want: '198.51.100.0/25' },
  'no relay, an address of nowhere': { giaddr: NONE, ciaddr: '203.0.113.7', want: '192.0.2.0/24' },
  'a relay': { giaddr: '198.51.100.1', ciaddr: NONE, want: '198.51.100.0/25' },
  'a relay on our own network': { giaddr: '192.0.2.2', ciaddr: '198.51.100.7', want: '192.0.2.0/24' },
  'a relay that is not known': { giaddr: '203.0.113.1', ciaddr: '192.0.2.7', want: undefined },
}
for (const [name, { giaddr, ciaddr, want }] of Object.entries(rows)) {
  t.test(`the network of a client: ${name}`, async t => {
    t.equal(subnetOf({ relayAddress: giaddr, clientAddress: ciaddr }, subnets)?.network, want)
  })
}

t.test('a range that is not on its network, or ends before it begins, is a fault of its key', async t => {
  const faults = rangeFaults(
    {
      range: ['192.0.2.200', '192.0.2.100'],
      subnets: [
        { network: '198.51.100.0/24', range: ['198.51.100.10', '198.51.101.20'] },
        { network: '203.0.113.0/24' },
      ],
    },
    '192.0.2.1/24',
  )
  t.strictSame(faults, [
    { key: 'serve.dhcp.range', message: 'the range ends before it begins (192.0.2.200, 192.0.2.100)' },
    { key: 'serve.dhcp.subnets[0].range', message: '198.51.101.20 is not on the network of 198.51.100.0/24' },
  ])
})

t.test('addresses are numbers and back', async t => {
  t.strictSame(['0.0.0.1', '192.0.2.1', '255.255.255.255'].map(addressNumber), [1, 0xc0000201, 0xffffffff])
  t.strictSame([1, 0xc0000201, 0xffffffff].map(numberAddress), ['0.0.0.1', '192.0.2.1', '255.255.255.255'])
})
