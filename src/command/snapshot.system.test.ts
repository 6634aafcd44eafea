import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type CommandRun, runInProcess } from '../testing/command-run.ts'
import { startCuttingProxy } from '../testing/cutting-proxy.ts'
import { ROOT } from '../testing/golden.ts'
import { type Named, type NamedOptions, startNamed } from '../testing/named.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'
import { type Slapd, startSlapd } from '../testing/slapd.ts'

const DEMO = join(ROOT, 'fixtures/demo')
const FILES = join(DEMO, 'fai-classes.yaml')
const LDIF = await readFile(join(DEMO, 'directory.ldif'), 'utf8')
const HOUR = 3_600_000
/** Signatures hold at the hour of this clock. */
const START = Date.now()
const allow = 'allow-transfer { any; };'
const keys = [{ name: 'reader', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 1) }] as const

const demo = (more: Partial<NamedOptions> = {}, statements = allow) =>
  startNamed({
    zones: [{ name: 'example.test', path: join(DEMO, 'example.test.zone'), statements }],
    ...more,
  })

const zone = (serial: number): string =>
  `@ 300 SOA ns1 hostmaster ${serial} 3600 900 604800 300\n@ 300 NS ns1\nns1 300 A 127.0.0.1\n_fai.web01 300 TXT "WEB"\n`

const configOf = (...sources: readonly string[]): string =>
  `sources:\n${sources.map(source => `  - { ${source} }\n`).join('')}snapshot: { directory: kept, maxAge: 10h }\n`
const dns = (server: string, more = ''): string =>
  `kind: dns, zone: example.test, servers: ["${server}"]${more}`
const ldap = (url: string, more = ''): string =>
  `kind: ldap, url: "${url}", base: "dc=example,dc=test"${more}`

/** Runs a command with `c.yaml` of the directory, so many hours after the first. */
const runIn =
  (directory: string) =>
  (hours: number, ...args: readonly string[]): Promise<CommandRun> =>
    runInProcess([...args, '--config', join(directory, 'c.yaml')], {
      now: () => START + hours * HOUR,
    })

type Site = { named: Named; slapd: Slapd; directory: string; run: ReturnType<typeof runIn> }

/** Both servers of the demo, and a configuration that reads them. */
const withServers = async (t: Test, use: (site: Site) => Promise<void>): Promise<void> => {
  const named = await demo()
  t.teardown(named.stop)
  const slapd = await startSlapd({ ldif: LDIF })
  t.teardown(slapd.stop)
  await withFiles({ 'c.yaml': configOf(dns(named.server), ldap(slapd.url)) }, directory =>
    use({ named, slapd, directory, run: runIn(directory) }),
  )
}

const COMMANDS = [['check'], ['hosts', '--class', 'WEB'], ['graph', 'web01'], ['diff', '--against', FILES]]

