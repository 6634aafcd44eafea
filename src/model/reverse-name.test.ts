import t from 'tap'
import { reverseName } from './reverse-name.ts'

t.test('the octets of IPv4 backwards', async t => {
  t.equal(reverseName('192.0.2.11'), '11.2.0.192.in-addr.arpa')
})

t.test('the nibbles of IPv6 backwards (RFC 3596, section 2.5)', async t => {
  t.equal(
    reverseName('2001:db8::567:89ab'),
    'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  )
})

t.test('what is no address has no reverse name', async t => {
  t.equal(reverseName('web01'), undefined)
})
