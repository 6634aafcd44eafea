import t from 'tap'
import type { HostName } from '../../model/catalog.ts'
import { parseHostQuery } from '../../model/host-query.ts'
import { entriesOf } from '../../testing/entries.ts'
import { memoryDirectory } from './directory-memory.ts'
import { domainOf, findHostNames } from './directory-names.ts'
import { type Dn, parseDn } from './dn.ts'

const dnOf = (text: string): Dn => {
  const result = parseDn(text)
  if (!result.ok) throw new Error(text)
  return result.dn
}
const { signal } = new AbortController()
const base = dnOf('dc=example,dc=test')
const device = (rdn: string, ...lines: string[]): string =>
  [
    `dn: ${rdn},dc=example,dc=test`,
    'objectClass: device',
    'objectClass: domainRelatedObject',
    ...lines,
    '',
  ].join('\n')
const directory = memoryDirectory(
  entriesOf(
    [
      device(
        'cn=web01',
        'cn: web01',
        'associatedDomain: web01.example.test',
        'macAddress: 52:54:00:00:00:01',
        'ipHostNumber: 192.0.2.1',
      ),
      device('cn=web01,ou=sub', 'cn: web01', 'associatedDomain: web01.sub.example.test'),
      device('cn=app,ou=a', 'cn: app', 'associatedDomain: app.a.example.test', 'ipHostNumber: 192.0.2.9'),
      device('cn=app,ou=b', 'cn: app.b.example.test', 'ipHostNumber: 192.0.2.9'),
      device('cn=lab', 'cn: LAB', 'cn: laboratory', 'macAddress: 5254.0000.0002'),
      device('cn=nick', 'cn: nick', 'associatedDomain: real.example.test'),
      device('cn=Printer 3', 'cn: Printer 3', 'macAddress: 52:54:00:00:00:03'),
      device('cn=half', 'cn: half', 'macAddress: 52:54:00:00:00:04'),
      device('cn=whole', 'objectClass: faiMember', 'cn: whole', 'macAddress: 52-54-00-00-00-04'),
    ].join('\n'),
  ),
  base,
)

const named = (fqdn: string): HostName => ({ short: fqdn.split('.')[0] ?? '', fqdn })

const cases: Record<string, { host: string; want: HostName[] }> = {
  'a full name': { host: 'web01.sub.example.test', want: [named('web01.sub.example.test')] },
  'a full name where the entry has the short one': {
    host: 'lab.example.test',
    want: [named('lab.example.test')],
  },
  'a full name where the entry has another': { host: 'nick.example.test', want: [] },
  'a short name: the own domain first': { host: 'web01', want: [named('web01.example.test')] },
  'a short name in two domains: both': {
    host: 'app',
    want: [named('app.a.example.test'), named('app.b.example.test')],
  },
  'a short name without a full one': { host: 'lab', want: [{ short: 'lab', fqdn: undefined }] },
  'a short name of an entry with another full one': { host: 'nick', want: [] },
  'a MAC': {
    host: '52-54-00-00-00-01',
    want: [{ ...named('web01.example.test'), mac: '52:54:00:00:00:01' }],
  },
  'a MAC of an entry with short names: that of its RDN': {
    host: '525400000002',
    want: [{ short: 'lab', fqdn: undefined, mac: '52:54:00:00:00:02' }],
  },
  'a MAC of two entries: the one with faiMember': {
    host: '52:54:00:00:00:04',
    want: [{ short: 'whole', fqdn: undefined, mac: '52:54:00:00:00:04' }],
  },
  'an IP of two entries: both': {
    host: '192.0.2.9',
    want: ['app.a.example.test', 'app.b.example.test'].map(fqdn => ({ ...named(fqdn), ip: '192.0.2.9' })),
  },
  nobody: { host: 'nobody', want: [] },
}

for (const [name, { host, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const query = parseHostQuery(host)
    if (query === undefined) throw new Error(host)
    t.strictSame(await findHostNames(directory, base, query, signal), { value: want, diagnostics: [] })
  })
}

t.test('an entry with the MAC and no host name is an error there', async t => {
  const found = await findHostNames(directory, base, { kind: 'mac', mac: '52:54:00:00:00:03' }, signal)
  t.match(found, { value: undefined, diagnostics: [{ code: 'name-invalid', origin: { kind: 'entry' } }] })
})

t.test('the domain of a base', async t => {
  t.equal(domainOf(dnOf('ou=it,DC=Example,dc=test')), 'example.test')
  t.equal(domainOf(dnOf('o=Example')), undefined)
})
