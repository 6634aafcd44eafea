import t from 'tap'
import { entriesOf, entryOf } from '../../testing/entries.ts'
import { orderGroupEntries, readGroups } from './directory-group.ts'
import { memoryDirectory } from './directory-memory.ts'
import { type Dn, parseDn } from './dn.ts'

const dnOf = (text: string): Dn => {
  const result = parseDn(text)
  if (!result.ok) throw new Error(text)
  return result.dn
}

const { signal } = new AbortController()
const host = { short: 'h', fqdn: 'h.example.test' }

t.test('groups of all kinds through groups of all kinds', async t => {
  const entries = entriesOf(`dn: cn=names,dc=x
objectClass: groupOfNames
member: CN=H, dc=x

dn: cn=unique,dc=x
objectClass: groupOfUniqueNames
uniqueMember: cn=net,dc=x

dn: cn=net,dc=x
objectClass: nisNetgroup
cn: net
nisNetgroupTriple: ( h , - , )

dn: cn=outer,dc=x
objectClass: nisNetgroup
cn: outer
memberNisNetgroup: NET

dn: cn=apart,dc=x
objectClass: groupOfNames
member: cn=other,dc=x

dn: cn=a,dc=x
objectClass: groupOfNames
member: cn=names,dc=x
member: cn=outer,dc=x
`)
  const directory = memoryDirectory(entries, dnOf('dc=x'))
  const netgroups = entries.filter(({ dn }) => /^cn=(net|outer),/.test(dn.text))
  const found = await readGroups(directory, host, dnOf('cn=h,dc=x'), netgroups, signal)
  t.strictSame(found.diagnostics, [])
  t.strictSame(
    found.value.map(({ dn }) => dn.rdns[0]?.text),
    ['cn=a', 'cn=names', 'cn=outer', 'cn=unique', 'cn=net'],
  )
  const withoutEntry = await readGroups(directory, host, undefined, netgroups, signal)
  t.strictSame(
    withoutEntry.value.map(({ dn }) => dn.rdns[0]?.text),
    ['cn=a', 'cn=outer', 'cn=unique', 'cn=net'],
  )
})

t.test('a cycle is a warning at its first group, with the others as related places', async t => {
  const groups = [
    entryOf('cn=b', 'groupOfNames', 'member: cn=a,dc=x'),
    entryOf('cn=a', 'groupOfUniqueNames', 'uniqueMember: cn=b,dc=x'),
    entryOf('cn=self', 'groupOfNames', 'member: cn=self,dc=x'),
  ]
  const { value, diagnostics } = orderGroupEntries(groups)
  t.strictSame(
    value.map(({ dn }) => dn.text),
    ['cn=a,dc=x', 'cn=b,dc=x', 'cn=self,dc=x'],
  )
  t.match(diagnostics, [
    {
      severity: 'warning',
      code: 'group-cycle',
      message: 'groups cn=a,dc=x and cn=b,dc=x hold each other',
      origin: { dn: 'cn=a,dc=x' },
      related: [{ dn: 'cn=b,dc=x' }],
    },
    { code: 'group-cycle', message: 'group cn=self,dc=x holds itself' },
  ])
})

t.test('a member list of more than 100,000 values is an error at the group', async t => {
  const lines = Array.from({ length: 100_001 }, (_, index) => `member: cn=${index},dc=x`)
  const { diagnostics } = orderGroupEntries([entryOf('cn=g', 'groupOfNames', ...lines)])
  t.match(diagnostics, [
    { severity: 'error', code: 'member-list-too-long', origin: { dn: 'cn=g,dc=x', attribute: 'member' } },
  ])
  t.strictSame(orderGroupEntries([entryOf('cn=g', 'groupOfNames', ...lines.slice(1))]).diagnostics, [])
})
