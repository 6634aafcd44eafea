import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { SourceError } from '../diagnostic/source-error.ts'
import type { ClassDefinition } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { withSnapshot } from './snapshot.ts'
import { snapshotStore } from './snapshot-store.ts'
import { NOTHING_UNREAD, type Source } from './source.ts'

const WEB = 'WEB' as ClassName
const host = { short: 'web01', fqdn: 'web01.example.test' }
const signal = new AbortController().signal
const origin = { kind: 'server', server: '127.0.0.1:53' } as const

const definition: ClassDefinition = {
  name: 'WEB',
  requires: [],
  after: [],
  conflicts: [],
  variables: [],
  origin,
  diagnostics: [],
}

const answering: Source = {
  name: 'dns example.test',
  describe: () => ({ name: 'dns example.test', state: 'live' }),
  findHosts: async () => ({ value: [host], diagnostics: [] }),
  readHost: async () => ({ value: { known: true, places: [], addresses: [] }, diagnostics: [] }),
  readClasses: async () => [definition],
  hasDefinitions: async () => true,
  readWhole: async () => ({
    value: { source: answering, hosts: [host], definitions: [definition], ...NOTHING_UNREAD },
    diagnostics: [],
  }),
  close: async () => undefined,
}

const failing = (rejected = false): Source => {
  const fail = async (): Promise<never> => {
    throw new SourceError('no answer from 127.0.0.1:53', origin, { rejected })
  }
  return {
    ...answering,
    findHosts: fail,
    readHost: fail,
    readClasses: fail,
    hasDefinitions: fail,
    readWhole: fail,
  }
}

const inDirectory = async (run: (directory: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-snapshot-'))
  try {
    await run(join(directory, 'snapshot'))
  } finally {
    await rm(directory, { recursive: true })
  }
}

const HOUR = 3_600_000
const options = (directory: string, nowMs: number, configuration: unknown = { zone: 'example.test' }) => ({
  store: snapshotStore(directory, configuration),
  maxAgeMs: 2 * HOUR,
  now: () => nowMs,
})

const fill = async (directory: string): Promise<void> => {
  const source = withSnapshot(answering, options(directory, HOUR))
  await source.readHost(host, signal)
  await source.readClasses([WEB], signal)
  await source.keep()
}

t.test('the last good state answers for a source that fails, with its age', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(), options(directory, 2 * HOUR))
    await t.rejects(source.readHost(host, signal), SourceError)
    t.equal(source.fallBack(), true)
    t.match(await source.readHost(host, signal), { value: { known: true } })
    t.strictSame(await source.readClasses([WEB], signal), [definition])
    t.match(source.describe(), { state: 'stale' })
    t.match(source.staleness(), { code: 'stale', severity: 'warning', message: /1 h old/ })
  })
})

t.test('a question that the snapshot does not hold cannot be read', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(), options(directory, 2 * HOUR))
    await t.rejects(source.readHost(host, signal), SourceError)
    source.fallBack()
    await t.rejects(source.readClasses(['DB' as ClassName], signal), /the snapshot does not hold this/)
  })
})

t.test('an answer older than maxAge does not count', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(), options(directory, 4 * HOUR))
    await t.rejects(source.readHost(host, signal), SourceError)
    source.fallBack()
    await t.rejects(source.readHost(host, signal), /the snapshot is 3 h old/)
  })
})

t.test('refused credentials never fall back', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(true), options(directory, 2 * HOUR))
    await t.rejects(source.readHost(host, signal), SourceError)
    t.equal(source.fallBack(), false)
  })
})

t.test('another configuration has no snapshot yet', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(), options(directory, 2 * HOUR, { zone: 'example.org' }))
    await t.rejects(source.readHost(host, signal), SourceError)
    source.fallBack()
    await t.rejects(source.readHost(host, signal), /does not hold/)
  })
})

t.test('nobody else may read the directory, and no half file is left', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    t.equal((await stat(directory)).mode & 0o777, 0o700)
    const names = await readdir(directory, { recursive: true })
    t.equal(names.filter(name => name.endsWith('.part')).length, 0)
    t.equal(names.filter(name => name.endsWith('.json')).length, 2)
  })
})
