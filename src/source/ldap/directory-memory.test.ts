import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { entriesOf } from '../../testing/entries.ts'
import { anyEntry, anyFilter } from '../../testing/random-entries.ts'
import { and, equal, type Filter, inBatches, or, prefix } from './directory.ts'
import { memoryDirectory } from './directory-memory.ts'
import { parseDn } from './dn.ts'

const base = parseDn('dc=x')
const { signal } = new AbortController()
const entries = entriesOf(`dn: cn=a,dc=x
objectClass: device
cn: a
cn: Long  Name

dn: cn=g,dc=x
objectClass: groupOfNames
cn: g
member: cn=A, DC=x

dn: cn=a,dc=y
objectClass: device
cn: a
`)
const directory = memoryDirectory(entries, base.ok ? base.dn : fail())

function fail(): never {
  throw new Error('no base')
}

const cases: Record<string, { filter: Filter; want: string[] }> = {
  'equality ignores case and blanks, and what is outside of the base': {
    filter: equal('CN', 'A'),
    want: ['cn=a'],
  },
  'blanks inside are squeezed': { filter: equal('cn', 'long name '), want: ['cn=a'] },
  'a long attribute name': { filter: equal('commonName', 'g'), want: ['cn=g'] },
  'a member is compared as a DN': { filter: equal('member', 'cn=a,dc=x'), want: ['cn=g'] },
  'the start of a value': { filter: prefix('cn', 'LONG'), want: ['cn=a'] },
  presence: { filter: { kind: 'present', attribute: 'member' }, want: ['cn=g'] },
  and: { filter: and(equal('objectClass', 'device'), equal('cn', 'a')), want: ['cn=a'] },
  'and of what excludes each other': {
    filter: and(equal('objectClass', 'device'), equal('cn', 'g')),
    want: [],
  },
  'or names each entry once': {
    filter: or(equal('cn', 'a'), equal('objectClass', 'device')),
    want: ['cn=a'],
  },
  'nothing of the kind': { filter: equal('uid', 'a'), want: [] },
}

for (const [name, { filter, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const found = await directory.find(filter, [], signal)
    t.strictSame(
      found.map(({ dn }) => dn.rdns[0]?.text),
      want,
    )
    t.equal(await directory.hasAny(filter, signal), want.length > 0)
  })
}

t.test('long questions are cut', async t => {
  const numbers = Array.from({ length: 401 }, (_, index) => index)
  const filters = inBatches(numbers, batch => or(...batch.map(number => equal('cn', String(number)))))
  t.strictSame(
    filters.map(filter => ('of' in filter ? filter.of.length : 0)),
    [200, 200, 1],
  )
  t.strictSame(
    inBatches([], () => equal('cn', 'x')),
    [],
  )
})

t.test('after random changes it finds what a fresh one finds', async t => {
  const baseDn = base.ok ? base.dn : fail()
  const change = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), entry: anyEntry }),
    fc.record({ kind: fc.constant('remove' as const), nth: fc.nat(20) }),
    fc.record({ kind: fc.constant('find' as const), filter: anyFilter }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEntry, { maxLength: 6 }),
      fc.array(change, { maxLength: 30 }),
      async (first, changes) => {
        const held = new Map(first.map(entry => [entry.dn.normal, entry]))
        const changed = memoryDirectory([...held.values()], baseDn)
        for (const step of changes) {
          if (step.kind === 'put') {
            changed.put(step.entry)
            held.set(step.entry.dn.normal, step.entry)
          }
          const removed = step.kind === 'remove' ? [...held.values()][step.nth] : undefined
          if (removed !== undefined) {
            changed.remove(removed)
            held.delete(removed.dn.normal)
          }
          if (step.kind !== 'find') continue
          const fresh = memoryDirectory([...held.values()], baseDn)
          const [found, wanted] = await Promise.all(
            [changed, fresh].map(directory => directory.find(step.filter, [], signal)),
          )
          deepStrictEqual(new Set(found), new Set(wanted))
          const dns = [...held.values()].map(({ dn }) => dn)
          deepStrictEqual(await changed.read(dns, [], signal), await fresh.read(dns, [], signal))
        }
      },
    ),
  )
  t.pass('the property holds')
})
