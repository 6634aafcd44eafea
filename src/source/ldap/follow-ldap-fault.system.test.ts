import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startCuttingProxy } from '../../testing/cutting-proxy.ts'
import { type FollowedLdap, followableSlapd, followDirectory } from '../../testing/followed-ldap.ts'
import type { Slapd, SlapdOptions } from '../../testing/slapd.ts'
import { ROOT } from '../../testing/test-files.ts'

const base = 'dc=example,dc=test'
const reader = `cn=reader,${base}`
const ldif = `${await readFile(join(ROOT, 'fixtures/ldif/site/directory.ldif'), 'utf8')}
dn: ${reader}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: first
`
const { signal } = new AbortController()

const slapdFor = (t: Test, options: Partial<SlapdOptions> = {}): Promise<Slapd> =>
  followableSlapd(t, { ldif, ...options })

const hostCount = async ({ live }: FollowedLdap): Promise<number | undefined> =>
  (await live.source.readWhole(signal)).value?.hosts.length

const newHost = `dn: cn=new,${base}\nchangetype: add\nobjectClass: device\nobjectClass: faiMember\ncn: new\n\n`

t.test('over StartTLS, TLS and a local socket alike', async t => {
  const slapd = await slapdFor(t, { tls: true, socket: true })
  const ca = await readFile(slapd.caFile, 'utf8')
  const followings = [
    followDirectory(t, { url: slapd.url, startTls: true, ca }),
    followDirectory(t, { url: slapd.ldapsUrl, ca, bindDn: reader, password: 'first' }),
    followDirectory(t, { url: slapd.ldapiUrl }),
  ]
  for (const following of followings) await following.until(following.isCurrent)
  await slapd.modify(newHost)
  for (const following of followings) {
    await following.until(() => following.changes.at(-1)?.hosts.at(0)?.short === 'new')
    t.ok(following.live.standing().confirmedAtMs)
  }
})

t.test('a certificate that is not to be believed is rejected', async t => {
  const slapd = await slapdFor(t, { tls: true })
  const ca = await readFile(slapd.otherCaFile, 'utf8')
  for (const options of [{ url: slapd.url, startTls: true }, { url: slapd.ldapsUrl }]) {
    const following = followDirectory(t, { ...options, ca })
    await following.until(() => following.live.standing().fault !== undefined)
    t.match(following.live.standing(), {
      phase: 'loading',
      fault: { code: 'source-rejected', message: /certificate/ },
    })
    t.equal(following.changes.length, 0)
  }
})

t.test(
  'a password that is no longer right: the last whole state answers, and the standing says why',
  async t => {
    const slapd = await slapdFor(t)
    const following = followDirectory(t, { url: slapd.url, bindDn: reader, password: 'first' })
    const { live, until } = following
    await until(following.isCurrent)
    const hosts = await hostCount(following)
    const password = (text: string): string =>
      `dn: ${reader}\nchangetype: modify\nreplace: userPassword\nuserPassword: ${text}\n\n`
    await slapd.restart(() => slapd.modifyOffline(password('second')))
    await until(() => live.standing().fault?.code === 'source-rejected')
    t.match(live.standing(), { phase: 'behind', fault: { message: /invalidCredentials/ } })
    t.equal(await hostCount(following), hosts)
    await slapd.modify(newHost + password('first'))
    await until(following.isCurrent)
    t.equal(await hostCount(following), (hosts ?? 0) + 1)
  },
)

t.test('slapd demands a refresh: it has forgotten what the cookie stands for', async t => {
  const slapd = await slapdFor(t, { syncprov: ['syncprov-sessionlog 100', 'syncprov-reloadhint TRUE'] })
  const first = followDirectory(t, { url: slapd.url })
  await first.until(first.isCurrent)
  await first.stop()
  const kept = first.live.kept() as { readonly cookie: string }
  // A change number long before the first of this server.
  const cookie = Buffer.from(kept.cookie, 'hex')
    .toString()
    .replace(/csn=\d{4}/, 'csn=1999')
  await slapd.modify(newHost)
  let asked = ''
  const onSent = (bytes: Buffer): void => {
    asked += bytes.toString('latin1')
  }
  const proxy = await startCuttingProxy(slapd.port, { onSent })
  t.teardown(proxy.stop)
  const url = `ldap://${proxy.server}`
  const second = followDirectory(t, { url, kept: { ...kept, cookie: Buffer.from(cookie).toString('hex') } })
  await second.until(second.isCurrent)
  t.equal(asked.split('1.3.6.1.4.1.4203.1.9.1.1').length - 1, 2, 'with the cookie, then without')
  t.equal(second.live.standing().fault, undefined)
  t.strictSame(second.changes.at(-1)?.hosts, [{ short: 'new', fqdn: undefined }])
})

t.test('a size limit, and a reference in the tree, are no answer', async t => {
  const limited = await slapdFor(t, { sizeLimit: 2 })
  const first = followDirectory(t, { url: limited.url })
  await first.until(() => first.live.standing().fault !== undefined)
  t.match(first.live.standing().fault?.message, /sizeLimitExceeded/)
  const far = `\ndn: ou=far,${base}\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\nref: ldap://far.example.test/ou=far\n`
  const referring = await slapdFor(t, { ldif: ldif + far })
  const second = followDirectory(t, { url: referring.url })
  await second.until(() => second.live.standing().fault !== undefined)
  t.match(second.live.standing().fault?.message, /part of the answer is at ldap:\/\/far\.example\.test/)
  t.equal(first.changes.length + second.changes.length, 0)
})

t.test('a base that is not there; one that comes later', async t => {
  const slapd = await slapdFor(t)
  const following = followDirectory(t, { url: slapd.url, base: `ou=later,${base}` })
  await following.until(() => following.live.standing().fault !== undefined)
  t.match(following.live.standing(), { phase: 'loading', fault: { message: /noSuchObject/ } })
  await slapd.modify(`dn: ou=later,${base}\nchangetype: add\nobjectClass: organizationalUnit\nou: later\n\n`)
  await following.until(following.isCurrent)
  t.equal(await hostCount(following), 0)
})
