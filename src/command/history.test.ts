import { join } from 'node:path'
import t from 'tap'
import { openHistory } from '../history/open-history.ts'
import { type CommandRun, runInProcess } from '../testing/command-run.ts'
import { changesAt, HISTORY_OPTIONS } from '../testing/history.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'

const NOON = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000
const CONFIG = `sources: [{ kind: zonefile, zone: example.test, path: example.test.zone }]
serve: { history: {}, stateDirectory: state }
`
const origin = {
  kind: 'record',
  zone: 'example.test',
  owner: '_fai.web01.example.test',
  type: 'TXT',
} as const

type Run = (...args: readonly string[]) => Promise<CommandRun>

/** A site whose history has three hosts; the server still has the file open. */
const withSite = (use: (run: Run) => Promise<void>): Promise<void> =>
  withFiles({ 'c.yaml': CONFIG, 'state/.keep': '' }, async directory => {
    const history = openHistory(join(directory, 'state/history.db'), HISTORY_OPTIONS)
    const start = { source: 'start' }
    history.record(changesAt(NOON, { 'web01.example.test': 'DEFAULT BASE WEB web01 LAST' }, start))
    history.record(
      changesAt(
        NOON + HOUR,
        { 'web01.example.test': 'DEFAULT BASE NGINX web01 LAST' },
        { serial: 7, origins: [origin] },
      ),
    )
    const twins = { 'db01.a.example.test': 'DEFAULT WEB LAST', 'db01.b.example.test': 'DEFAULT LAST' }
    history.record(changesAt(NOON + HOUR, twins))
    history.record(changesAt(NOON + 2 * HOUR, { 'db01.b.example.test': '' }))
    await history.settled()
    const config = ['--config', join(directory, 'c.yaml')]
    try {
      await use((...args) => runInProcess([...args, ...config], { now: () => NOON + 3 * HOUR }))
    } finally {
      await history.close()
    }
  })

t.test('history HOST: what changed, when and by what, the newest first', async t => {
  await withSite(async run => {
    t.strictSame(await run('history', 'web01'), {
      stdout: `2026-11-22T13:00:00.000Z web01.example.test: +NGINX -WEB (dns example.test serial 7: zone example.test: TXT _fai.web01.example.test)
2026-11-22T12:00:00.000Z web01.example.test: new: DEFAULT BASE WEB web01 LAST (start)
`,
      stderr: '',
      exitCode: 0,
    })
    t.match(await run('history', 'web01', '--limit', '1'), { stdout: /^[^\n]+NGINX[^\n]+\n$/ })
    t.match(await run('history', 'WEB01.example.test.', '--class', 'BASE'), {
      stdout: /^[^\n]+ new: [^\n]+\n$/,
    })
    t.match(await run('history', 'db01.b.example.test'), { stdout: /^\S+ db01\.b\.example\.test: gone / })
  })
})

t.test('history --class: which hosts got or lost it', async t => {
  await withSite(async run => {
    const { stdout, exitCode } = await run('history', '--class', 'WEB')
    t.equal(exitCode, 0)
    t.strictSame(
      stdout.split('\n').map(line => line.split(' ')[1]),
      ['db01.a.example.test:', 'web01.example.test:', 'web01.example.test:', undefined],
    )
    t.match(await run('history', '--class', 'NOSUCH'), { stdout: '', exitCode: 0 })
  })
})

t.test('lookup --at: the list of that time', async t => {
  await withSite(async run => {
    const before = await run('lookup', 'web01', '--at', '2026-11-22T12:59:59Z')
    t.strictSame(before, { stdout: 'DEFAULT\nBASE\nWEB\nweb01\nLAST\n', stderr: '', exitCode: 0 })
    t.match(await run('lookup', 'web01', '--at', '2h', '--format', 'words'), {
      stdout: 'DEFAULT BASE NGINX web01 LAST\n',
    })
  })
})

