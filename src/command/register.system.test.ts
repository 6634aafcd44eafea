import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { type Named, startNamed } from '../testing/named.ts'
import { withFiles } from '../testing/site-files.ts'

const SOA = 'IN SOA ns1.example.test. hostmaster.example.test. 1 3600 900 1209600 300'
const FORWARD = `$TTL 300\n@ ${SOA}\n@ IN NS ns1\nns1 IN A 127.0.0.1\nmail IN A 192.0.2.99\n`
const REVERSE = `$TTL 300\n@ ${SOA}\n@ IN NS ns1.example.test.\n`

const key = (name: string, fill: number) =>
  ({ name, algorithm: 'hmac-sha256', secret: Buffer.alloc(32, fill) }) as const
const SITE = key('site-key', 1)
const FORWARD_ONLY = key('forward-key', 2)

const SITE_ZONE = `$TTL 300
@ ${SOA}
@ IN NS ns1
ns1 IN A 127.0.0.1
_fai.web01 IN TXT WEB
_fai.mail IN TXT MAIL
`
const LDIF = (address: string) => `dn: dc=example,dc=test
objectClass: dcObject
dc: example

dn: cn=web01,dc=example,dc=test
objectClass: device
objectClass: ipHost
cn: web01
ipHostNumber: ${address}
`

const site = (server: string, address = '192.0.2.11'): Record<string, string> => {
  const config = (name: string, secretFile: string): string => `sources:
  - { kind: zonefile, zone: example.test, path: site.zone }
  - { kind: ldif, base: "dc=example,dc=test", path: site.ldif }
register:
  server: "${server}"
  zone: example.test
  reverse: [2.0.192.in-addr.arpa]
  tsig: { name: ${name}, secretFile: ${secretFile} }
`
  return {
    'site.yaml': config('site-key', 'site.key'),
    'forward.yaml': config('forward-key', 'forward.key'),
    'wrong.yaml': config('site-key', 'forward.key'),
    'unknown.yaml': config('nobody', 'site.key'),
    'site.key': SITE.secret.toString('base64'),
    'forward.key': FORWARD_ONLY.secret.toString('base64'),
    'site.zone': SITE_ZONE,
    'site.ldif': LDIF(address),
  }
}

const withNamed = async (use: (named: Named) => Promise<void>): Promise<void> => {
  const allow = (...names: string[]): string =>
    `allow-update { ${names.map(name => `key ${name};`).join(' ')} };`
  const named = await startNamed({
    keys: [SITE, FORWARD_ONLY],
    zones: [
      { name: 'example.test', text: FORWARD, statements: allow('site-key', 'forward-key') },
      { name: '2.0.192.in-addr.arpa', text: REVERSE, statements: allow('site-key') },
    ],
  })
  try {
    await use(named)
  } finally {
    await named.stop()
  }
}

const dig = async ({ port }: Named, ...question: string[]): Promise<string> => {
  const args = ['@127.0.0.1', '-p', String(port), '+short', ...question]
  return (await promisify(execFile)('dig', args)).stdout.trim()
}

t.test('a host is registered in both zones, again without harm, and removed', async t => {
  await withNamed(async named => {
    await withFiles(site(named.server), async directory => {
      const args = ['register', 'web01', '--config', join(directory, 'site.yaml')]
      for (const round of ['first', 'second']) {
        const { exitCode, stderr } = await runInProcess(args, { now: Date.now })
        t.equal(exitCode, 0, round)
        t.equal(stderr, '')
        t.equal(await dig(named, 'web01.example.test', 'A'), '192.0.2.11')
        t.equal(await dig(named, '-x', '192.0.2.11'), 'web01.example.test.')
      }
      t.equal((await runInProcess([...args, '--remove'], { now: Date.now })).exitCode, 0)
      t.equal(await dig(named, 'web01.example.test', 'A'), '')
      t.equal(await dig(named, '-x', '192.0.2.11'), '')
    })
  })
})

