import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { freePort } from '../testing/free-port.ts'
import { KNOT } from '../testing/knot.ts'
import { startNamed } from '../testing/named.ts'
import { NAMED } from '../testing/named-secondary.ts'
import { NSD } from '../testing/nsd.ts'
import { nsupdate } from '../testing/nsupdate.ts'
import { PATIENCE_MS } from '../testing/patience.ts'
import { runProgram } from '../testing/run-program.ts'
import { type SecondaryServer, startSecondary } from '../testing/secondary-server.ts'
import { startServe } from '../testing/serve-program.ts'
import { startSlapd } from '../testing/slapd.ts'

const PUBLISHED = 'classes.test'
const POLL_MS = 100
/** For which the directory is down. */
const DOWN_SECONDS = 60
const KEY = { name: 'carry', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 'carry') } as const

const ZONE = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 1209600 300
@ IN NS ns1
ns1 IN A 127.0.0.1
_default._fai IN TXT "FAIBASE"
WEB._class IN TXT "requires=NGINX"
web01 IN A 192.0.2.1
_fai.web01 IN TXT "WEB"
web02 IN A 192.0.2.2
_fai.web02 IN TXT "WEB"
db01.rack1 IN A 192.0.2.3
_fai.db01.rack1 IN TXT "DB"
`

const LDIF = `dn: dc=example,dc=test
objectClass: domain
dc: example

dn: cn=web01,dc=example,dc=test
objectClass: device
objectClass: domainRelatedObject
objectClass: faiMember
cn: web01
associatedDomain: web01.example.test
faiMembership: FROM_LDAP
`

/** A zone at a real named and a directory at a real slapd, served by us, carried by three secondaries. */
const startSite = async (t: Test) => {
  const [port, apiPort] = [await freePort(), await freePort()]
  const named = await startNamed({
    zones: [
      {
        name: 'example.test',
        text: ZONE,
        statements: `allow-update { 127.0.0.1; }; allow-transfer { 127.0.0.1; }; notify explicit; notify-delay 0; also-notify { 127.0.0.1 port ${port}; };`,
      },
    ],
  })
  t.teardown(named.stop)
  const slapd = await startSlapd({ ldif: LDIF, syncprov: ['syncprov-checkpoint 100 10'] })
  t.teardown(slapd.stop)
  const secondaries: SecondaryServer[] = []
  for (const kind of [NAMED, NSD, KNOT]) {
    const secondary = await startSecondary(kind, { zone: PUBLISHED, primaryPort: port, key: KEY })
    t.teardown(secondary.stop)
    secondaries.push(secondary)
  }
  const directory = t.testdir({ 'carry.key': `${KEY.secret.toString('base64')}\n` })
  const sources = `sources:
  - { kind: dns, zone: example.test, servers: ["${named.server}"] }
  - { kind: ldap, url: "${slapd.url}", base: "dc=example,dc=test" }
resolution: { unknownClass: allow }
`
  const serving = `${sources}serve:
  dns:
    listen: "127.0.0.1:${port}"
    zone: ${PUBLISHED}
    primary: ns.example.test
    tsig: [{ name: ${KEY.name}, secretFile: carry.key }]
    secondaries: [${secondaries.map(secondary => `{ server: "127.0.0.1:${secondary.port}", key: ${KEY.name}. }`).join(', ')}]
  api: { listen: "127.0.0.1:${apiPort}" }
  stateDirectory: state
  user: ${userInfo().username}
