import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'

const DEMO = ['--config', 'fixtures/demo/fai-classes.yaml']
const SITE = ['--config', 'fixtures/check/site/fai-classes.yaml']

const rows: readonly (readonly [args: string, want: string])[] = [
  ['', 'db01 lab01 ns1 web01'],
  ['--class WEB', 'lab01 web01'],
  ['--class WEB --class MONITORED', 'web01'],
  ['--class web01', 'web01'],
  ['--where WEB||DATABASE', 'db01 lab01 web01'],
  ['--where !MONITORED&&DEBIAN', 'lab01 ns1'],
  ['--class DEBIAN --where !WEB', 'db01 ns1'],
  ['--class NOSUCH', ''],
]

for (const [args, want] of rows) {
  t.test(`hosts ${args}`, async t => {
    const run = await runInProcess(['hosts', ...DEMO, ...args.split(' ').filter(Boolean)])
    const names = want.split(' ').filter(Boolean)
    t.equal(run.stdout, names.map(name => `${name}.example.test\n`).join(''))
    t.equal(run.exitCode, 0)
  })
}

t.test('a slip of the hand gets the nearest name', async t => {
  const { stderr, stdout } = await runInProcess(['hosts', ...DEMO, '--class', 'MONITRED', '--where', 'WBE'])
  t.equal(stdout, '')
  t.match(stderr, /^warning unknown-class: --class: class "MONITRED" .*nearest known name: "MONITORED"\)$/m)
  t.match(stderr, /^warning unknown-class: --where: class "WBE" .*nearest known name: "WEB"\)$/m)
})

t.test('a host without a list is an error and never left out in silence', async t => {
  const run = await runInProcess(['hosts', ...SITE, '--class', 'WEB'])
  t.equal(run.stdout, 'web01.example.test\nweb02.example.test\nweb04.example.test\n')
  t.match(run.stderr, /^error syntax: .*\n {2}1 host: web03\.example\.test$/m)
  t.notMatch(run.stderr, /warning/)
  t.equal(run.exitCode, 1)
  const json = await runInProcess(['hosts', ...SITE, '--class', 'WEB', '--format', 'json'])
  t.match(JSON.parse(json.stdout), { unresolved: ['web03.example.test'] })
  t.equal(await schemaFaults('hosts', json.stdout), '')
})

t.test('a host that no source gives a domain has its short name', async t => {
  const files = {
    'c.yaml': 'sources: [{ kind: ldif, base: "dc=x", path: d.ldif }]\n',
    'd.ldif':
      'version: 1\n\ndn: dc=x\nobjectClass: dcObject\ndc: x\n\ndn: cn=web01,dc=x\nobjectClass: device\ncn: web01\n',
  }
  await withFiles(files, async directory => {
    const args = ['hosts', '--config', join(directory, 'c.yaml')]
    t.match(await runInProcess(args), { stdout: 'web01\n', exitCode: 0 })
    const { stdout } = await runInProcess([...args, '--format', 'json'])
    t.equal(await schemaFaults('hosts', stdout), '')
    t.match(JSON.parse(stdout).hosts, [
      { host: 'web01', fqdn: 'web01', classes: ['DEFAULT', 'web01', 'LAST'] },
    ])
  })
})

const misuses: readonly (readonly [args: readonly string[], want: RegExp])[] = [
  [['--where', 'WEB &&'], /--where "WEB &&" is not an expression .*at character 7/],
  [['--where', `${'!'.repeat(70)}WEB`], /nested too deep/],
  [['--class', 'W.B'], /--class "W\.B" is no class name/],
]

for (const [args, want] of misuses) {
  t.test(`hosts ${args.join(' ').slice(0, 30)} is wrong use`, async t => {
    t.match(await runInProcess(['hosts', ...DEMO, ...args]), { exitCode: 2, stdout: '', stderr: want })
  })
}

t.test('a source that is not there: exit 3 and nothing on stdout', async t => {
  const files = { 'c.yaml': 'sources: [{ kind: zonefile, zone: example.test, path: gone.zone }]\n' }
  await withFiles(files, async directory => {
    const args = ['hosts', '--config', join(directory, 'c.yaml')]
    t.match(await runInProcess(args), { exitCode: 3, stdout: '', stderr: /gone\.zone/ })
    const { stdout } = await runInProcess([...args, '--format', 'json'])
    t.equal(await schemaFaults('hosts', stdout), '')
    t.notOk('hosts' in JSON.parse(stdout))
  })
})
