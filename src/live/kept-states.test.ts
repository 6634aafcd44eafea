import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import type { LiveSource } from '../source/live-source.ts'
import type { HeldAnswer } from '../source/snapshot-store.ts'
import { textZone } from '../testing/text-sources.ts'
import { type KeepOptions, restoreState, type StateStore, stateKeeper, stateStore } from './kept-states.ts'

const HOUR = 3_600_000
const CONFIGURATION = { kind: 'dns', zone: 'example.test' }

/** A source that keeps what it is told to. */
const keeping = (kept: () => unknown): LiveSource => ({
  ...textZone({ zone: 'example.test' }, undefined),
  standing: () => ({ name: 'dns example.test', phase: 'current', serial: 7 }),
  kept,
})

const optionsOf = (source: LiveSource, store: StateStore | undefined, now: () => number): KeepOptions => ({
  sources: [source],
  stores: [store],
  maxAgeMs: 10 * HOUR,
  now,
  report: diagnostic => {
    throw new Error(diagnostic.message)
  },
})

t.test(
  'what a source kept is there for the next start, for a while and for the same configuration',
  async t => {
    const directory = t.testdir()
    const state = { records: [['web01', 'A']], cookie: 'x' }
    const keeper = stateKeeper(
      optionsOf(
        keeping(() => state),
        stateStore(directory, CONFIGURATION),
        () => HOUR,
      ),
    )
    await keeper.close()
    const restore = (configuration: unknown, hour: number) => {
      const { store } = stateStore(directory, configuration)
      return restoreState({ store, maxAgeMs: 10 * HOUR, now: () => hour * HOUR }, diagnostic => {
        throw new Error(diagnostic.message)
      })
    }
    t.strictSame(await restore(CONFIGURATION, 2), state)
    t.equal(await restore(CONFIGURATION, 12), undefined)
    t.equal(await restore({ ...CONFIGURATION, zone: 'example.org' }, 2), undefined)
  },
)

t.test('a file that is not what was written is reported and left aside', async t => {
  const directory = t.testdir()
  const reported: Diagnostic[] = []
  const place: StateStore = {
    directory,
    store: {
      read: async () => ({
        kind: 'damaged',
        path: join(directory, 'x'),
        reason: 'it is not what was written',
      }),
      write: async () => {},
      sweep: async () => {},
    },
  }
  const options = { store: place.store, maxAgeMs: HOUR, now: () => 0 }
  t.equal(await restoreState(options, diagnostic => reported.push(diagnostic)), undefined)
  t.match(reported, [{ severity: 'warning', code: 'snapshot-unreadable' }])
})

t.test('a state is written at once, then not before the pause is over, and when all ends', async t => {
  const written: unknown[] = []
  const first = Promise.withResolvers<void>()
  const place: StateStore = {
    directory: '/nowhere',
    store: {
      read: async () => ({ kind: 'none' }),
      write: async (_, { answer, serial }: HeldAnswer) => {
        written.push([answer, serial])
        first.resolve()
      },
      sweep: async () => {},
    },
  }
  let state = 1
  const keeper = stateKeeper(
    optionsOf(
      keeping(() => state),
      place,
      () => 5,
    ),
  )
  keeper.changed(0)
  await first.promise
  for (state = 2; state < 5; state++) keeper.changed(0)
  await keeper.close()
  t.strictSame(written, [
    [1, 7],
    [5, 7],
  ])
})

t.test(
  'nothing to keep and nowhere to keep it are no faults; a directory that takes nothing is a warning',
  async t => {
    const directory = t.testdir()
    const state = () => ({ records: [] })
    await stateKeeper(optionsOf(keeping(state), undefined, () => 0)).close()
    await stateKeeper(
      optionsOf(
        keeping(() => undefined),
        stateStore(directory, CONFIGURATION),
        () => 0,
      ),
    ).close()

    const file = join(directory, 'file')
    await writeFile(file, '')
    const reported: Diagnostic[] = []
    const options = optionsOf(keeping(state), stateStore(file, CONFIGURATION), () => 0)
    await stateKeeper({ ...options, report: diagnostic => reported.push(diagnostic) }).close()
    t.match(reported, [{ severity: 'warning', code: 'snapshot-unwritable', origin: { path: file } }])
  },
)