t.test('another address replaces the old one and its PTR record', async t => {
  await withNamed(async named => {
    await withFiles(site(named.server), async directory => {
      const args = ['register', 'web01', '--config', join(directory, 'site.yaml')]
      await runInProcess(args, { now: Date.now })
      const moved = await runInProcess([...args, '--address', '192.0.2.12'], { now: Date.now })
      t.equal(moved.exitCode, 0)
      t.equal(await dig(named, 'web01.example.test', 'A'), '192.0.2.12')
      t.equal(await dig(named, '-x', '192.0.2.11'), '')
      t.equal(await dig(named, '-x', '192.0.2.12'), 'web01.example.test.')
    })
  })
})

t.test(
  'where the second zone is refused the first stands, both are reported, and a repeat completes it',
  async t => {
    await withNamed(async named => {
      await withFiles(site(named.server), async directory => {
        const half = await runInProcess(['register', 'web01', '--config', join(directory, 'forward.yaml')], {
          now: Date.now,
        })
        t.equal(half.exitCode, 1)
        t.match(half.stdout, /^zone example\.test at 127\.0\.0\.1:\d+: web01\.example\.test is registered/)
        t.match(half.stderr, /^zone 2\.0\.192\.in-addr\.arpa at 127\.0\.0\.1:\d+: refused: REFUSED .*\n$/)
        t.equal(await dig(named, 'web01.example.test', 'A'), '192.0.2.11')
        t.equal(await dig(named, '-x', '192.0.2.11'), '')

        const whole = await runInProcess(['register', 'web01', '--config', join(directory, 'site.yaml')], {
          now: Date.now,
        })
        t.equal(whole.exitCode, 0)
        t.equal(await dig(named, '-x', '192.0.2.11'), 'web01.example.test.')
      })
    })
  },
)

const refusals: Record<string, { config: string; host: string; args?: string[]; want: RegExp }> = {
  'a wrong secret': { config: 'wrong.yaml', host: 'web01', want: /^zone example\.test at .*BADSIG.*\n$/ },
  'a key that the server does not know': {
    config: 'unknown.yaml',
    host: 'web01',
    want: /^zone example\.test at .*BADKEY.*\n$/,
  },
  "a name that is somebody else's": {
    config: 'site.yaml',
    host: 'mail',
    args: ['--address', '192.0.2.50'],
    want: /^zone example\.test at .*refused by its prerequisites: mail\.example\.test is somebody else's/,
  },
}

for (const [name, { config, host, args = [], want }] of Object.entries(refusals)) {
  t.test(`${name}: refused in one line, exit 1, and the zone is as it was`, async t => {
    await withNamed(async named => {
      await withFiles(site(named.server), async directory => {
        const run = await runInProcess(['register', host, ...args, '--config', join(directory, config)], {
          now: Date.now,
        })
        t.equal(run.exitCode, 1)
        t.equal(run.stdout, '')
        t.match(`${run.stderr.split('\n')[0]}\n`, want)
        t.equal(await dig(named, 'web01.example.test', 'A'), '')
        t.equal(await dig(named, 'mail.example.test', 'A'), '192.0.2.99')
      })
    })
  })
}

t.test('no address anywhere is address-unknown, and a server that is gone exit 3', async t => {
  await withFiles(site('127.0.0.1:1'), async directory => {
    const config = ['--config', join(directory, 'site.yaml')]
    const gone = await runInProcess(['register', 'web01', ...config], { now: Date.now })
    t.equal(gone.exitCode, 3)
    t.match(gone.stderr, /127\.0\.0\.1:1/)
  })
  await withNamed(async named => {
    await withFiles(site(named.server), async directory => {
      const run = await runInProcess(['register', 'mail', '--config', join(directory, 'site.yaml')], {
        now: Date.now,
      })
      t.equal(run.exitCode, 1)
      t.match(run.stderr, /error address-unknown: register: mail\.example\.test has no address/)
    })
  })
})
