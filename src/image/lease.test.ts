import t from 'tap'
import { leaseVariables, parseLease } from './lease.ts'

const LEASE = `interface=eth0
ip=192.0.2.100
mask=24
subnet=255.255.255.0
broadcast=
router=192.0.2.1 192.0.2.2
dns=192.0.2.53
domain=example.test
`
const card = { name: 'eth0', mac: '52:54:00:12:34:56' }

t.test('what the server gave, by the names that FAI has', async t => {
  t.strictSame(leaseVariables(parseLease(LEASE), card, ['eth0', 'eth1']), {
    netdevices_all: 'eth0 eth1',
    netdevices_up: 'eth0',
    netdevices: 'eth0',
    NIC1: 'eth0',
    MAC: '52:54:00:12:34:56',
    IPADDR: '192.0.2.100',
    CIDR: '192.0.2.100/24',
    NETMASK: '255.255.255.0',
    DOMAIN: 'example.test',
    GATEWAYS: '192.0.2.1 192.0.2.2',
    GATEWAYS_1: '192.0.2.1',
    GATEWAYS_2: '192.0.2.2',
    DNSSRVS: '192.0.2.53',
    DNSSRVS_1: '192.0.2.53',
  })
})

t.test('of what it did not give nothing is made up but the domain', async t => {
  t.strictSame(leaseVariables({}, card, ['eth0']), {
    netdevices_all: 'eth0',
    netdevices_up: 'eth0',
    netdevices: 'eth0',
    NIC1: 'eth0',
    MAC: '52:54:00:12:34:56',
    DOMAIN: 'localdomain',
  })
})
