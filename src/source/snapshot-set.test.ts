import t from 'tap'
import { SourceError } from '../diagnostic/source-error.ts'
import type { SnapshotSource } from './snapshot.ts'
import { snapshotSet } from './snapshot-set.ts'

const origin = { kind: 'server', server: '127.0.0.1:53' } as const
const failed = new SourceError('no answer', origin, { source: 'dns b.test' })

/** A snapshot that answers for its source where it is to; `said` tells in which order they were asked. */
const snapshot = (name: string, fallsBack: (through: boolean) => boolean, said: string[]): SnapshotSource => {
  const unused = async (): Promise<never> => {
    throw new Error('not asked here')
  }
  let isHeld = false
  return {
    name,
    describe: () => ({ name, state: 'live' }),
    findHosts: unused,
    readHost: unused,
    readClasses: unused,
    hasDefinitions: unused,
    readWhole: unused,
    close: async () => undefined,
    fallBack: async (_, through) => {
      const falls = !isHeld && fallsBack(through)
      isHeld ||= falls
      if (falls) said.push(name)
      return falls
    },
    hasFallenBack: () => isHeld,
    keep: async wholeOnly => {
      said.push(`keep ${wholeOnly ? 'the whole' : 'all'}`)
      if (name === 'full') throw new Error('no space left on device')
    },
    findings: () => [],
  }
}

/** Fails so often, then answers. */
const failing = (times: number) => {
  let left = times
  return async (): Promise<string> => {
    if (left-- > 0) throw failed
    return 'answer'
  }
}

t.test('the source that failed falls back first, then one that needed it, then it is an error', async t => {
  const said: string[] = []
  const through = snapshot('dns a.test', needed => needed, said)
  const set = snapshotSet([through, snapshot('dns b.test', () => true, said)], 'kept', false)
  t.equal(await set.answer(failing(1)), 'answer')
  t.strictSame(said, ['dns b.test'])
  t.equal(await set.answer(failing(1)), 'answer')
  t.strictSame(said, ['dns b.test', 'dns a.test'])
  await t.rejects(set.answer(failing(1)), failed)
})

t.test('an attempt that was under way when a source fell back is made again', async t => {
  const set = snapshotSet([snapshot('dns b.test', () => true, [])], 'kept', false)
  const { promise, resolve } = Promise.withResolvers<void>()
  const answers = ['half live, half old', 'old']
  const slow = set.answer(async () => {
    await promise
    return answers.shift()
  })
  t.equal(await set.answer(failing(1)), 'answer')
  resolve()
  t.equal(await slow, 'old')
})

t.test('with fresh nothing falls back', async t => {
  const set = snapshotSet([snapshot('dns b.test', () => true, [])], 'kept', true)
  await t.rejects(set.answer(failing(1)), failed)
  t.equal(await set.answer(failing(0)), 'answer')
})

t.test('single answers are kept only where no source was old', async t => {
  const said: string[] = []
  const set = snapshotSet([snapshot('dns b.test', () => true, said)], 'kept', false)
  await set.keep()
  await set.answer(failing(1))
  await set.keep()
  t.strictSame(said, ['keep all', 'dns b.test', 'keep the whole'])
})

t.test('a snapshot that cannot be written is a warning', async t => {
  const set = snapshotSet([snapshot('full', () => false, [])], 'kept', false)
  t.strictSame(await set.keep(), [
    {
      severity: 'warning',
      code: 'snapshot-unwritable',
      message: 'the last good state is not kept: no space left on device',
      origin: { kind: 'file', path: 'kept' },
    },
  ])
})
