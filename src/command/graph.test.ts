import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { matchGolden } from '../testing/golden.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'

const DEMO = ['--config', 'fixtures/demo/fai-classes.yaml']

const formats = { dot: 'dot', mermaid: 'mmd', svg: 'svg', json: 'json' } as const

for (const name of ['', 'WEB', 'web01']) {
  for (const [format, ending] of Object.entries(formats)) {
    t.test(`graph ${name} --format ${format}`, async t => {
      const args = ['graph', ...(name === '' ? [] : [name]), ...DEMO, '--format', format]
      const { stdout, stderr, exitCode } = await runInProcess(args)
      t.equal(stderr, '')
      t.equal(exitCode, 0)
      await matchGolden(t, `fixtures/graph/demo/${name === '' ? 'all' : name}.${ending}`, stdout)
      t.equal((await runInProcess(args)).stdout, stdout, 'the same again')
      if (format === 'json') t.equal(await schemaFaults('graph', stdout), '')
    })
  }
}

const titles: Record<string, string> = {
  WEB: 'what WEB needs, and what needs it',
  Web: 'what WEB needs, and what needs it',
  'web01.example.test': 'the classes of web01.example.test, and why',
  '192.0.2.12': 'the classes of db01.example.test, and why',
  '52:54:00:12:34:56': 'the classes of web01.example.test, and why',
}

for (const [name, title] of Object.entries(titles)) {
  t.test(`${name} is drawn as ${title}`, async t => {
    const { stdout } = await runInProcess(['graph', name, ...DEMO, '--format', 'json'])
    t.equal(JSON.parse(stdout).title, title)
  })
}

for (const name of ['WEBB', 'a b']) {
  t.test(`"${name}" is neither class nor host: exit 1 and no picture`, async t => {
    const run = await runInProcess(['graph', name, ...DEMO])
    t.match(run, {
      stdout: '',
      exitCode: 1,
      stderr: /^error host-not-found: CLASS\|HOST: no source knows a class or host/,
    })
    const json = await runInProcess(['graph', name, ...DEMO, '--format', 'json'])
    t.equal(await schemaFaults('graph', json.stdout), '')
  })
}

t.test('faults: a definition is drawn as far as it can be read, a host without a list is not', async t => {
  const files = {
    'c.yaml': 'sources: [{ kind: zonefile, zone: example.test, path: site.zone }]\n',
    'site.zone':
      '@ SOA ns1.example.org. h 1 1 1 1 1\n@ NS ns1.example.org.\nweb01 A 192.0.2.1\n_fai.web01 TXT A\n' +
      'a.one A 192.0.2.2\na.two A 192.0.2.3\nA._class TXT "requires=B"\nB._class TXT "requires=A"\nB._class TXT "after=/"\n',
  }
  await withFiles(files, async directory => {
    const config = ['--config', join(directory, 'c.yaml')]
    const classes = await runInProcess(['graph', ...config])
    t.match(classes, {
      exitCode: 1,
      stderr: /^error syntax: .*site\.zone:9/,
      stdout: /"A" -> "B"\n {2}"B" -> "A"/,
    })
    t.match(await runInProcess(['graph', ...config, '--format', 'svg']), { exitCode: 1, stdout: /^<svg/ })
    t.match(await runInProcess(['graph', 'web01', ...config]), {
      exitCode: 1,
      stdout: '',
      stderr: /class-cycle/,
    })
    t.match(await runInProcess(['graph', 'a', ...config]), { exitCode: 1, stderr: /host-ambiguous/ })
    t.match(await runInProcess(['graph', 'a.three', ...config]), { exitCode: 1, stderr: /host-not-found/ })
  })
})

t.test('a source that is not there: exit 3', async t => {
  const files = { 'c.yaml': 'sources: [{ kind: zonefile, zone: example.test, path: gone.zone }]\n' }
  await withFiles(files, async directory => {
    const args = ['graph', '--config', join(directory, 'c.yaml')]
    t.match(await runInProcess(args), { exitCode: 3, stdout: '', stderr: /gone\.zone/ })
    const json = await runInProcess([...args, '--format', 'json'])
    t.equal(json.exitCode, 3)
    t.equal(await schemaFaults('graph', json.stdout), '')
  })
})
