import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type CommandRun, runInProcess } from '../testing/command-run.ts'
import { type Harm, startCuttingProxy } from '../testing/cutting-proxy.ts'
import { startMuteProxy } from '../testing/mute-proxy.ts'
import { startNamed } from '../testing/named.ts'
import { drawSite } from '../testing/random-site.ts'
import { type ServerAddresses, serverConfig } from '../testing/server-config.ts'
import { withFiles } from '../testing/site-files.ts'
import { startSlapd } from '../testing/slapd.ts'

// A server that goes while it is read: the whole answer or exit 3, and never anything between.

const site = drawSite(1, 1500)
const HOST = 'h0.example.test'
const LOOKUP = ['lookup', HOST]
const HOSTS = ['hosts', '--where', 'C0 || !C0']
const zones = [{ name: 'example.test', text: site.zone, statements: 'allow-transfer { any; };' }]
const statements = 'transfer-message-size 4096;'

const named = await startNamed({ statements, zones })
t.teardown(named.stop)
// Who is not the reader is told of fewer groups, and not that it is so.
const slapd = await startSlapd({
  ldif: site.ldif,
  tls: true,
  databaseLines: [
    'index cn,associatedDomain,member,uniqueMember eq',
    'limits * size=unlimited',
    'access to dn.regex="^cn=.*,ou=groups,dc=example,dc=test$" by * none',
    'access to * by * read',
  ],
})
t.teardown(slapd.stop)

const files = {
  'reader.pw': slapd.rootPassword,
  'site.zone': site.zone,
  'site.ldif': site.ldif,
  'files.yaml': `sources:
  - { kind: zonefile, zone: example.test, path: site.zone }
  - { kind: ldif, base: "dc=example,dc=test", path: site.ldif }
`,
}
const READER = `bindDn: "${slapd.rootDn}", passwordFile: reader.pw`
const SECURE = `${READER}, startTls: true, caFile: ${slapd.caFile}`
const servers = { dns: named.server, ldap: slapd.url, ldapMore: READER }

const runAt = (args: readonly string[], addresses: ServerAddresses): Promise<CommandRun> =>
  withFiles({ ...files, 'c.yaml': serverConfig(addresses) }, directory =>
    runInProcess([...args, '--config', join(directory, 'c.yaml')], { now: Date.now }),
  )
const wanted = await withFiles(files, async directory => {
  const config = ['--config', join(directory, 'files.yaml')]
  return {
    lookup: (await runInProcess([...LOOKUP, ...config])).stdout,
    hosts: (await runInProcess([...HOSTS, ...config])).stdout,
  }
})

const OCTETS_OF_STEP = 700

/** The whole, or nothing with exit 3; says which. */
const expectWholeOrNothing = (t: Test, run: CommandRun, whole: string): boolean => {
  const isWhole = run.exitCode !== 3
  t.equal(run.stdout, isWhole ? whole : '', run.stderr.slice(0, 200))
  if (!isWhole) t.match(run.stderr, /^error source-unreachable: /m)
  return isWhole
}

const withProxy = async <T>(port: number, harm: Harm, use: (server: string) => Promise<T>): Promise<T> => {
  const proxy = await startCuttingProxy(port, harm)
  try {
    return await use(proxy.server)
  } finally {
    await proxy.stop()
  }
}

t.test('through servers that stay the answer is that of the files', async t => {
  t.ok(wanted.lookup.split('\n').length > 5)
  t.ok(wanted.hosts.split('\n').length > 1000)
  t.equal((await runAt(LOOKUP, servers)).stdout, wanted.lookup)
  t.equal((await runAt(HOSTS, servers)).stdout, wanted.hosts)
  t.equal((await runAt(HOSTS, { ...servers, ldapMore: SECURE })).stdout, wanted.hosts)
  const anonymous = await runAt(LOOKUP, { ...servers, ldapMore: '' })
  t.not(anonymous.stdout, wanted.lookup, 'the reader sees more than others')
})

/** Runs a command while slapd is restarted once it has sent so many octets, if it sends so many. */
const runThroughRestart = async (
  args: readonly string[],
  octets: number,
  ldapMore: string,
): Promise<{ readonly run: CommandRun; readonly restarted: boolean }> => {
  let restart: Promise<void> | undefined
  const pauseAfter = {
    octets,
    run: () => {
      restart = slapd.restart()
      return restart
    },
  }
  const run = await withProxy(slapd.port, { pauseAfter }, server =>
    runAt(args, { ...servers, ldap: `ldap://${server}`, ldapMore }),
  )
  await restart
  return { run, restarted: restart !== undefined }
}

for (const [title, ldapMore] of [
  ['in the clear', READER],
  ['after StartTLS', SECURE],
] as const) {
  for (const octets of [3000, 40_000, 200_000]) {
    t.test(`slapd restarted after ${octets} octets of a whole directory, ${title}`, async t => {
      const { run, restarted } = await runThroughRestart(HOSTS, octets, ldapMore)
      t.ok(restarted)
      expectWholeOrNothing(t, run, wanted.hosts)
    })
  }

  t.test(`slapd restarted at each step of a lookup, ${title}`, async t => {
    let steps = 0
    for (;;) {
      const { run, restarted } = await runThroughRestart(LOOKUP, 1 + steps * OCTETS_OF_STEP, ldapMore)
      const isWhole = expectWholeOrNothing(t, run, wanted.lookup)
      if (!restarted) {
        t.ok(isWhole)
        break
      }
      steps += 1
    }
    t.ok(steps > 3, `${steps} restarts`)
  })
}

for (const [title, harm] of [
  ['cut', { cutAfter: 20_000 }],
  ['silent', { silentAfter: 20_000 }],
] as const) {
  t.test(`a transfer that is ${title} in the middle: exit 3`, async t => {
    await withProxy(named.port, harm, async dns => {
      t.equal(expectWholeOrNothing(t, await runAt(HOSTS, { ...servers, dns }), wanted.hosts), false)
    })
  })

  t.test(`a paged search that is ${title} in the middle: exit 3`, async t => {
    await withProxy(slapd.port, harm, async server => {
      const found = await runAt(HOSTS, { ...servers, ldap: `ldap://${server}` })
      t.equal(expectWholeOrNothing(t, found, wanted.hosts), false)
    })
  })
}

t.test('named ends during a transfer', async t => {
  const mortal = await startNamed({ statements, zones })
  t.teardown(mortal.stop)
  await withProxy(mortal.port, { pauseAfter: { octets: 20_000, run: mortal.stop } }, async dns => {
    // What the kernel had taken from the server before its end arrives all the same.
    expectWholeOrNothing(t, await runAt(HOSTS, { ...servers, dns }), wanted.hosts)
  })
  const after = await runAt(HOSTS, { ...servers, dns: mortal.server })
  t.match(after, { exitCode: 3, stdout: '' }, 'once it is gone')
})

t.test('named is gone after some answers to a lookup: exit 3', async t => {
  const all = await startMuteProxy(named.port, Number.POSITIVE_INFINITY)
  const found = await runAt(LOOKUP, { ...servers, dns: all.server })
  await all.stop()
  t.equal(found.stdout, wanted.lookup)
  for (const share of [0.25, 0.9]) {
    const most = Math.floor(all.answered() * share)
    const proxy = await startMuteProxy(named.port, most)
    const cut = await runAt(LOOKUP, { ...servers, dns: proxy.server })
    await proxy.stop()
    t.equal(expectWholeOrNothing(t, cut, wanted.lookup), false, `${most} of ${all.answered()} answers`)
  }
})
