import t from 'tap'
import {
  isNameOf,
  isThisMachine,
  lastingAddresses,
  parseUnstableAddresses,
  readOwnAddresses,
} from './own-addresses.ts'

const IF_INET6 = `20010db8000000000000000000000011 02 40 00 80     eth0
20010db80000000000000000000000aa 02 40 00 01     eth0
20010db80000000000000000000000bb 02 40 00 20     eth0
fe8000000000000000fc00fffe000001 02 40 20 80     eth0
`
const unstable = new Set(['2001:db8::aa', '2001:db8::bb'])

t.test('addresses that are temporary or deprecated do not last', async t => {
  t.strictSame(parseUnstableAddresses(IF_INET6), unstable)
  t.strictSame(parseUnstableAddresses(''), new Set())
})

const found = (address: string, internal = false) =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as const

t.test('what lasts, IPv4 first: no loopback, link-local or temporary address', async t => {
  const all = [
    found('127.0.0.1', true),
    found('::1', true),
    found('fe80::fc:ff:fe00:1'),
    found('febf::1'),
    found('2001:db8::aa'),
    found('2001:db8:0::11'),
    found('fd00::11'),
    found('169.254.7.7'),
    found('192.0.2.11'),
    undefined,
  ]
  t.strictSame(lastingAddresses(all, unstable), ['192.0.2.11', '2001:db8::11', 'fd00::11'])
})

t.test('a machine goes by its short or its full name', async t => {
  for (const own of ['web01', 'web01.example.test', 'WEB01']) t.ok(isNameOf(own, 'web01.example.test'), own)
  for (const own of ['web', 'web02', 'web01.example.org']) t.notOk(isNameOf(own, 'web01.example.test'), own)
})

t.test('this machine is no host that has none of its addresses', async t => {
  const own = await readOwnAddresses()
  t.notOk(own.includes('127.0.0.1'))
  t.notOk(await isThisMachine('nobody.example.test', own))
})
