import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'

const SITE = 'fixtures/check/site/fai-classes.yaml'
const NEXT = 'fixtures/check/next/fai-classes.yaml'

t.test('new, gone and changed hosts, and those without a list', async t => {
  const run = await runInProcess(['diff', '--config', SITE, '--against', NEXT])
  t.strictSame(run.stdout.trimEnd().split('\n'), [
    'db01.example.test: gone',
    'mail02.example.test: new: DEFAULT FAIBASE mail02 LAST',
    'web02.example.test: +NTP -NGINX -WEB -NTPP',
    'web03.example.test: has a list again: DEFAULT FAIBASE NTP NGINX WEB web03 LAST',
    'web04.example.test: +NTP',
  ])
  t.match(run.stderr, /^error syntax: .*check\/site\/.*\n {2}1 host: web03\.example\.test\n$/)
  t.equal(run.exitCode, 1)
})

t.test('the other way round the errors are those of the other configuration', async t => {
  const run = await runInProcess(['diff', '--config', NEXT, '--against', SITE])
  t.match(run.stdout, /^web03\.example\.test: has no list any more$/m)
  t.match(run.stderr, /^with fixtures\/check\/site\/fai-classes\.yaml:\nerror syntax: /)
})

t.test('nothing changes: exit 0 and nothing is printed', async t => {
  const config = 'fixtures/demo/fai-classes.yaml'
  t.strictSame(await runInProcess(['diff', '--config', config, '--against', config]), {
    stdout: '',
    stderr: '',
    exitCode: 0,
  })
})

const zone = (text: string) => `@ SOA ns1.example.org. h 1 1 1 1 1\n@ NS ns1.example.org.\n${text}`
const config = (path: string) => `sources: [{ kind: zonefile, zone: example.test, path: ${path} }]\n`

t.test('classes that change their place', async t => {
  const files = {
    'a.yaml': config('a.zone'),
    'b.yaml': config('b.zone'),
    'a.zone': zone('web01 A 192.0.2.1\n_fai.web01 TXT "A B C"\nweb02 A 192.0.2.2\n'),
    'b.zone': zone('web01 A 192.0.2.1\n_fai.web01 TXT "B C A D"\nweb02 A 192.0.2.9\n'),
  }
  await withFiles(files, async directory => {
    const args = ['diff', '--config', join(directory, 'a.yaml'), '--against', join(directory, 'b.yaml')]
    t.match(await runInProcess(args), {
      stdout: 'web01.example.test: +D, A now after C\n',
      stderr: '',
      exitCode: 1,
    })
    const { stdout } = await runInProcess([...args, '--format', 'json'])
    t.equal(await schemaFaults('diff', stdout), '')
    t.match(JSON.parse(stdout).hosts, [
      { change: 'changed', added: ['D'], moved: [{ class: 'A', after: 'C' }] },
    ])
  })
})

t.test('new and gone hosts that have no list', async t => {
  const files = {
    'a.yaml': config('a.zone'),
    'b.yaml': config('b.zone'),
    'a.zone': zone('web01 A 192.0.2.1\n_fai.web01 TXT "A/"\n'),
    'b.zone': zone('web02 A 192.0.2.1\n_fai.web02 TXT "A/"\n'),
  }
  await withFiles(files, async directory => {
    const args = ['diff', '--config', join(directory, 'a.yaml'), '--against', join(directory, 'b.yaml')]
    const run = await runInProcess(args)
    t.equal(run.stdout, 'web01.example.test: gone\nweb02.example.test: new, without a list\n')
    t.equal(run.exitCode, 1)
    t.equal(await schemaFaults('diff', (await runInProcess([...args, '--format', 'json'])).stdout), '')
  })
})

t.test('json has the shape of its schema', async t => {
  const run = await runInProcess(['diff', '--config', SITE, '--against', NEXT, '--format', 'json'])
  t.equal(await schemaFaults('diff', run.stdout), '')
  t.equal(run.exitCode, 1)
})

t.test('either site that cannot be read leaves nothing to compare', async t => {
  await withFiles(
    { 'c.yaml': config('gone.zone'), 'd.yaml': config('bad.zone'), 'bad.zone': '@ A x\n' },
    async directory => {
      const [gone, bad] = [join(directory, 'c.yaml'), join(directory, 'd.yaml')]
      t.match(await runInProcess(['diff', '--config', SITE, '--against', gone]), { stdout: '', exitCode: 3 })
      t.match(await runInProcess(['diff', '--config', gone, '--against', SITE]), { stdout: '', exitCode: 3 })
      t.match(await runInProcess(['diff', '--config', SITE, '--against', bad]), { stdout: '', exitCode: 1 })
      const json = await runInProcess(['diff', '--config', bad, '--against', gone, '--format', 'json'])
      t.equal(json.exitCode, 3)
      t.equal(await schemaFaults('diff', json.stdout), '')
    },
  )
})

t.test('without --against there is nothing to do', async t => {
  t.match(await runInProcess(['diff', '--config', SITE]), { exitCode: 2, stderr: /against/ })
})
