import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Code } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import type { HostName } from '../model/catalog.ts'
import { sourceContents } from './contents.ts'
import { withSnapshot } from './snapshot.ts'
import { type SnapshotOptions, snapshotStore } from './snapshot-store.ts'
import { NOTHING_UNREAD, type Source } from './source.ts'

const signal = new AbortController().signal
const origin = { kind: 'server', server: '127.0.0.1:53' } as const
const FAILED = new SourceError('no answer', origin)
const HOUR = 3_600_000

type Server = { readonly serial: number; readonly hosts: readonly string[] } | { readonly code: Code }

/** A server that knows hosts, or fails with a code; what it answers to one question it says so in `mac`. */
const sourceOf = (server: Server): Source => {
  const ask = (): Extract<Server, { hosts: unknown }> => {
    if ('hosts' in server) return server
    const rejected = server.code === 'source-rejected'
    throw new SourceError('no answer', origin, { rejected, code: server.code })
  }
  const { contents, whole } = sourceContents<Extract<Server, { hosts: unknown }>, unknown>({
    fetch: async () => ask(),
    toPlain: plain => plain,
    fromPlain: plain => plain as Extract<Server, { hosts: unknown }>,
  })
  const current = () => whole() ?? ask()
  const named = (short: string): HostName => ({ short, fqdn: undefined, mac: whole() ? 'whole' : 'asked' })
  const source: Source = {
    name: 'dns example.test',
    describe: () => {
      const { serial } = whole() ?? ('serial' in server ? server : { serial: 0 })
      return { name: 'dns example.test', state: 'live', serial }
    },
    findHosts: async query => {
      const found = current().hosts.filter(name => query.kind === 'short' && query.name === name)
      return { value: found.map(named), diagnostics: [] }
    },
    readHost: async () => ({
      value: { known: true, places: [], addresses: current().hosts },
      diagnostics: [],
    }),
    readClasses: async () => [],
    hasDefinitions: async () => current().hosts.length > 0,
    readWhole: async abort => {
      await contents.fetch(abort)
      const hosts = current().hosts.map(named)
      return { value: { source, hosts, definitions: [], ...NOTHING_UNREAD }, diagnostics: [] }
    },
    contents,
    close: async () => undefined,
  }
  return source
}

const find = (source: Source, name: string) => source.findHosts({ kind: 'short', name }, signal)

/** Runs `use` with a function that puts a snapshot behind a server, at an hour of the day. */
const withHours = async (
  use: (open: (server: Server, hour: number) => ReturnType<typeof withSnapshot>) => Promise<void>,
): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-snapshot-'))
  try {
    await use((server, hour) => {
      const options: SnapshotOptions = {
        store: snapshotStore(directory, { zone: 'example.test' }),
        maxAgeMs: 10 * HOUR,
        now: () => hour * HOUR,
      }
      return withSnapshot(sourceOf(server), options)
    })
  } finally {
    await rm(directory, { recursive: true })
  }
}

type Open = Parameters<Parameters<typeof withHours>[0]>[0]

const keepWhole = async (open: Open, hour: number, server: Server): Promise<void> => {
  const source = open(server, hour)
  await source.readWhole(signal)
  await source.keep(false)
}

const gone = { code: 'source-unreachable' } as const

const fallBack = async (open: Open, hour: number, server: Server = gone) => {
  const source = open(server, hour)
  await t.rejects(source.readWhole(signal), SourceError)
  return { source, fell: await source.fallBack(FAILED, false) }
}

t.test('a whole that was kept answers a whole reading, and any single question', async t => {
  await withHours(async open => {
    await keepWhole(open, 1, { serial: 7, hosts: ['web01', 'web02'] })
    const { source } = await fallBack(open, 4)
    const { value } = await source.readWhole(signal)
    t.strictSame(
      value?.hosts.map(({ short }) => short),
      ['web01', 'web02'],
    )
    t.match((await find(source, 'web02')).value, [{ short: 'web02', mac: 'whole' }])
    t.strictSame((await find(source, 'nosuch')).value, [])
    const state = { name: 'dns example.test', state: 'stale', serial: 7, ageSeconds: 10_800 }
    t.strictSame(source.describe(), state)
    t.match(source.findings(), [
      { code: 'stale', message: 'no answer; the last good state answers, 3 h old' },
    ])
  })
})

