import t from 'tap'
import type { HostName } from '../../model/catalog.ts'
import { entryOf } from '../../testing/entries.ts'
import { hasIp, ipFilters, macFilters, selectHostEntry } from './directory-host.ts'
import type { Entry } from './entry.ts'

const web01: HostName = { short: 'web01', fqdn: 'web01.example.test' }
const mac = '52:54:00:12:34:56'
const bare = entryOf('cn=web01', 'device', 'cn: web01')
const member = entryOf('cn=web01,ou=m', 'device faiMember', 'cn: WEB01')
const member2 = entryOf('cn=web01,ou=m2', 'device faiMember', 'cn: web01')
const full = entryOf('cn=a', 'device domainRelatedObject', 'cn: a', 'associatedDomain: Web01.Example.test.')
const fullCn = entryOf('cn=web01.example.test', 'device', 'cn: web01.example.test')
const other = entryOf(
  'cn=web01,ou=o',
  'device domainRelatedObject',
  'cn: web01',
  'associatedDomain: web01.sub.example.test',
)
const card = entryOf('cn=b', 'device ieee802Device', 'cn: b', 'macAddress: 5254.0012.3456')
const lease = entryOf('cn=c', 'dhcpHost', 'cn: c', 'dhcpHWAddress: Ethernet 52-54-00-12-34-56')
const address = entryOf('cn=d', 'device ipHost', 'cn: d', 'ipHostNumber: 2001:DB8:0::1')

/** `want` is the DN that wins, undefined for none, or the number of entries that `host-ambiguous` names. */
const cases: Record<string, { entries: Entry[]; host?: HostName; want: string | undefined | number }> = {
  'short cn': { entries: [bare], want: 'cn=web01,dc=x' },
  'associatedDomain before short cn': { entries: [bare, full], want: 'cn=a,dc=x' },
  'a cn that is the full name before short cn': {
    entries: [bare, fullCn],
    want: 'cn=web01.example.test,dc=x',
  },
  'full name without faiMember before short cn with it': { entries: [member, full], want: 'cn=a,dc=x' },
  'two of one rank: the one with faiMember': { entries: [bare, member], want: 'cn=web01,ou=m,dc=x' },
  'two of one rank, both with faiMember': { entries: [bare, member, member2], want: 2 },
  'two of one rank, both without': { entries: [full, fullCn], want: 2 },
  'short cn, but the full name of another host': { entries: [other], want: undefined },
  'short cn and a full name, no full name asked for': {
    entries: [other],
    host: { short: 'web01', fqdn: undefined },
    want: 'cn=web01,ou=o,dc=x',
  },
  'MAC before short cn': { entries: [member, card], host: { ...web01, mac }, want: 'cn=b,dc=x' },
  'MAC after the full name': { entries: [full, card], host: { ...web01, mac }, want: 'cn=a,dc=x' },
  'dhcpHWAddress is a MAC': { entries: [lease], host: { ...web01, mac }, want: 'cn=c,dc=x' },
  'a MAC that was not asked for': { entries: [card], want: undefined },
  'an IP in another spelling': {
    entries: [address],
    host: { ...web01, ip: '2001:db8::1' },
    want: 'cn=d,dc=x',
  },
  'no entries': { entries: [], want: undefined },
}

for (const [name, { entries, host = web01, want }] of Object.entries(cases)) {
  t.test(`${name}: ${typeof want === 'number' ? 'host-ambiguous' : (want ?? 'none')}`, async t => {
    for (const order of [entries, entries.toReversed()]) {
      const { value, diagnostics } = selectHostEntry(order, host)
      t.equal(value?.dn.text, typeof want === 'number' ? undefined : want)
      const named = diagnostics.flatMap(({ code, origin, related }) => [code, origin, ...(related ?? [])])
      t.equal(named.length, typeof want === 'number' ? 1 + want : 0)
      t.equal(named[0], typeof want === 'number' ? 'host-ambiguous' : undefined)
    }
  })
}

for (const also of [
  'faiClassEntry',
  'groupOfNames',
  'groupOfUniqueNames',
  'nisNetgroup',
  'organizationalUnit',
  'dcObject',
]) {
  t.test(`${also} with faiMember is no host`, async t => {
    t.equal(selectHostEntry([entryOf('cn=web01', `faiMember ${also}`, 'cn: web01')], web01).value, undefined)
  })
}

t.test('each spelling of a MAC is asked for, in both attributes', async t => {
  const values = macFilters(mac).map(filter =>
    'value' in filter ? `${filter.attribute}=${filter.value}` : '',
  )
  t.strictSame(
    values.filter(text => text.startsWith('mac')),
    ['52:54:00:12:34:56', '52-54-00-12-34-56', '525400123456', '5254.0012.3456'].map(
      text => `macAddress=${text}`,
    ),
  )
  t.ok(values.includes('dhcpHWAddress=ethernet 52:54:00:12:34:56'))
})

t.test('each usual spelling of an IP is asked for', async t => {
  const valuesOf = (ip: string): readonly string[] =>
    ipFilters(ip).flatMap(filter => ('value' in filter ? filter.value : []))
  t.strictSame(valuesOf('192.0.2.1'), ['192.0.2.1'])
  t.strictSame(valuesOf('2001:db8:0:0::1'), [
    '2001:db8:0:0::1',
    '2001:db8::1',
    '2001:db8:0:0:0:0:0:1',
    '2001:0db8:0000:0000:0000:0000:0000:0001',
  ])
  t.strictSame(valuesOf('::'), ['::', '0:0:0:0:0:0:0:0', '0000:0000:0000:0000:0000:0000:0000:0000'])
})

t.test('two texts that are no IP are not the same IP', async t => {
  t.equal(hasIp(entryOf('cn=a', 'ipHost', 'ipHostNumber: nonsense'), '192.0.2.1'), false)
})