`
  const readBack = `sources: [{ kind: dns, zone: ${PUBLISHED}, servers: ["127.0.0.1:${port}"], style: [list], tsig: { name: ${KEY.name}, secretFile: carry.key } }]\n`
  await writeFile(join(directory, 'serve.yaml'), serving)
  await writeFile(join(directory, 'sources.yaml'), sources)
  await writeFile(join(directory, 'read-back.yaml'), readBack)
  const update = (...lines: string[]): Promise<void> => nsupdate(named, 'example.test', [lines])
  const all = [{ name: 'ours', port }, ...secondaries]
  return { directory, slapd, update, all, port, apiPort }
}

/** The words of the TXT record at a host, as a server answers them. */
const ask = async (port: number, host: string): Promise<string> => {
  const question = [`${host}.${PUBLISHED}`, 'TXT', '+short', '+norecurse', '+tries=1']
  const text = await runProgram('dig', ['@127.0.0.1', '-p', String(port), ...question])
  return text.replaceAll('" "', ' ').replaceAll('"', '').trim()
}

/** Every server answers with these words, some a little later than others. */
const untilAll = async (
  t: Test,
  servers: readonly { readonly name: string; readonly port: number }[],
  host: string,
  want: string,
): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS
  for (const { name, port } of servers) {
    let answer = await ask(port, host)
    while (answer !== want && performance.now() < deadline) {
      await delay(POLL_MS)
      answer = await ask(port, host)
    }
    t.equal(answer, want, `${host} at ${name}`)
  }
}

/** The list of every host as a zone that was transferred says it. */
const transferred = async (port: number, isSigned: boolean): Promise<Record<string, string>> => {
  const key = `${KEY.algorithm}:${KEY.name}:${KEY.secret.toString('base64')}`
  const question = [...(isSigned ? ['-y', key] : []), '+noall', '+answer', '+onesoa', PUBLISHED, 'AXFR']
  const text = await runProgram('dig', ['@127.0.0.1', '-p', String(port), ...question])
  const records = text.matchAll(/^(\S+)\.classes\.test\.\s+\d+\s+IN\s+TXT\s+(.*)$/gm)
  return Object.fromEntries(
    [...records].map(([, host, strings = '']) => [host, strings.replaceAll('" "', ' ').replaceAll('"', '')]),
  )
}

/** The list of every host as a command finds it at the sources themselves. */
const resolved = async (config: string): Promise<Record<string, string>> => {
  const { stdout } = await runInProcess(['hosts', '--config', config, '--format', 'json'])
  const { hosts } = JSON.parse(stdout) as { hosts: { fqdn: string; classes: string[] }[] }
  return Object.fromEntries(
    hosts.map(({ fqdn, classes }) => [fqdn.replace(/\.example\.test$/, ''), classes.join(' ')]),
  )
}

t.test('edits of a zone and of a directory reach our answers and those of three secondaries', async t => {
  const { directory, slapd, update, all, port } = await startSite(t)
  const at = (name: string): string => join(directory, name)
  const serve = await startServe(at('serve.yaml'), [])
  t.teardown(serve.stop)
  await serve.until(/^lists of 4 hosts are current$/m)
  await untilAll(t, all, 'web01', 'DEFAULT FAIBASE NGINX WEB FROM_LDAP web01 LAST')
  await untilAll(t, all, 'db01.rack1', 'DEFAULT FAIBASE DB db01 LAST')

  await update('delete _fai.web02.example.test TXT', 'add _fai.web02.example.test 300 TXT "DB EDITED"')
  await untilAll(t, all, 'web02', 'DEFAULT FAIBASE DB EDITED web02 LAST')
  await slapd.modify(
    'dn: cn=web01,dc=example,dc=test\nchangetype: modify\nreplace: faiMembership\nfaiMembership: 5 EARLY\n',
  )
  await untilAll(t, all, 'web01', 'DEFAULT FAIBASE NGINX WEB EARLY web01 LAST')
  await update(
    'delete WEB._class.example.test TXT',
    'add WEB._class.example.test 300 TXT "requires=CADDY"',
    'add web03.example.test 300 A 192.0.2.4',
    'delete db01.rack1.example.test',
    'delete _fai.db01.rack1.example.test',
  )
  await untilAll(t, all, 'web03', 'DEFAULT FAIBASE web03 LAST')
  await untilAll(t, all, 'web01', 'DEFAULT FAIBASE CADDY WEB EARLY web01 LAST')
  await untilAll(t, all, 'db01.rack1', '')

  const lists = await resolved(at('sources.yaml'))
  t.strictSame(Object.keys(lists).sort(), ['ns1', 'web01', 'web02', 'web03'])
  for (const { name, port } of all)
    t.strictSame(await transferred(port, name === 'ours'), lists, `the zone at ${name}`)
  for (const host of Object.keys(lists)) {
    const { stdout, stderr } = await runInProcess(
      ['lookup', host, '--config', at('read-back.yaml'), '--format', 'words'],
      {
        now: Date.now,
      },
    )
    t.strictSame({ stdout, stderr }, { stdout: `${lists[host]}\n`, stderr: '' }, `${host}, read back`)
  }
  t.match(
    await runProgram('dig', ['@127.0.0.1', '-p', String(port), '+short', `CADDY._class.${PUBLISHED}`, 'PTR']),
    'web01',
  )
  t.equal(await serve.stop(), 0)
})

/** How old what is known of the directory is, as the API says it. */
const directoryAge = async (apiPort: number): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${apiPort}/healthz`)
  const { sources } = (await response.json()) as { sources: { name: string; ageSeconds?: number }[] }
  return sources.find(({ name }) => name.startsWith('ldap '))?.ageSeconds ?? Number.NaN
}

t.test(
  'a directory that is down for a minute: the last whole state answers with its age, and edits of the zone still count',
  async t => {
    const { directory, slapd, update, all, apiPort } = await startSite(t)
    const serve = await startServe(join(directory, 'serve.yaml'), [])
    t.teardown(serve.stop)
    await serve.until(/^lists of 4 hosts are current$/m)
    await slapd.restart(async () => {
      await serve.until(/^source ldap \S+ FOLLOW behind /m)
      await update('add _fai.web01.example.test 300 TXT "2000 MEANWHILE"')
      await untilAll(t, all, 'web01', 'DEFAULT FAIBASE NGINX WEB MEANWHILE FROM_LDAP web01 LAST')
      let age = 0
      while (age < DOWN_SECONDS) {
        await delay(1000)
        const next = await directoryAge(apiPort)
        if (!(next >= age)) t.fail(`the state is ${next} seconds old, and was ${age} before`)
        age = next
      }
      await untilAll(t, all, 'web01', 'DEFAULT FAIBASE NGINX WEB MEANWHILE FROM_LDAP web01 LAST')
      await update('add _fai.web02.example.test 300 TXT "LATER"')
      await untilAll(t, all, 'web02', 'DEFAULT FAIBASE LATER NGINX WEB web02 LAST')
    })
    await slapd.modify(
      'dn: cn=web01,dc=example,dc=test\nchangetype: modify\nreplace: faiMembership\nfaiMembership: AFTERWARDS\n',
    )
    await untilAll(t, all, 'web01', 'DEFAULT FAIBASE NGINX WEB MEANWHILE AFTERWARDS web01 LAST')
    t.ok((await directoryAge(apiPort)) < DOWN_SECONDS)
  },
)
