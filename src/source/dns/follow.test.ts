import t from 'tap'
import type { Answer, ZoneReader } from './answer.ts'
import { readerFor } from './answer.ts'
import { askFollowing } from './follow.ts'
import { withoutWildcard } from './wildcard.ts'

const { signal } = new AbortController()
const origin = { kind: 'record', zone: 'example.test', owner: 'x', type: 'A' } as const
const records = (address: string): Answer => ({
  kind: 'records',
  records: [{ rdata: { kind: 'address', address }, origin }],
})
const alias = (target: string): Answer => ({ kind: 'alias', target, origin: { ...origin, type: 'CNAME' } })

/** A zone that is a table; what is not in it is not there. */
const zoneOf = (zone: string, answers: Readonly<Record<string, Answer>>): ZoneReader => ({
  zone,
  ask: async owner => answers[owner] ?? { kind: 'none' },
})
const chain = (length: number): Readonly<Record<string, Answer>> =>
  Object.fromEntries([
    ...Array.from({ length }, (_, i) => [`a${i}.example.test`, alias(`A${i + 1}.example.test`)]),
    [`a${length}.example.test`, records('192.0.2.1')],
  ])
const follow = (own: ZoneReader, owner: string, others: readonly ZoneReader[] = []) =>
  askFollowing(own, [own, ...others], owner, 'A', signal)

t.test('8 aliases are followed, 9 are an error', async t => {
  t.match(await follow(zoneOf('example.test', chain(8)), 'a0.example.test'), {
    owner: 'a8.example.test',
    isAlias: true,
    records: [{}],
    diagnostics: [],
  })
  t.match(await follow(zoneOf('example.test', chain(9)), 'a0.example.test'), {
    records: [],
    diagnostics: [{ code: 'alias-broken', message: 'a0.example.test leads over more than 8 aliases' }],
  })
})

t.test('a loop is an error that shows every link', async t => {
  const zone = zoneOf('example.test', {
    'a.example.test': alias('b.example.test'),
    'b.example.test': alias('a.example.test'),
  })
  const { diagnostics } = await follow(zone, 'a.example.test')
  t.match(diagnostics, [
    { code: 'alias-broken', message: 'a.example.test is an alias that loops', related: [{}] },
  ])
})

t.test('an alias into another configured zone is followed, one elsewhere is an error', async t => {
  const own = zoneOf('example.test', { 'a.example.test': alias('b.example.org') })
  const other = zoneOf('example.org', { 'b.example.org': records('192.0.2.1') })
  t.match(await follow(own, 'a.example.test', [other]), { owner: 'b.example.org', records: [{}] })
  t.match(await follow(own, 'a.example.test'), {
    diagnostics: [{ message: 'a.example.test is an alias of b.example.org, which is in no configured zone' }],
  })
})

t.test('a name too long to be asked for is not there', async t => {
  const long = `${`${'a'.repeat(60)}.`.repeat(4)}example.test`
  t.match(await follow(zoneOf('example.test', { [long]: records('192.0.2.1') }), long), {
    records: [],
    diagnostics: [],
  })
})

t.test('the most specific zone answers, the own one among equals', async t => {
  const own = zoneOf('example.test', {})
  const same = zoneOf('example.test', {})
  const below = zoneOf('lab.example.test', {})
  t.equal(readerFor('a.example.test', own, [same, below]), own)
  t.equal(readerFor('a.LAB.example.test', own, [same, below]), below)
  t.equal(readerFor('a.example.org', own, [same, below]), undefined)
})

// RFC 4592: what a server with these records answers at `owner`, `*.owner` and `*.ancestor`.
const wildcards: Record<string, { answers: Record<string, Answer>; want: Answer['kind'] }> = {
  'nothing below: the name is there': { answers: {}, want: 'records' },
  'other records below: the name is there': { answers: { '*.a.b': records('192.0.2.2') }, want: 'records' },
  'the same from the wildcard above': {
    answers: { '*.a.b': records('192.0.2.1'), '*.b': records('192.0.2.1') },
    want: 'none',
  },
  'the same from the wildcard at the apex': {
    answers: { '*.a.b': records('192.0.2.1'), '*.test': records('192.0.2.1') },
    want: 'none',
  },
  'the same from a wildcard below only: the name is there': {
    answers: { '*.a.b': records('192.0.2.1'), '*.b': records('192.0.2.2') },
    want: 'records',
  },
  'the same as a wildcard that does not reach here': {
    answers: { '*.b': records('192.0.2.1') },
    want: 'records',
  },
  'a zone in between': { answers: { '*.a.b': { kind: 'delegated', cut: 'b.test' } }, want: 'delegated' },
}

for (const [title, { answers, want }] of Object.entries(wildcards)) {
  t.test(`wildcard: ${title}`, async t => {
    const ask = async (name: string): Promise<Answer> =>
      answers[name.replace(/\.test$/, '')] ?? answers[name] ?? { kind: 'none' }
    const { kind } = await withoutWildcard(records('192.0.2.1'), 'a.b.test', 'test', ask)
    t.equal(kind, want)
  })
}

t.test('an alias made from a wildcard is none', async t => {
  const ask = async (): Promise<Answer> => alias('c.test')
  t.strictSame(await withoutWildcard(alias('c.test'), 'a.b.test', 'test', ask), { kind: 'none' })
})
