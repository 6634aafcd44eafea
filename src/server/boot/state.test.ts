import t from 'tap'
import { type BootEvent, type BootRecord, type BootState, NEVER_ARMED, nextState } from './state.ts'
import { TOKEN_LIFE_MS } from './token.ts'

const HASH = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)
const KEY = 'c'.repeat(64)
const ADDRESS = '192.0.2.11'
const MADE_MS = 1_000_000

const unspent = { hash: HASH, address: ADDRESS, madeAtMs: MADE_MS }
const spent = { ...unspent, spentAtMs: MADE_MS + 1 }

const local: BootRecord = { state: 'local', sinceMs: 1, message: 'before' }
const armed: BootRecord = { ...local, state: 'armed' }
const offered: BootRecord = { ...armed, token: unspent }
const installing: BootRecord = { ...local, state: 'installing', token: spent, reportKeyHash: KEY }
const installed: BootRecord = { ...installing, state: 'local' }
const failed: BootRecord = { ...installing, state: 'failed' }
const rescue: BootRecord = { ...local, state: 'rescue' }

const script: BootEvent = { kind: 'script', tokenHash: OTHER, address: ADDRESS }
const spend: BootEvent = { kind: 'spend', tokenHash: HASH, address: ADDRESS, reportKeyHash: KEY }
const progress: BootEvent = { kind: 'progress', reportKeyHash: KEY, message: 'task partition' }
const end = (outcome: 'installed' | 'failed', reportKeyHash = KEY): BootEvent => ({
  kind: 'end',
  reportKeyHash,
  outcome,
  message: `it ${outcome}`,
})

type Case = {
  before: BootRecord
  event: BootEvent
  after: BootState
  /** Part of the reason; taken where it is absent. */
  refused?: string
  atMs?: number
}

const cases: Record<string, Case> = {
  'local asks for a script: local': { before: local, event: script, after: 'local' },
  'armed asks for a script: armed': { before: armed, event: script, after: 'armed' },
  'installing asks for a script: it did not end': { before: installing, event: script, after: 'failed' },
  'failed asks for a script: failed': { before: failed, event: script, after: 'failed' },
  'rescue asks for a script: rescue': { before: rescue, event: script, after: 'rescue' },
  'the token of the script: installing': { before: offered, event: spend, after: 'installing' },
  'the token in its last millisecond: installing': {
    before: offered,
    event: spend,
    atMs: MADE_MS + TOKEN_LIFE_MS,
    after: 'installing',
  },
  'the token a millisecond later: refused': {
    before: offered,
    event: spend,
    atMs: MADE_MS + TOKEN_LIFE_MS + 1,
    after: 'armed',
    refused: 'older than 30 minutes',
  },
  'the token from another address: refused, and still good': {
    before: offered,
    event: { ...spend, address: '192.0.2.99' },
    after: 'armed',
    refused: 'is for 192.0.2.11',
  },
  'a token that a newer script voided: refused': {
    before: offered,
    event: { ...spend, tokenHash: OTHER },
    after: 'armed',
    refused: 'not that of the last',
  },
  'a token while no script was given: refused': {
    before: armed,
    event: spend,
    after: 'armed',
    refused: 'not that of the last',
  },
  'a token of a host that is local: refused': {
    before: local,
    event: spend,
    after: 'local',
    refused: 'not armed',
  },
  'a token of a host for rescue: refused': {
    before: rescue,
    event: spend,
    after: 'rescue',
    refused: 'not armed',
  },
  'the token again while it installs: failed': {
    before: installing,
    event: { ...spend, address: '192.0.2.99' },
    after: 'failed',
    refused: 'a second time, by 192.0.2.99',
  },
  'the token again after it is installed: failed': {
    before: installed,
    event: spend,
    after: 'failed',
    refused: 'a second time',
  },
  'the token again after it failed: failed': {
    before: failed,
    event: spend,
    after: 'failed',
    refused: 'a second time',
  },
  'progress of the installation: taken': { before: installing, event: progress, after: 'installing' },
  'progress with another key: refused': {
    before: installing,
    event: { ...progress, reportKeyHash: OTHER },
    after: 'installing',
    refused: 'no longer',
  },
  'progress after it failed: refused': {
    before: failed,
    event: progress,
    after: 'failed',
    refused: 'no longer',
  },
  'progress of an armed host: refused': {
    before: offered,
    event: progress,
    after: 'armed',
    refused: 'no longer',
  },
  'installed: local': { before: installing, event: end('installed'), after: 'local' },
  'installed, told twice: local': { before: installed, event: end('installed'), after: 'local' },
  'installed with another key: refused': {
    before: installing,
    event: end('installed', OTHER),
    after: 'installing',
    refused: 'no longer',
  },
  'installed after it failed: refused': {
    before: failed,
    event: end('installed'),
    after: 'failed',
    refused: 'no longer',
  },
  'installed of an armed host: refused': {
    before: offered,
    event: end('installed'),
    after: 'armed',
    refused: 'no longer',
  },
  'it failed: failed': { before: installing, event: end('failed'), after: 'failed' },
  'it failed after it is installed: refused': {
    before: installed,
    event: end('failed'),
    after: 'local',
    refused: 'no longer',
  },
  'a note for an armed host: armed': {
    before: offered,
    event: { kind: 'note', message: 'a fact is missing' },
    after: 'armed',
  },
}

for (const [name, { before, event, after, refused, atMs = MADE_MS + 5 }] of Object.entries(cases)) {
  t.test(name, async t => {
    const { record, answer } = nextState(before, event, atMs)
    t.equal(record.state, after)
    t.equal(answer.kind, refused === undefined ? 'taken' : 'refused')
    if (answer.kind === 'refused') t.match(answer.why, refused)
    if (after !== before.state) t.equal(record.sinceMs, atMs, 'since now')
  })
}

t.test('a wish makes any state what it says, and forgets token and key', async t => {
  for (const before of [local, offered, installing, installed, failed, rescue]) {
    for (const [wish, state] of [
      ['install', 'armed'],
      ['local', 'local'],
      ['rescue', 'rescue'],
    ] as const) {
      const { record } = nextState(before, { kind: 'wish', wish }, 7)
      t.strictSame(record, { state, sinceMs: 7, message: `asked for by boot ${wish}` })
    }
  }
})

t.test('a script of an armed host has a new token, which voids the one before', async t => {
  const { record } = nextState(offered, { ...script, address: '192.0.2.12' }, 9)
  t.strictSame(record.token, { hash: OTHER, address: '192.0.2.12', madeAtMs: 9 })
  t.match(nextState(record, spend, 10).answer, { kind: 'refused' })
})

t.test('an installation keeps the token, to know it again, and the key of its reports', async t => {
  const { record } = nextState(offered, spend, MADE_MS + 5)
  t.strictSame(record.token, { ...unspent, spentAtMs: MADE_MS + 5 })
  t.equal(record.reportKeyHash, KEY)
})

t.test('what changes nothing is the same object, so that nothing is written', async t => {
  t.equal(nextState(NEVER_ARMED, script, 5).record, NEVER_ARMED)
  t.equal(nextState(offered, { ...spend, address: '192.0.2.99' }, MADE_MS).record, offered)
  t.equal(nextState(installing, { kind: 'progress', reportKeyHash: KEY }, 5).record, installing)
  t.equal(nextState(local, { kind: 'note', message: 'no' }, 5).record, local)
})

t.test('progress is the last message, since when it installs stays', async t => {
  const { record } = nextState(installing, progress, 99)
  t.strictSame(record, { ...installing, message: 'task partition' })
})
