import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { entryOf } from '../../testing/entries.ts'
import { anyEntry, anyFilter } from '../../testing/random-entries.ts'
import type { SourceChange } from '../live-source.ts'
import { FAI_CLASSES } from './dialect-fai-classes.ts'
import { ARGONAUT } from './dialect-fai-schema.ts'
import { notingDirectory, toSourceChange } from './directory-changes.ts'
import { memoryDirectory } from './directory-memory.ts'
import { parseDn } from './dn.ts'
import { type Entry, isSameEntry } from './entry.ts'
import type { EntryChange } from './entry-steps.ts'

const base = parseDn('dc=x')
if (!base.ok) throw new Error('no base')
const { signal } = new AbortController()

const touched = (change: SourceChange, keys: ReadonlySet<string>): boolean =>
  change.keys === 'all' || [...keys].some(key => change.keys !== 'all' && change.keys.has(key))

t.test('whoever would find another answer is touched', async t => {
  let differing = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEntry, { maxLength: 5 }),
      anyEntry,
      anyFilter,
      async (entries, after, filter) => {
        const held = new Map(entries.map(entry => [entry.dn.normal, entry]))
        const directory = memoryDirectory([...held.values()], base.dn)
        const keys = new Set<string>()
        const noting = notingDirectory(directory, key => keys.add(key))
        const before = held.get(after.dn.normal)
        if (before !== undefined && isSameEntry(before, after)) return
        const found = await noting.find(filter, [], signal)
        const read = await noting.read([after.dn], [], signal)
        directory.put(after)
        const isSame =
          sameSet(found, await directory.find(filter, [], signal)) &&
          sameSet(read, await directory.read([after.dn], [], signal))
        if (isSame) return
        differing += 1
        const change = toSourceChange([before === undefined ? { after } : { before, after }], FAI_CLASSES)
        ok(touched(change, keys))
      },
    ),
    { numRuns: 1000 },
  )
  t.ok(differing > 100, `${differing} cases`)
})

/** Whether answers are the same but for members of groups: whoever asks for a member knows nothing of the others. */
const sameSet = (a: readonly Entry[], b: readonly Entry[]): boolean => {
  const [one, other] = [a, b].map(entries => entries.map(said).sort())
  return JSON.stringify(one) === JSON.stringify(other)
}

const said = ({ dn, attributes }: Entry): string =>
  JSON.stringify([dn.text, [...attributes].filter(([attribute]) => attribute !== 'member')])

const host = entryOf('cn=a', 'device faiMember', 'cn: a', 'faiMembership: WEB')
const renamed = entryOf('cn=b', 'device faiMember', 'cn: b', 'faiMembership: WEB')
const group = entryOf('cn=g', 'groupOfNames', 'cn: g', 'member: cn=a,dc=x', 'member: cn=b,dc=x')
const smaller = entryOf('cn=g', 'groupOfNames', 'cn: g', 'member: CN=A,dc=x')
const definition = entryOf('cn=WEB', 'faiClassEntry', 'cn: WEB')

const cases: Record<string, { changes: readonly EntryChange[]; want: Partial<SourceChange> }> = {
  'a host that gets another name': {
    changes: [{ before: host, after: renamed }],
    want: {
      hosts: [
        { short: 'a', fqdn: undefined },
        { short: 'b', fqdn: undefined },
      ],
      classes: [],
      origins: [renamed.origin],
    },
  },
  'a definition that is gone': {
    changes: [{ before: definition }],
    want: { hosts: [], classes: ['WEB' as never] },
  },
  'a group without one of its members': {
    changes: [{ before: group, after: smaller }],
    want: { hosts: [], keys: new Set(['cn=g,dc=x', 'member=*', 'member=cn=a,dc=x', 'member=cn=b,dc=x']) },
  },
}

for (const [name, { changes, want }] of Object.entries(cases))
  t.test(name, async t => {
    t.match(toSourceChange(changes, FAI_CLASSES), want)
  })

t.test('where other entries make hosts, what is none of them touches everybody', async t => {
  const installed = entryOf('cn=a', 'FAIobject', 'cn: a', 'FAIclass: WEB')
  t.not(toSourceChange([{ after: installed }], ARGONAUT).keys, 'all')
  t.equal(toSourceChange([{ after: entryOf('cn=p', 'FAIprofile', 'cn: p') }], ARGONAUT).keys, 'all')
})

t.test('at most 20 places are named', async t => {
  const changes = Array.from({ length: 30 }, (_, index) => ({
    after: entryOf(`cn=h${index}`, 'device', `cn: h${index}`),
  }))
  const { origins, hosts } = toSourceChange(changes, FAI_CLASSES)
  t.strictSame([origins.length, hosts.length], [20, 30])
})
