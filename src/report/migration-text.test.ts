import t from 'tap'
import type { Migration } from '../plan/migration.ts'
import { baseOf, renderMigrationLdif, renderMigrationZone } from './migration-text.ts'

const migration: Migration = {
  domain: ['BASE'],
  hosts: [
    { host: 'web01', memberships: ['10 DEBIAN', '20 WEB'] },
    { host: 'bare', memberships: [] },
  ],
  definitions: [
    {
      name: 'WEB',
      requires: ['NGINX', 'PHP'],
      variables: [{ name: 'MOTD', value: 'a "b" \\ c' }],
      notes: ['WEB.var:3: NOW is computed and stays in the file'],
    },
    { name: 'DB', requires: [], variables: [], notes: ['DB.var: commands stay in the file (lines 1)'] },
  ],
}

const ZONE = String.raw`; Classes of 2 hosts as TXT records. SOA and NS only make this a zone of its own.
$ORIGIN example.test.
$TTL 300
@ IN SOA localhost. hostmaster.localhost. 1 3600 900 1209600 300
@ IN NS localhost.
_default._fai IN TXT "BASE"
_fai.web01 IN TXT "10 DEBIAN"
_fai.web01 IN TXT "20 WEB"
; bare asks for no class; an address record makes it known
; WEB.var:3: NOW is computed and stays in the file
WEB._class IN TXT "requires=NGINX PHP"
WEB._class IN TXT "var.MOTD=a \"b\" \\ c"
; DB.var: commands stay in the file (lines 1)
`

const LDIF = String.raw`version: 1

dn: dc=example,dc=test
objectClass: dcObject
objectClass: organization
dc: example
o: example.test

dn: ou=hosts,dc=example,dc=test
objectClass: organizationalUnit
objectClass: faiMember
ou: hosts
faiMembership: BASE

dn: cn=web01,ou=hosts,dc=example,dc=test
objectClass: device
objectClass: domainRelatedObject
objectClass: faiMember
cn: web01
associatedDomain: web01.example.test
faiMembership: 10 DEBIAN
faiMembership: 20 WEB

dn: cn=bare,ou=hosts,dc=example,dc=test
objectClass: device
objectClass: domainRelatedObject
objectClass: faiMember
cn: bare
associatedDomain: bare.example.test

dn: ou=classes,dc=example,dc=test
objectClass: organizationalUnit
ou: classes

# WEB.var:3: NOW is computed and stays in the file
dn: cn=WEB,ou=classes,dc=example,dc=test
objectClass: faiClassEntry
cn: WEB
faiRequires: NGINX PHP
faiVariableSetting: MOTD=a "b" \ c

# DB.var: commands stay in the file (lines 1)
`

t.test('a zone that can be read as it is', async t => {
  t.equal(renderMigrationZone(migration, 'example.test'), ZONE)
})

t.test('an LDIF with the entries above those of the hosts', async t => {
  t.equal(renderMigrationLdif(migration, 'example.test'), LDIF)
})

t.test('without classes of the domain the unit of the hosts is a plain one', async t => {
  const text = renderMigrationLdif({ ...migration, domain: [] }, 'example.test')
  t.match(text, /^dn: ou=hosts,.*\nobjectClass: organizationalUnit\nou: hosts\n\n/m)
})

t.test('the DN of a domain', async t => {
  t.equal(baseOf('site.example.test'), 'dc=site,dc=example,dc=test')
})

/** A value; the data of its TXT record, and the line of its entry. */
const values: Record<string, { value: string; zone: string; ldif: string }> = {
  plain: { value: 'x', zone: '"var.V=x"', ldif: 'faiVariableSetting: V=x' },
  'not ASCII': {
    value: 'zürich',
    zone: String.raw`"var.V=z\195\188rich"`,
    ldif: `faiVariableSetting:: ${Buffer.from('V=zürich').toString('base64')}`,
  },
  'several lines': {
    value: 'a\nb',
    zone: String.raw`"var.V=a\010b"`,
    ldif: `faiVariableSetting:: ${Buffer.from('V=a\nb').toString('base64')}`,
  },
  'a blank at the end': {
    value: 'a ',
    zone: '"var.V=a "',
    ldif: `faiVariableSetting:: ${Buffer.from('V=a ').toString('base64')}`,
  },
  'more than one string holds': {
    value: 'a'.repeat(300),
    zone: `"var.V=${'a'.repeat(249)}" "${'a'.repeat(51)}"`,
    ldif: `faiVariableSetting: V=${'a'.repeat(300)}`,
  },
}

for (const [name, { value, zone, ldif }] of Object.entries(values)) {
  t.test(`a value: ${name}`, async t => {
    const said = { name: 'WEB', requires: [], variables: [{ name: 'V', value }], notes: [] }
    const one = { domain: [], hosts: [], definitions: [said] }
    t.equal(renderMigrationZone(one, 'example.test').split('\n').at(-2), `WEB._class IN TXT ${zone}`)
    t.equal(renderMigrationLdif(one, 'example.test').split('\n').at(-2), ldif)
  })
}
