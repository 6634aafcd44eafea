import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { ROOT } from '../testing/golden.ts'
import { startNamed } from '../testing/named.ts'
import { serverConfig } from '../testing/server-config.ts'
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

const configOf = (dns: string, ldap: string): string =>
  `${serverConfig({ dns, ldap })}snapshot: { directory: snapshot }\n`

for (const host of HOSTS) {
  for (const format of ['lines', 'shell'] as const) {
    t.test(
      `${host} as ${format}: named and slapd give the same bytes as the files they were loaded with`,
      async t => {
        await withFiles({ 'live.yaml': configOf(named.server, slapd.url) }, async directory => {
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
  await withFiles({ 'live.yaml': configOf(named.server, slapd.url) }, async directory => {
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

t.test('a server that is gone: the snapshot with its age, --fresh exit 3; never half a list', async t => {
  const mortal = await startSlapd({ ldif: await readFile(join(DEMO, 'directory.ldif'), 'utf8') })
  try {
    await withFiles({ 'live.yaml': configOf(named.server, mortal.url) }, async directory => {
      const args = ['lookup', 'web01', '--config', join(directory, 'live.yaml'), '--format', 'words']
      const live = await runInProcess(args)
      t.equal(live.exitCode, 0)
      await mortal.stop()

      const stale = await runInProcess(args, { now: () => 3_600_000 })
      t.equal(stale.stdout, live.stdout)
      t.equal(stale.exitCode, 0)
      t.match(stale.stderr, /^warning stale: .*the last good state answers, 1 h old\n$/)

      const fresh = await runInProcess([...args, '--fresh'])
      t.equal(fresh.exitCode, 3)
      t.equal(fresh.stdout, '')
      t.match(fresh.stderr, `error source-unreachable: ${mortal.url}`)

      const unheld = await runInProcess(['lookup', 'db01', '--config', join(directory, 'live.yaml')])
      t.equal(unheld.exitCode, 3)
      t.match(unheld.stderr, /the snapshot does not hold this/)
    })
  } finally {
    await mortal.stop()
  }
})
