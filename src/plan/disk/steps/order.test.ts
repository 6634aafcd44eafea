import t from 'tap'
import type { StorageStep } from '../storage-plan.ts'
import { orderSteps } from './order.ts'

const step = (id: string, needs: readonly string[], provides: readonly string[]): StorageStep => ({
  ...{ id, kind: 'wipe', title: id, argv: ['true'], needs, provides, destroys: false },
  ...{ device: id, disks: [], repeat: 'safe' },
})
const table = step('table', ['wiped:a', 'wiped:b', 'saved:a'], ['device:a1', 'device:a2'])

const cases: Record<string, { steps: StorageStep[]; want: string[]; stuck?: string[] }> = {
  'a step comes behind all that provide what it needs': {
    steps: [table, step('b', [], ['wiped:b']), step('a', [], ['wiped:a'])],
    want: ['b', 'a', 'table'],
  },
  'two steps that provide the same are both waited for': {
    steps: [
      step('use', ['saved:a'], []),
      step('one', [], ['saved:a']),
      step('two', ['wiped:a'], ['saved:a']),
    ],
    want: ['one', 'two', 'use'],
  },
  'of several that could come next the first in the list does': {
    steps: [step('x', ['device:a1'], []), step('y', [], []), table, step('z', [], [])],
    want: ['y', 'table', 'x', 'z'],
  },
  'what nothing provides and is not there leaves its step behind': {
    steps: [step('mkfs', ['device:/dev/gone'], []), step('y', [], [])],
    want: ['y'],
    stuck: ['mkfs'],
  },
  'steps that wait for each other stay behind': {
    steps: [step('x', ['device:y'], ['device:x']), step('y', ['device:x'], ['device:y'])],
    want: [],
    stuck: ['x', 'y'],
  },
}

for (const [name, { steps, want, stuck = [] }] of Object.entries(cases)) {
  t.test(name, async t => {
    const order = orderSteps(steps, () => false)
    t.strictSame(
      order.steps.map(({ id }) => id),
      want,
    )
    t.strictSame(
      order.stuck.map(({ id }) => id),
      stuck,
    )
  })
}

t.test('a need that is met from the start is not shown, one that a step provides is', async t => {
  const { steps } = orderSteps(
    [step('x', ['device:there', 'cleared:y', 'wiped:z'], []), step('z', [], ['wiped:z'])],
    device => device === 'there',
  )
  t.strictSame(
    steps.map(({ needs }) => needs),
    [[], ['wiped:z']],
  )
})
