import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { TsigKey } from '../model/tsig-key.ts'
import { codesIn, runInProcess } from '../testing/command-run.ts'
import { ROOT } from '../testing/golden.ts'
import { startNamed } from '../testing/named.ts'
import { type ServerAddresses, serverConfig } from '../testing/server-config.ts'
import { withFiles } from '../testing/site-files.ts'
import { startSlapd } from '../testing/slapd.ts'
import { startTruncatingServer } from '../testing/truncating-server.ts'

const DEMO = join(ROOT, 'fixtures/demo')
const zoneText = await readFile(join(DEMO, 'example.test.zone'), 'utf8')
const ldif = await readFile(join(DEMO, 'directory.ldif'), 'utf8')
const referral =
  '\ndn: ou=far,dc=example,dc=test\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\nref: ldap://far.example.test/ou=far\n'
const netgroups = ['a', 'b']
  .map(name => `\ndn: cn=${name},dc=example,dc=test\nobjectClass: nisNetgroup\ncn: ${name}\n`)
  .join('')

const key: TsigKey = { name: 'reader.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 'a') }
const named = await startNamed({
  keys: [key],
  zones: [
    { name: 'example.test', text: zoneText, statements: 'allow-transfer { any; };' },
    // named keeps a zone that it cannot load and answers SERVFAIL for it.
    { name: 'broken.test', text: 'this is no zone\n', statements: 'allow-transfer { any; };' },
    {
      name: 'locked.test',
      text: zoneText.replaceAll('example.test', 'locked.test'),
      statements: `allow-query { key ${key.name}; }; allow-transfer { key ${key.name}; };`,
    },
    { name: 'closed.test', text: zoneText.replaceAll('example.test', 'closed.test') },
  ],
})
const slapd = await startSlapd({ ldif })
const expired = await startSlapd({ ldif, tls: true, tlsDays: -1 })
const far = await startSlapd({ ldif: ldif + referral })
const limited = await startSlapd({ ldif: ldif + netgroups, sizeLimit: 1 })
const truncating = await startTruncatingServer()
t.teardown(async () => {
  for (const server of [named, slapd, expired, far, limited, truncating]) await server.stop()
})

/** Nothing listens on port 1. */
const NOBODY = '127.0.0.1:1'
const FILES = {
  'wrong.key': Buffer.alloc(32, 'b').toString('base64'),
  'right.key': key.secret.toString('base64'),
  'wrong.pw': 'wrong',
}
const rootDn = `bindDn: "${slapd.rootDn}", passwordFile: wrong.pw`

type Fault = { readonly site: Partial<ServerAddresses>; readonly code: string; readonly message: RegExp }

/** What is wrong with one of the two servers; the other one is there. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'no name server': { site: { dns: NOBODY }, code: 'source-unreachable', message: /ECONNREFUSED/ },
  'no directory server': {
    site: { ldap: `ldap://${NOBODY}` },
    code: 'source-unreachable',
    message: /ECONNREFUSED/,
  },
  'a key with another secret': {
    site: { zone: 'locked.test', dnsMore: `tsig: { name: ${key.name}, secretFile: wrong.key }` },
    code: 'source-rejected',
    message: /BADSIG/,
  },
  'a key that the server does not know': {
    site: { zone: 'locked.test', dnsMore: 'tsig: { name: nobody, secretFile: right.key }' },
    code: 'source-rejected',
    message: /BADKEY/,
  },
  'an expired certificate after StartTLS': {
    site: { ldap: expired.url, ldapMore: `startTls: true, caFile: ${expired.caFile}` },
    code: 'source-rejected',
    message: /certificate has expired/,
  },
  'an expired certificate of ldaps': {
    site: { ldap: expired.ldapsUrl, ldapMore: `caFile: ${expired.caFile}` },
    code: 'source-rejected',
    message: /certificate has expired/,
  },
  'a certificate of another CA': {
    site: { ldap: expired.ldapsUrl, ldapMore: `caFile: ${expired.otherCaFile}` },
    code: 'source-rejected',
    message: /certificate/,
  },
  'a wrong password': {
    site: { ldapMore: rootDn },
    code: 'source-rejected',
    message: /invalidCredentials/,
  },
  'a zone that the server could not load': {
    site: { zone: 'broken.test' },
    code: 'source-unreachable',
    message: /SERVFAIL/,
  },
  'answers that are truncated, and no TCP': {
    site: { dns: truncating.server },
    code: 'source-unreachable',
    message: /ECONNREFUSED/,
  },
  'a part of the directory at another server': {
    site: { ldap: far.url },
    code: 'source-unreachable',
    message: /part of the answer is at ldap:\/\/far\.example\.test/,
  },
  'a reader whose size limit is too small': {
    site: { ldap: limited.url },
    code: 'source-unreachable',
    message: /sizeLimitExceeded/,
  },
}

/** `web01` is in all zones and in the directory. */
const COMMANDS = [['lookup', 'web01'], ['check'], ['hosts'], ['graph', 'web01']] as const

const withSite = <T>(site: Partial<ServerAddresses>, use: (config: string) => Promise<T>): Promise<T> => {
  const config = serverConfig({ dns: named.server, ldap: slapd.url, ...site })
  return withFiles({ ...FILES, 'c.yaml': config }, directory => use(join(directory, 'c.yaml')))
}

for (const [title, { site, code, message }] of Object.entries(FAULTS)) {
  t.test(`${title}: exit 3 and nothing on stdout, whatever is asked`, async t => {
    await withSite(site, async config => {
      for (const args of COMMANDS) {
        const run = await runInProcess([...args, '--config', config], { now: Date.now })
        t.match(run, { exitCode: 3, stdout: '', stderr: message }, args.join(' '))
        t.strictSame(codesIn(run.stderr), [`error ${code}`], args.join(' '))
      }
    })
  })
}

t.test('a transfer that is refused: exit 3 for all that needs it, and lookup answers', async t => {
  await withSite({ zone: 'closed.test' }, async config => {
    for (const [command, ...rest] of [['lookup', 'web01.closed.test'], ...COMMANDS.slice(1)]) {
      const run = await runInProcess([command ?? '', ...rest, '--config', config])
      const wanted = command === 'lookup' ? [] : ['error transfer-refused']
      t.strictSame(codesIn(run.stderr), wanted, run.stderr)
      t.equal(run.exitCode, command === 'lookup' ? 0 : 3, command)
    }
  })
})

t.test('a name that the zone delegates is an error and no list, asked or read as a whole', async t => {
  const cut = `${zoneText}\nsub IN NS ns1.sub\nns1.sub IN A 127.0.0.1\n_fai.host.sub IN TXT "WEB"\n`
  const cutting = await startNamed({
    zones: [{ name: 'example.test', text: cut, statements: 'allow-transfer { any; };' }],
  })
  t.teardown(cutting.stop)
  await withSite({ dns: cutting.server }, async config => {
    const run = await runInProcess(['lookup', 'host.sub.example.test', '--config', config])
    t.match(run, { exitCode: 1, stdout: '', stderr: /^error zone-delegated: .*sub\.example\.test/ })
    const hosts = await runInProcess(['hosts', '--config', config])
    t.notMatch(hosts.stdout, 'host.sub')
  })
})