t.test('a check kept everything, and both servers are gone', async t => {
  await withServers(t, async ({ named, slapd, directory, run }) => {
    t.match(await run(0, 'check'), { exitCode: 0, stdout: / 2 warnings\n/ })
    const live = new Map<string, CommandRun>()
    for (const args of COMMANDS) live.set(args.join(), await run(0, ...args))
    await named.stop()
    await slapd.stop()
    const stale = new RegExp(
      `^warning stale: ${named.server}: .* 3 h old\\nwarning stale: ${slapd.url}: .* 3 h old\\n`,
    )

    for (const args of COMMANDS) {
      const old = await run(3, ...args)
      const { stdout, exitCode } = live.get(args.join()) ?? {}
      // The last line of a check counts its warnings.
      const counted = args[0] === 'check' ? stdout?.replace(' 2 warnings', ' 4 warnings') : stdout
      t.match(old, { stdout: counted, exitCode, stderr: stale }, args.join(' '))
      t.match(await run(3, ...args, '--fresh'), { stdout: '', exitCode: 3 }, `${args.join(' ')} --fresh`)
      t.match(await run(11, ...args), { stdout: '', exitCode: 3, stderr: /the snapshot is 11 h old/ })
    }
    for (const host of ['db01', 'lab01.example.test', '192.0.2.11', '52:54:00:12:34:56']) {
      const fromFiles = await runInProcess(['lookup', host, '--config', FILES])
      const want = { stdout: fromFiles.stdout, exitCode: 0, stderr: stale }
      t.match(await run(3, 'lookup', host), want, `${host}, never looked up before`)
    }
    t.match(await run(3, 'lookup', 'nosuch'), {
      stdout: '',
      exitCode: 1,
      stderr: /error host-not-found: HOST: no source knows the host "nosuch"\nwarning stale: /,
    })
    t.match(await run(3, 'lookup', 'db01', '--fresh'), { exitCode: 3, stderr: /^error source-unreachable: / })
    t.match(await run(11, 'lookup', 'db01'), { exitCode: 3, stderr: /the snapshot is 11 h old/ })

    const { stdout: explained } = await run(3, 'lookup', 'db01', '--explain')
    t.match(explained, '  dns example.test  stale, serial 2026112201, 3 h old\n')
    t.match(explained, `  ldap ${slapd.url}  stale, 3 h old\n`)
    for (const name of ['lookup', 'hosts', 'check', 'graph'] as const) {
      const { stdout } = await run(3, name, ...(name === 'lookup' ? ['db01'] : []), '--format', 'json')
      t.equal(await schemaFaults(name, stdout), '')
      t.strictSame(JSON.parse(stdout).sources, [
        { name: 'dns example.test', state: 'stale', serial: 2026112201, ageSeconds: 10_800 },
        { name: `ldap ${slapd.url}`, state: 'stale', ageSeconds: 10_800 },
      ])
    }

    const kept = await readdir(join(directory, 'kept'), { recursive: true, withFileTypes: true })
    for (const file of kept.filter(entry => entry.isFile()))
      await truncate(join(file.parentPath, file.name), 1000)
    for (const args of [['hosts'], ['lookup', 'db01']])
      t.match(await run(3, ...args), {
        stdout: '',
        exitCode: 3,
        stderr: /the snapshot does not hold this; \S+\/kept\/\S+ is left aside: it is not what was written/,
      })
  })
})

t.test('one server is gone, and the other is asked', async t => {
  await withServers(t, async ({ named, slapd, run }) => {
    const { stdout } = await run(0, 'hosts')
    await named.stop()
    const old = await run(1, 'hosts', '--format', 'json')
    t.match(JSON.parse(old.stdout).sources, [{ state: 'stale' }, { state: 'live' }])
    t.equal((await run(1, 'hosts')).stdout, stdout)
    // The second reading kept what the directory said then.
    await slapd.stop()
    t.match(JSON.parse((await run(2, 'lookup', 'db01', '--format', 'json')).stdout).sources, [
      { state: 'stale', ageSeconds: 7200 },
      { state: 'stale', ageSeconds: 3600 },
    ])
  })
})

t.test('a transfer that is refused, and one that is cut', async t => {
  const named = await demo({ statements: 'transfer-message-size 512;' })
  const harm: { cutAfter?: number } = {}
  const proxy = await startCuttingProxy(named.port, harm)
  t.teardown(proxy.stop)
  t.teardown(named.stop)
  await withFiles({ 'c.yaml': configOf(dns(proxy.server)) }, async directory => {
    const run = runIn(directory)
    const { stdout } = await run(0, 'hosts')
    harm.cutAfter = 600
    t.match(await run(1, 'hosts'), { stdout, exitCode: 0, stderr: /^warning stale: .*closed.* 1 h old\n$/ })
    delete harm.cutAfter

    const conf = join(named.dir, 'named.conf')
    await writeFile(conf, (await readFile(conf, 'utf8')).replace(allow, 'allow-transfer { none; };'))
    await named.reload()
    for (const args of COMMANDS)
      t.match(await run(1, ...args), { stdout: '', exitCode: 3, stderr: /^error transfer-refused: / })
  })
})