t.test('what is printed as JSON is what schema/ says', async t => {
  await withSite(async run => {
    for (const [schema, ...args] of [
      ['history', 'history', 'web01'],
      ['history', 'history', 'db01.b.example.test'],
      ['history', 'history', '--class', 'WEB'],
      ['history', 'history', 'nosuch'],
      ['lookup-at', 'lookup', 'web01', '--at', '2h'],
      ['lookup-at', 'lookup', 'web01', '--at', '100d'],
      ['lookup-at', 'lookup', 'nosuch', '--at', '2h'],
    ] as const) {
      const { stdout } = await run(...args, '--format', 'json')
      t.equal(await schemaFaults(schema, stdout), '', args.join(' '))
    }
    const { stdout } = await run('lookup', 'web01', '--at', '2h', '--format', 'json')
    t.strictSame(JSON.parse(stdout), {
      host: 'web01',
      fqdn: 'web01.example.test',
      at: '2026-11-22T13:00:00.000Z',
      classes: ['DEFAULT', 'BASE', 'NGINX', 'web01', 'LAST'],
      since: '2026-11-22T13:00:00.000Z',
      cause: { source: 'dns example.test', serial: 7, origins: [origin] },
      sources: [],
      diagnostics: [],
    })
  })
})

const findings: readonly (readonly [args: readonly string[], want: RegExp])[] = [
  [['history', 'nosuch'], /^error host-not-found: HOST: the history knows no host "nosuch"$/m],
  [['history', 'db01'], /^error host-ambiguous: HOST: "db01" means several hosts: db01\.a\S+, db01\.b\S+$/m],
  [['lookup', 'db01.b.example.test', '--at', '30min'], /^error host-not-found: --at: there was no host/],
  [
    ['lookup', 'web01', '--at', '4h'],
    /^error history-too-short: --at: .* begins at 2026-11-22T12:00:00\.000Z$/m,
  ],
]

for (const [args, want] of findings) {
  t.test(`${args.join(' ')}: exit 1, and nothing on stdout`, async t => {
    await withSite(async run => {
      t.match(await run(...args), { stdout: '', stderr: want, exitCode: 1 })
    })
  })
}

const misuses: readonly (readonly [args: readonly string[], want: RegExp])[] = [
  [['history'], /history needs a host, or --class/],
  [['history', 'web01', '--limit', '0'], /--limit needs a number above 0/],
  [['history', '--class', 'W.B'], /--class "W\.B" is no class name/],
  [['lookup', 'web01', '--at', 'noon'], /--at "noon" is no time/],
  [['lookup', 'web01', '--at', '2026-11-22T15:00:01Z'], /--at "2026-11-22T15:00:01Z" is yet to come/],
  [['lookup', 'web01', '--at', '999999999999d'], /--at "999999999999d" is no time/],
  [['lookup', 'web01', '--at', '1h', '--explain'], /--at takes no other options/],
  [['lookup', 'web01', '--at', '1h', '--no-implicit'], /--at takes no other options/],
  [['lookup', 'web01', '--at', '1h', '--format', 'shell'], /no variables/],
]

for (const [args, want] of misuses) {
  t.test(`${args.join(' ')} is wrong use`, async t => {
    await withSite(async run => {
      t.match(await run(...args), { stdout: '', stderr: want, exitCode: 2 })
    })
  })
}

t.test('no history: not configured is a finding, not there is the environment', async t => {
  const files = { 'c.yaml': CONFIG, 'none.yaml': CONFIG.replace(/serve:.*/, '') }
  await withFiles(files, async directory => {
    const at = (name: string) => ['history', 'web01', '--config', join(directory, name)]
    t.match(await runInProcess(at('none.yaml')), {
      exitCode: 1,
      stderr: /^error config-invalid: \S+none\.yaml.*there is no serve\.history/,
    })
    t.match(await runInProcess(at('c.yaml')), {
      exitCode: 3,
      stdout: '',
      stderr: /history-unreadable|state\/history\.db/,
    })
  })
})
