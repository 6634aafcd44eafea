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

/** A directory in which each group holds the next, the last one the host; it counts what it is asked. */
const nested = (depth: number) => {
  const entries = Array.from({ length: depth }, (_, index) => {
    const member = index + 1 === depth ? 'cn=h' : `cn=g${index + 1}`
    return entryOf(`cn=g${index}`, 'groupOfNames', `member: ${member},dc=x`)
  })
  const memory = memoryDirectory(entries, dnOf('dc=x'))
  let questions = 0
  const find: typeof memory.find = (...asked) => {
    questions++
    return memory.find(...asked)
  }
  return { directory: { ...memory, find }, questions: () => questions }
}

t.test(
  'groups in each other over 256 levels are read, over more they are an error and asked no further',
  async t => {
    const [deep, tooDeep] = [nested(256), nested(1000)]
    const read = await readGroups(deep.directory, host, dnOf('cn=h,dc=x'), [], signal)
    t.equal(read.value.length, 256)
    t.strictSame(read.diagnostics, [])
    const refused = await readGroups(tooDeep.directory, host, dnOf('cn=h,dc=x'), [], signal)
    t.match(refused.diagnostics, [
      { severity: 'error', code: 'group-too-deep', origin: { dn: 'cn=g743,dc=x' } },
    ])
    t.equal(tooDeep.questions(), 257)
  },
)

t.test('which groups hold each other is found without holding each against each', async t => {
  const count = 2000
  const groups = Array.from({ length: count }, (_, index) =>
    entryOf(`cn=g${index}`, 'groupOfNames', `member: cn=g${index + 1},dc=x`),
  )
  let looks = 0
  const counted = groups.map(
    group =>
      new Proxy(group, {
        get: (target, key) => {
          if (key === 'dn') looks++
          return Reflect.get(target, key)
        },
      }),
  )
  t.equal(orderGroupEntries(counted).value[0]?.dn.text, 'cn=g0,dc=x')
  t.ok(looks < 100 * count, `${looks} looks`)
})
