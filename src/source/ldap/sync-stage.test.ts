import t from 'tap'
import { entryOf } from '../../testing/entries.ts'
import { type ContentMessage, syncStages } from './sync-stage.ts'

const entry = entryOf('cn=a', 'device', 'cn: a')
const changed = (uuid: string, cookie?: string): ContentMessage => ({
  kind: 'entry',
  uuid,
  entry,
  ...(cookie === undefined ? {} : { cookie }),
})
const ids = (deletes: boolean, ...uuids: readonly string[]): ContentMessage => ({
  kind: 'id-set',
  deletes,
  uuids,
})
const end = (phase: 'delete' | 'present', done: boolean, cookie?: string): ContentMessage => ({
  kind: 'phase-end',
  phase,
  done,
  ...(cookie === undefined ? {} : { cookie }),
})

type Plain = {
  entries: readonly string[]
  gone?: readonly string[]
  kept?: readonly string[]
  cookie?: string
}

const cases: Record<string, { hasCookie: boolean; messages: readonly ContentMessage[]; want: Plain }> = {
  'without a cookie, whatever the phase': {
    hasCookie: false,
    messages: [changed('a'), end('delete', true, '01')],
    want: { entries: ['a'], kept: [], cookie: '01' },
  },
  'a present phase': {
    hasCookie: true,
    messages: [ids(false, 'b', 'c'), changed('a'), end('present', true)],
    want: { entries: ['a'], kept: ['b', 'c'] },
  },
  'a delete phase': {
    hasCookie: true,
    messages: [changed('a'), ids(true, 'b'), end('delete', true, '02')],
    want: { entries: ['a'], gone: ['b'], cookie: '02' },
  },
  'both phases, the cookie of the last message that has one': {
    hasCookie: true,
    messages: [
      ids(false, 'b'),
      end('present', false, '01'),
      { kind: 'new-cookie', cookie: '02' },
      ids(true, 'c'),
      end('delete', true),
    ],
    want: { entries: [], gone: ['c'], kept: ['b'], cookie: '02' },
  },
  'the last word on an entry counts': {
    hasCookie: true,
    messages: [ids(true, 'a'), changed('a'), changed('b'), ids(true, 'b'), end('delete', true)],
    want: { entries: ['a'], gone: ['b'] },
  },
}

for (const [name, { hasCookie, messages, want }] of Object.entries(cases))
  t.test(name, async t => {
    const stages = syncStages(hasCookie)
    const steps = messages.map(message => stages.take(message))
    t.ok(steps.slice(0, -1).every(step => step === undefined))
    const found = steps.at(-1)
    t.notOk(stages.isRefreshing())
    const { gone = [], kept, cookie, entries } = want
    t.strictSame([...(found?.step.entries.keys() ?? [])], entries)
    t.strictSame(found?.step.gone, new Set(gone))
    t.strictSame(found?.step.kept, kept && new Set(kept))
    t.equal(found?.cookie, cookie)
  })

t.test('in the persist stage each message is a step', async t => {
  const stages = syncStages(false)
  stages.take(end('present', true))
  t.strictSame(stages.take(changed('a', '03')), {
    step: { entries: new Map([['a', entry]]), gone: new Set() },
    cookie: '03',
  })
  t.strictSame(stages.take(ids(true, 'a', 'b'))?.step.gone, new Set(['a', 'b']))
  t.strictSame(stages.take(ids(false, 'a'))?.step, { entries: new Map(), gone: new Set() })
  t.strictSame(stages.take({ kind: 'new-cookie', cookie: '04' })?.cookie, '04')
})
