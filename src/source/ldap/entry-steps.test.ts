import t from 'tap'
import { entryOf } from '../../testing/entries.ts'
import { memoryDirectory } from './directory-memory.ts'
import { parseDn } from './dn.ts'
import type { Entry } from './entry.ts'
import { applySteps, type EntryStep } from './entry-steps.ts'

const base = parseDn('dc=x')
if (!base.ok) throw new Error('no base')
const { signal } = new AbortController()

/** An entry by its RDNs below the base; what it says is its first RDN of long ago. */
const at = (rdns: string, said = ''): Entry => entryOf(rdns, 'device', `cn: c${said}`)

const step = (
  entries: Record<string, Entry>,
  gone: readonly string[] = [],
  kept?: readonly string[],
): EntryStep => ({
  entries: new Map(Object.entries(entries)),
  gone: new Set(gone),
  ...(kept === undefined ? {} : { kept: new Set(kept) }),
})

const START = {
  a: at('ou=a'),
  ha: at('cn=h,ou=a'),
  deep: at('cn=d,cn=h,ou=a'),
  b: at('ou=b'),
  hb: at('cn=h,ou=b'),
}

const after = async (...steps: readonly EntryStep[]) => {
  const held = new Map<string, Entry>()
  const directory = memoryDirectory([], base.dn)
  applySteps(held, directory, [step(START)])
  const changes = applySteps(held, directory, steps)
  const found = await directory.find({ kind: 'present', attribute: 'cn' }, [], signal)
  const dns = Object.fromEntries([...held].map(([key, { dn }]) => [key, dn.text.replace(/,?dc=x$/, '')]))
  t.strictSame(new Set(found), new Set(held.values()), 'the directory holds the same')
  return { dns, changes, held }
}

t.test('what is below a renamed entry goes along, and is told', async t => {
  const { dns, changes, held } = await after(step({ a: at('ou=z') }))
  t.match(dns, { a: 'ou=z', ha: 'cn=h,ou=z', deep: 'cn=d,cn=h,ou=z', b: 'ou=b', hb: 'cn=h,ou=b' })
  t.equal(changes?.length, 3)
  t.equal(held.get('deep')?.origin.dn, 'cn=d,cn=h,ou=z,dc=x')
})

t.test('two that change places in one step, and one after the other', async t => {
  const swapped = { a: 'ou=b', ha: 'cn=h,ou=b', deep: 'cn=d,cn=h,ou=b', b: 'ou=a', hb: 'cn=h,ou=a' }
  t.match((await after(step({ a: at('ou=b'), b: at('ou=a') }))).dns, swapped)
  const { dns } = await after(step({ a: at('ou=t') }), step({ b: at('ou=a') }), step({ a: at('ou=b') }))
  t.match(dns, swapped)
})

t.test('what was named in the same step is where it says; below it, the nearest counts', async t => {
  const { dns } = await after(step({ a: at('ou=z'), ha: at('cn=i,ou=b') }))
  t.match(dns, { a: 'ou=z', ha: 'cn=i,ou=b', deep: 'cn=d,cn=i,ou=b' })
})

t.test('gone, kept, and neither of them', async t => {
  t.strictSame(Object.keys((await after(step({}, ['deep', 'nobody']))).dns), ['a', 'ha', 'b', 'hb'])
  t.strictSame(Object.keys((await after(step({ n: at('cn=n') }, [], ['b', 'hb']))).dns), ['b', 'hb', 'n'])
  t.strictSame(Object.keys((await after(step({}, [], []))).dns), [])
})

t.test('an entry that is kept and was never told of: nothing is done', async t => {
  const { dns, changes } = await after(step({ n: at('cn=n') }, ['a'], ['b', 'nobody']))
  t.equal(changes, undefined)
  t.strictSame(Object.keys(dns), Object.keys(START))
})

t.test('what says the same again is no change, and what came and went is none', async t => {
  const { changes, held } = await after(step({ a: at('ou=a') }), step({ n: at('cn=n') }), step({}, ['n']))
  t.strictSame(changes, [])
  t.equal(held.get('a'), START.a, 'the entry stays with what is known of it')
})

t.test('several changes of one entry are one', async t => {
  const last = at('cn=h,ou=b', '2')
  const { changes } = await after(step({ hb: at('cn=h,ou=b', '1') }), step({ hb: last }))
  t.strictSame(changes, [{ before: START.hb, after: last }])
})