t.test('a wrong key and a wrong password are hidden by no snapshot', async t => {
  const named = await demo({ keys }, 'allow-query { key reader; }; allow-transfer { key reader; };')
  const slapd = await startSlapd({ ldif: LDIF })
  t.teardown(named.stop)
  t.teardown(slapd.stop)
  const bound = ldap(slapd.url, `, bindDn: "${slapd.rootDn}", passwordFile: pw`)
  const files = {
    'c.yaml': configOf(dns(named.server, ', tsig: { name: reader, secretFile: key }'), bound),
    key: keys[0].secret.toString('base64'),
    pw: slapd.rootPassword,
  }
  await withFiles(files, async directory => {
    const run = runIn(directory)
    t.match(await run(0, 'check'), { exitCode: 0 })
    t.match(await run(0, 'lookup', 'web01'), { exitCode: 0 })
    const wrong = { key: Buffer.alloc(32, 2).toString('base64'), pw: 'wrong' }
    for (const name of ['key', 'pw'] as const) {
      await writeFile(join(directory, name), wrong[name])
      for (const args of [['check'], ['hosts'], ['lookup', 'web01'], ['lookup', 'db01']])
        t.match(
          await run(0, ...args),
          { stdout: '', exitCode: 3, stderr: /^error source-rejected: / },
          `${name}: ${args.join(' ')}`,
        )
      await writeFile(join(directory, name), files[name])
    }
  })
})

t.test('a zone whose serial went back is the truth of its server, with a warning', async t => {
  const named = await startNamed({
    zones: [{ name: 'example.test', text: zone(20), statements: allow }],
  })
  t.teardown(named.stop)
  const serve = async (serial: number): Promise<void> => {
    await writeFile(join(named.dir, 'example.test.zone'), zone(serial))
    await named.reload()
  }
  const back =
    'warning serial-went-back: dns example.test: the serial went back: 10 is older than 20, which answered 1 h ago\n'
  await withFiles({ 'c.yaml': configOf(dns(named.server)) }, async directory => {
    const run = runIn(directory)
    for (const args of [['lookup', 'web01', '--format', 'words'], ['hosts']]) {
      await serve(20)
      t.match(await run(0, ...args), { exitCode: 0, stderr: '' })
      await serve(10)
      t.match(await run(1, ...args), { exitCode: 0, stderr: back }, args.join(' '))
      t.match(await run(1, ...args), { exitCode: 0, stderr: '' }, 'the snapshot followed')
    }
    await named.stop()
    const { sources } = JSON.parse((await run(2, 'lookup', 'web01', '--format', 'json')).stdout)
    t.match(sources, [{ state: 'stale', serial: 10 }])
  })
})

t.test('an alias into a zone whose server is gone', async t => {
  const records = '@ 300 SOA ns1 h 1 1 1 1 1\n@ 300 NS ns1\nns1 300 A 127.0.0.1\n'
  const alias = `${records}web01 300 A 192.0.2.11\n_fai.web01 300 CNAME _fai.shop.b.test.\n`
  const stays = await startNamed({ zones: [{ name: 'a.test', text: alias, statements: allow }] })
  const goes = await startNamed({
    zones: [{ name: 'b.test', text: `${records}_fai.shop 300 TXT "WEB"\n`, statements: allow }],
  })
  t.teardown(stays.stop)
  t.teardown(goes.stop)
  const source = (zone: string, server: string) => `kind: dns, zone: ${zone}, servers: ["${server}"]`
  const text = configOf(source('a.test', stays.server), source('b.test', goes.server))
  await withFiles({ 'c.yaml': text }, async directory => {
    const run = runIn(directory)
    const { stdout } = await run(0, 'hosts', '--class', 'WEB')
    t.equal(stdout, 'shop.b.test\nweb01.a.test\n')
    await goes.stop()
    t.match(await run(1, 'hosts', '--class', 'WEB'), { stdout, exitCode: 0, stderr: /^warning stale: .*\n$/ })
    const found = JSON.parse((await run(1, 'lookup', 'web01.a.test', '--format', 'json')).stdout)
    t.match(found, {
      classes: ['DEFAULT', 'WEB', 'web01', 'LAST'],
      sources: [{ state: 'live' }, { state: 'stale', ageSeconds: 3600 }],
      diagnostics: [{ code: 'stale' }],
    })
  })
})
