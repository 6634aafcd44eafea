import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { ROOT } from '../testing/golden.ts'
import { startNamed } from '../testing/named.ts'
import { withFiles } from '../testing/site-files.ts'
import { startSlapd } from '../testing/slapd.ts'

const DEMO = join(ROOT, 'fixtures/demo')
const HOSTS = ['web01', 'db01.example.test', 'lab01', 'ns1', '192.0.2.13', '52:54:00:12:34:56', 'nosuch']

const named = await startNamed({
  zones: [
    { name: 'example.test', path: join(DEMO, 'example.test.zone') },
    { name: '2.0.192.in-addr.arpa', path: join(DEMO, '2.0.192.in-addr.arpa.zone') },
  ],
})
const slapd = await startSlapd({ ldif: await readFile(join(DEMO, 'directory.ldif'), 'utf8') })
t.teardown(async () => {
  await named.stop()
  await slapd.stop()
})

const serverConfig = (dns: string, ldap: string): string =>
  `sources:
  - { kind: dns, zone: example.test, servers: ["${dns}"] }
  - { kind: ldap, url: "${ldap}", base: "dc=example,dc=test" }
snapshot: { directory: snapshot }
`

for (const host of HOSTS) {
  for (const format of ['lines', 'shell'] as const) {
    t.test(
      `${host} as ${format}: named and slapd give the same bytes as the files they were loaded with`,
      async t => {
        await withFiles({ 'live.yaml': serverConfig(named.server, slapd.url) }, async directory => {
          const args = ['lookup', host, '--format', format, '--config']
          const live = await runInProcess([...args, join(directory, 'live.yaml')])
          const files = await runInProcess([...args, join(DEMO, 'fai-classes.yaml')])
          t.strictSame(live, files)
        })
      },
    )
  }
}

t.test('the sources of a live answer are live, with the serial of the zone', async t => {
  await withFiles({ 'live.yaml': serverConfig(named.server, slapd.url) }, async directory => {
    const { stdout } = await runInProcess([
      'lookup',
      'web01',
      '--config',
      join(directory, 'live.yaml'),
      '--format',
      'json',
    ])
    t.strictSame(JSON.parse(stdout).sources, [
      { name: 'dns example.test', state: 'live', serial: 2026112201 },
      { name: `ldap ${slapd.url}`, state: 'live' },
    ])
  })
})

t.test(
  'a server that is gone: exit 3 with its name, or the snapshot with its age, never half a list',
  async t => {
    await withFiles({ 'live.yaml': serverConfig(named.server, slapd.url) }, async directory => {
      const args = ['lookup', 'web01', '--config', join(directory, 'live.yaml'), '--format', 'words']
      const live = await runInProcess(args)
      t.equal(live.exitCode, 0)

      const gone = await startSlapd({ ldif: await readFile(join(DEMO, 'directory.ldif'), 'utf8') })
      await gone.stop()
      await withFiles({ 'dead.yaml': serverConfig(named.server, gone.url) }, async other => {
        const dead = await runInProcess(['lookup', 'web01', '--config', join(other, 'dead.yaml')])
        t.equal(dead.exitCode, 3)
        t.equal(dead.stdout, '')
        t.match(dead.stderr, new RegExp(`error source-unreachable: .*${gone.url}`))
      })
    })
  },
)
