import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { codesIn, runInProcess } from '../testing/command-run.ts'
import { ROOT } from '../testing/golden.ts'
import { startNamed } from '../testing/named.ts'
import { serverConfig } from '../testing/server-config.ts'
import { withFiles } from '../testing/site-files.ts'
import { startSlapd } from '../testing/slapd.ts'

const SITE = join(ROOT, 'fixtures/check/site')
const FILES = join(SITE, 'fai-classes.yaml')

const named = await startNamed({
  zones: [
    { name: 'example.test', path: join(SITE, 'example.test.zone'), statements: 'allow-transfer { any; };' },
    { name: 'closed.test', text: '@ 300 SOA ns1.example.org. h 1 1 1 1 1\n@ 300 NS ns1.example.org.\n' },
  ],
})
const slapd = await startSlapd({ ldif: await readFile(join(SITE, 'directory.ldif'), 'utf8') })
t.teardown(async () => {
  await named.stop()
  await slapd.stop()
})

const live = <T>(use: (path: string) => Promise<T>): Promise<T> =>
  withFiles({ 'c.yaml': serverConfig({ dns: named.server, ldap: slapd.url }) }, directory =>
    use(join(directory, 'c.yaml')),
  )

t.test('named and slapd give what the files give that they were loaded with', async t => {
  await live(async path => {
    for (const args of [
      ['check'],
      ['hosts', '--class', 'WEB'],
      ['graph', '--format', 'dot'],
      ['graph', 'web01'],
    ]) {
      const fromServers = await runInProcess([...args, '--config', path])
      const fromFiles = await runInProcess([...args, '--config', FILES])
      t.equal(fromServers.stdout, fromFiles.stdout, `${args.join(' ')}: ${fromServers.stderr}`)
      t.equal(fromServers.exitCode, fromFiles.exitCode)
      t.strictSame(codesIn(fromServers.stderr), codesIn(fromFiles.stderr))
    }
  })
})

t.test('no list differs between the servers and the files', async t => {
  await live(async path => {
    const run = await runInProcess(['diff', '--config', path, '--against', FILES])
    t.equal(run.stdout, '')
  })
})

const COMMANDS = [['check'], ['hosts'], ['graph'], ['diff', '--against', FILES]]

for (const args of COMMANDS) {
  t.test(
    `${args[0]}: a transfer that is refused ends it with exit 3, the server, the zone and the line to add`,
    async t => {
      await withFiles(
        { 'c.yaml': serverConfig({ dns: named.server, ldap: slapd.url, zone: 'closed.test' }) },
        async directory => {
          const run = await runInProcess([...args, '--config', join(directory, 'c.yaml')])
          t.equal(run.exitCode, 3)
          t.equal(run.stdout, '')
          t.match(run.stderr, /^error transfer-refused: .*closed\.test.*allow-transfer/)
          t.match(run.stderr, named.server)
        },
      )
    },
  )

  t.test(`${args[0]}: a directory that is not there ends it with exit 3`, async t => {
    await withFiles(
      { 'c.yaml': serverConfig({ dns: named.server, ldap: 'ldap://127.0.0.1:1' }) },
      async directory => {
        const run = await runInProcess([...args, '--config', join(directory, 'c.yaml')])
        t.match(run, { exitCode: 3, stderr: /^error source-unreachable: .*127\.0\.0\.1:1/ })
      },
    )
  })
}