t.test('the newer of an answer and the whole counts, and the age is that of the oldest used', async t => {
  await withHours(async open => {
    const ask = async (hour: number, hosts: readonly string[]): Promise<void> => {
      const source = open({ serial: hour, hosts }, hour)
      await find(source, 'web01')
      await source.keep(false)
    }
    await ask(1, ['web01'])
    await keepWhole(open, 2, { serial: 2, hosts: ['web01', 'web02'] })
    const early = (await fallBack(open, 4)).source
    t.match((await find(early, 'web01')).value, [{ mac: 'whole' }], 'the whole is newer')

    await ask(3, ['web01'])
    const late = (await fallBack(open, 4)).source
    t.match((await find(late, 'web01')).value, [{ mac: 'asked' }], 'the answer is newer')
    t.match(late.describe(), { serial: 3, ageSeconds: 3600 })
    t.match((await find(late, 'web02')).value, [{ mac: 'whole' }])
    t.match(late.describe(), { serial: 2, ageSeconds: 7200 })
  })
})

t.test('a whole older than maxAge answers nothing', async t => {
  await withHours(async open => {
    await keepWhole(open, 1, { serial: 7, hosts: ['web01'] })
    const { source } = await fallBack(open, 12)
    await t.rejects(source.readWhole(signal), /the snapshot is 11 h old/)
    await t.rejects(find(source, 'web01'), /the snapshot is 11 h old/)
    t.strictSame(source.describe(), { name: 'dns example.test', state: 'unread' })
    t.strictSame(source.findings(), [])
  })
})

for (const code of ['source-rejected', 'transfer-refused'] as const) {
  t.test(`no older answer hides ${code}`, async t => {
    await withHours(async open => {
      await keepWhole(open, 1, { serial: 7, hosts: ['web01'] })
      const { source, fell } = await fallBack(open, 2, { code })
      t.equal(fell, false)
      await t.rejects(source.readWhole(signal), { code })
    })
  })
}

t.test('single answers make no whole', async t => {
  await withHours(async open => {
    const source = open({ serial: 7, hosts: ['web01'] }, 1)
    await find(source, 'web01')
    await source.keep(false)
    const fallen = (await fallBack(open, 2)).source
    await t.rejects(fallen.readWhole(signal), /the snapshot does not hold this/)
  })
})

t.test('only the whole is kept where another source gave old answers', async t => {
  await withHours(async open => {
    const source = open({ serial: 7, hosts: ['web01'] }, 1)
    await find(source, 'web01')
    await source.keep(true)
    const fallen = (await fallBack(open, 2)).source
    await t.rejects(find(fallen, 'web01'), /does not hold this/)
  })
})

t.test('a serial that went back is said once, and the snapshot follows the server', async t => {
  const serials = [
    { serial: 20, want: [] },
    { serial: 10, want: ['the serial went back: 10 is older than 20, which answered 1 h ago'] },
    { serial: 10, want: [] },
    { serial: 11, want: [] },
  ]
  await withHours(async open => {
    for (const [index, { serial, want }] of serials.entries()) {
      const source = open({ serial, hosts: ['web01'] }, index + 1)
      await source.readWhole(signal)
      await source.keep(false)
      const findings = source.findings()
      t.ok(findings.every(({ code, severity }) => code === 'serial-went-back' && severity === 'warning'))
      t.strictSame(
        findings.map(({ message }) => message),
        want,
      )
    }
    t.match((await (await fallBack(open, 6)).source.readWhole(signal)).value?.hosts, [{ short: 'web01' }])
  })
})
