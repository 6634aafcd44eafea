import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
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

const filesOf = async (directory: string): Promise<readonly string[]> => {
  const found = await readdir(directory, { recursive: true, withFileTypes: true })
  return found.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

const FAILED = new SourceError('no answer', origin)
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
  await source.keep(false)
}

t.test('the last good state answers for a source that fails, with its age', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(), options(directory, 2 * HOUR))
    await t.rejects(source.readHost(host, signal), SourceError)
    t.equal(await source.fallBack(FAILED, false), true)
    t.match(await source.readHost(host, signal), { value: { known: true } })
    t.strictSame(await source.readClasses([WEB], signal), [definition])
    t.strictSame(source.describe(), { name: 'dns example.test', state: 'stale', ageSeconds: 3600 })
    t.match(source.findings(), [{ code: 'stale', severity: 'warning', message: /1 h old/ }])
  })
})

t.test('a question that the snapshot does not hold cannot be read', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(), options(directory, 2 * HOUR))
    await t.rejects(source.readHost(host, signal), SourceError)
    await source.fallBack(FAILED, false)
    await t.rejects(source.readClasses(['DB' as ClassName], signal), /the snapshot does not hold this/)
  })
})

t.test('an answer older than maxAge does not count', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(), options(directory, 4 * HOUR))
    await t.rejects(source.readHost(host, signal), SourceError)
    await source.fallBack(FAILED, false)
    await t.rejects(source.readHost(host, signal), /the snapshot is 3 h old/)
  })
})

t.test('refused credentials never fall back', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(true), options(directory, 2 * HOUR))
    await t.rejects(source.readHost(host, signal), SourceError)
    t.equal(await source.fallBack(FAILED, false), false)
  })
})

t.test('another configuration has no snapshot yet', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    const source = withSnapshot(failing(), options(directory, 2 * HOUR, { zone: 'example.org' }))
    await t.rejects(source.readHost(host, signal), SourceError)
    await source.fallBack(FAILED, false)
    await t.rejects(source.readHost(host, signal), /does not hold/)
  })
})

t.test('nobody else may read the directory, and no half file is left', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    t.equal((await stat(directory)).mode & 0o777, 0o700)
    const files = await filesOf(directory)
    t.equal(files.filter(path => path.endsWith('.part')).length, 0)
    t.equal(files.length, 3, 'the host, the class, and when files were looked at')
    for (const path of files) t.equal((await stat(path)).mode & 0o777, 0o600)
  })
})

t.test('a file that was cut or changed is none, and it is said which', async t => {
  for (const damage of [
    (text: string) => text.slice(0, -9),
    (text: string) => text.replace('true', 'null'),
  ]) {
    await inDirectory(async directory => {
      await fill(directory)
      for (const path of await filesOf(directory)) await writeFile(path, damage(await readFile(path, 'utf8')))
      const source = withSnapshot(failing(), options(directory, 2 * HOUR))
      await t.rejects(source.readHost(host, signal), SourceError)
      await source.fallBack(FAILED, false)
      const path = `${directory}/[0-9a-f/]+`
      const why = 'is left aside: it is not what was written'
      await t.rejects(source.readHost(host, signal), {
        message: new RegExp(`the snapshot does not hold this; ${path} ${why}`),
      })
      t.match(source.findings(), [{ code: 'snapshot-unreadable', origin: { kind: 'file' } }])
    })
  }
})

t.test('two commands that keep at the same time leave whole files of one of them', async t => {
  await inDirectory(async directory => {
    await Promise.all(Array.from({ length: 20 }, () => fill(directory)))
    const source = withSnapshot(failing(), options(directory, 2 * HOUR))
    await t.rejects(source.readHost(host, signal), SourceError)
    await source.fallBack(FAILED, false)
    t.match(await source.readHost(host, signal), { value: { known: true } })
    t.strictSame(await source.readClasses([WEB], signal), [definition])
    t.equal((await filesOf(directory)).length, 3)
  })
})

t.test(
  'what is older than maxAge goes when something is kept, in the folder of this source alone',
  async t => {
    await inDirectory(async directory => {
      const other = withSnapshot(answering, options(directory, HOUR, { zone: 'example.org' }))
      await other.readHost(host, signal)
      await other.keep(false)
      await fill(directory)
      const source = withSnapshot(answering, options(directory, 4 * HOUR))
      await source.hasDefinitions(signal)
      await source.keep(false)
      t.equal(
        (await filesOf(directory)).length,
        2 + 2,
        'host and mark of the other, answer and mark of this one',
      )
    })
  },
)

t.test('what cannot be written makes no half file, and what is there stays', async t => {
  await inDirectory(async directory => {
    await fill(directory)
    // A directory in the place of a file: it cannot be replaced, for root neither.
    const source = withSnapshot(answering, options(directory, 2 * HOUR))
    await source.hasDefinitions(signal)
    const before = await filesOf(directory)
    await source.keep(false)
    const [made = ''] = (await filesOf(directory)).filter(path => !before.includes(path))
    await rm(made)
    await mkdir(join(made, 'in-the-way'), { recursive: true })
    await t.rejects(source.keep(false), { code: /EISDIR|ENOTEMPTY|EEXIST/ })
    const old = withSnapshot(failing(), options(directory, 2 * HOUR))
    await t.rejects(old.readHost(host, signal), SourceError)
    await old.fallBack(FAILED, false)
    t.match(await old.readHost(host, signal), { value: { known: true } })
  })
})
