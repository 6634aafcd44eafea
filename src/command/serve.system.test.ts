import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeNetbootNetwork, type NetbootNetwork } from '../testing/netboot-network.ts'
import { runProgram } from '../testing/run-program.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { type ServeProgram, startServe } from '../testing/serve-program.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'

const NOBODY = 65_534
const MIB = 2 ** 20
const CONFIG = `sources: [{ kind: zonefile, zone: example.test, path: example.test.zone }]
serve:
  dhcp: { interface: br0, range: [192.0.2.100, 192.0.2.110], probe: off }
  tftp: { listen: "192.0.2.1:69", root: root }
  http: { listen: "192.0.2.1:80" }
  boot: { loaders: {} }
  stateDirectory: state
  user: nobody
`
const ZONE = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 604800 300
@ IN NS ns1
web01 IN A 192.0.2.11
`
const FILES = {
  'fai-classes.yaml': CONFIG,
  'example.test.zone': ZONE,
  'root/vmlinuz': 'kernel',
  'root/initrd.img': '',
}

type Site = {
  readonly directory: string
  readonly config: string
  readonly network: NetbootNetwork
  readonly inNetwork: (...words: readonly string[]) => Promise<string>
}

const withSite = (use: (site: Site) => Promise<void>): Promise<void> =>
  withFiles(FILES, async directory => {
    await runProgram('chmod', ['755', directory])
    const network = await makeNetbootNetwork(0)
    const [program = '', ...enter] = network.enter
    const inNetwork = (...words: readonly string[]) => runProgram(program, [...enter, ...words])
    try {
      await use({ directory, config: join(directory, 'fai-classes.yaml'), network, inNetwork })
    } finally {
      await network.remove()
    }
  })

const withServe = (
  use: (serve: ServeProgram, site: Site) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> =>
  withSite(async site => {
    const serve = await startServe(site.config, site.network.enter, args)
    try {
      await use(serve, site)
    } finally {
      await serve.stop()
    }
  })

t.test('root only to bind: it serves as the user of the configuration, without capabilities', async t => {
  await withServe(async ({ pid }, { directory, inNetwork }) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    t.match(status, new RegExp(`^Uid:(\\t${NOBODY}){4}$`, 'm'))
    t.match(status, new RegExp(`^Gid:(\\t${NOBODY}){4}$`, 'm'))
    t.match(status, new RegExp(`^Groups:\\t${NOBODY} $`, 'm'))
    t.match(status, /^CapEff:\t0+$/m)
    t.equal((await stat(join(directory, 'state'))).uid, NOBODY)
    t.equal(await inNetwork('curl', '-sS', 'http://192.0.2.1/healthz'), 'ok\n')
  })
})

t.test('one line a transaction, and the same as JSON and in the counters', async t => {
  await withSite(async site => {
    const events = join(site.directory, 'events.jsonl')
    const serve = await startServe(site.config, site.network.enter, ['--events', events])
    try {
      await site.inNetwork('curl', '-sS', 'http://192.0.2.1/vmlinuz')
      await serve.until(/^http 192\.0\.2\.1 GET served \/vmlinuz 200 6 octets$/m)
      const counted = await site.inNetwork('curl', '-sS', 'http://192.0.2.1/metrics')
      t.match(counted, 'fai_classes_transactions_total{protocol="http",request="GET",outcome="served"} 1\n')
      const lines = (await readFile(events, 'utf8')).trimEnd().split('\n')
      for (const line of lines) t.equal(await schemaFaults('transactions', line), '', line)
      t.match(JSON.parse(lines[0] ?? ''), {
        protocol: 'http',
        client: '192.0.2.1',
        request: 'GET',
        outcome: 'served',
      })
    } finally {
      await serve.stop()
    }
  })
})

t.test('SIGHUP: a wrong configuration is told and the old one stays; a right one counts', async t => {
  await withServe(async ({ pid, until, log }, { config, inNetwork }) => {
    await writeFile(config, CONFIG.replace('probe: off', 'probe: of'))
    process.kill(pid, 'SIGHUP')
    await until(/^error config-invalid: \S+:3:\d+: serve\.dhcp\.probe is not one of/m)
    await until(/^the old configuration stays$/m)
    t.equal(await inNetwork('curl', '-sS', 'http://192.0.2.1/healthz'), 'ok\n')
    await writeFile(config, CONFIG.replace('192.0.2.110]', '198.51.100.9]'))
    process.kill(pid, 'SIGHUP')
    await until(/^error config-invalid: \S+:3:27: serve\.dhcp\.range: .*\nthe old configuration stays$/m)
    await writeFile(config, CONFIG.replace('192.0.2.1:69', '192.0.2.1:6969'))
    process.kill(pid, 'SIGHUP')
    await until(/^the configuration was read again$/m)
    t.match(log(), /^\S+fai-classes\.yaml:4:3: serve\.tftp counts after a restart$/m)
  })
})

t.test('SIGTERM: what is being sent is finished, and the exit code is 0', async t => {
  await withSite(async ({ directory, config, network, inNetwork }) => {
    await writeFile(join(directory, 'root/large'), Buffer.alloc(8 * MIB))
    const serve = await startServe(config, network.enter)
    const sent = inNetwork(
      ...['curl', '-sS', '--limit-rate', '4M', '-o', join(directory, 'got'), '-w', '%{size_download}'],
      'http://192.0.2.1/large',
    )
    // Only what has begun is in flight.
    while ((await stat(join(directory, 'got')).catch(() => undefined)) === undefined)
      await inNetwork('sleep', '0.05')
    t.equal(await serve.stop(), 0)
    t.equal(await sent, String(8 * MIB))
  })
})

t.test('two servers of DHCP with one state directory: the second one ends and says why', async t => {
  await withServe(
    async (_, { config, network, directory }) => {
      const second = () => startServe(config, network.enter, ['--only', 'dhcp'])
      const message = new RegExp(
        `^fai-classes: serve\\.stateDirectory: another process .*${directory}/state;`,
        'm',
      )
      await t.rejects(second(), { message })
    },
    ['--only', 'dhcp'],
  )
})

t.test('what cannot be served is said with its place, and nothing is left open', async t => {
  await withSite(async ({ directory, config, network }) => {
    const rows: Readonly<Record<string, readonly [string, string, RegExp]>> = {
      'no such root': [
        'root: root',
        'root: roof',
        /^error config-invalid: \S+:4:35: serve\.tftp\.root: "roof" is no directory$/m,
      ],
      'a range elsewhere': [
        '192.0.2.110]',
        '198.51.100.9]',
        /^error config-invalid: \S+:3:27: serve\.dhcp\.range/m,
      ],
      'no such interface': [
        'br0',
        'br9',
        /^error interface-unusable: \S+:3:11: serve\.dhcp\.interface: .*"br9"/m,
      ],
      'no such user': [
        'nobody',
        'nobody-such',
        /^fai-classes: serve\.user: there is no user "nobody-such".*useradd --system/m,
      ],
      'an address of nobody': [
        '192.0.2.1:80',
        '192.0.2.7:80',
        /^fai-classes: serve\.http\.listen: cannot listen at 192\.0\.2\.7:80 \(TCP\)/m,
      ],
    }
    await mkdir(join(directory, 'roots'))
    for (const [name, [from, to, want]] of Object.entries(rows)) {
      await writeFile(config, CONFIG.replace(from, to))
      await t.rejects(startServe(config, network.enter), { message: want }, name)
    }
  })
})

t.test('an interface that cannot be served: why, and what would help', async t => {
  await withSite(async ({ config, network, inNetwork }) => {
    const refused = async (name: string, want: string): Promise<void> => {
      await writeFile(config, CONFIG.replace('br0', name))
      const message = new RegExp(`^error interface-unusable: \\S+:3:11: .*interface "${name}" ${want}`, 'm')
      await t.rejects(startServe(config, network.enterWithSys), { message }, want)
    }
    await refused('plug', 'has no IPv4 address')
    await inNetwork('ip', 'link', 'set', 'plug', 'down')
    // The kernel tells a moment later that there is no link.
    while (!(await inNetwork('ip', 'link', 'show', 'br0')).includes('state DOWN'))
      await inNetwork('sleep', '0.05')
    await refused('br0', 'has no link: nothing is plugged in')
    await inNetwork('ip', 'link', 'set', 'br0', 'down')
    await refused('br0', 'is down; it comes up with: ip link set br0 up')
  })
})

t.test('--only what is configured', async t => {
  await withServe(
    async ({ log }) => {
      t.match(log(), /^serving tftp at 192\.0\.2\.1:69: /m)
      t.notMatch(log(), /^serving (dhcp|http)/m)
    },
    ['--only', 'tftp'],
  )
  await t.rejects(
    runProgram(join(ROOT, 'bin/fai-classes'), ['serve', '--only', 'tftp,nfs']),
    /"nfs" is none of/,
  )
})
