import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startCuttingProxy } from '../../testing/cutting-proxy.ts'
import { type FollowedSource, followSource } from '../../testing/followed-source.ts'
import { type Slapd, type SlapdOptions, startSlapd } from '../../testing/slapd.ts'
import { ROOT } from '../../testing/test-files.ts'
import type { LiveSource } from '../live-source.ts'
import { type FollowLdapOptions, followLdap } from './follow-ldap.ts'

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

const slapdFor = async (t: Test, options: Partial<SlapdOptions> = {}): Promise<Slapd> => {
  const slapd = await startSlapd({ ldif, syncprov: ['syncprov-sessionlog 100'], ...options })
  t.teardown(slapd.stop)
  return slapd
}

type Following = FollowedSource & { readonly live: LiveSource }

const followFor = (t: Test, options: Partial<FollowLdapOptions> & { readonly url: string }): Following => {
  const live = followLdap({ base, pollSeconds: 1, now: () => Date.now(), times: { pauseMs: 50 }, ...options })
  const followed = followSource(live)
  t.teardown(followed.stop)
  return { ...followed, live }
}

const isCurrent =
  ({ live }: Following) =>
  (): boolean =>
    live.standing().phase === 'current'

const hostCount = async ({ live }: Following): Promise<number | undefined> =>
  (await live.source.readWhole(signal)).value?.hosts.length

const newHost = `dn: cn=new,${base}\nchangetype: add\nobjectClass: device\nobjectClass: faiMember\ncn: new\n\n`

t.test('over StartTLS, TLS and a local socket alike', async t => {
  const slapd = await slapdFor(t, { tls: true, socket: true })
  const ca = await readFile(slapd.caFile, 'utf8')
  const followings = [
    followFor(t, { url: slapd.url, startTls: true, ca }),
    followFor(t, { url: slapd.ldapsUrl, ca, bindDn: reader, password: 'first' }),
    followFor(t, { url: slapd.ldapiUrl }),
  ]
  for (const following of followings) await following.until(isCurrent(following))
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
    const following = followFor(t, { ...options, ca })
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
    const following = followFor(t, { url: slapd.url, bindDn: reader, password: 'first' })
    const { live, until } = following
    await until(isCurrent(following))
    const hosts = await hostCount(following)
    const password = (text: string): string =>
      `dn: ${reader}\nchangetype: modify\nreplace: userPassword\nuserPassword: ${text}\n\n`
    await slapd.restart(() => slapd.modifyOffline(password('second')))
    await until(() => live.standing().fault?.code === 'source-rejected')
    t.match(live.standing(), { phase: 'behind', fault: { message: /invalidCredentials/ } })
    t.equal(await hostCount(following), hosts)
    await slapd.modify(newHost + password('first'))
    await until(isCurrent(following))
    t.equal(await hostCount(following), (hosts ?? 0) + 1)
  },
)

t.test('slapd demands a refresh: it has forgotten what the cookie stands for', async t => {
  const slapd = await slapdFor(t, { syncprov: ['syncprov-sessionlog 100', 'syncprov-reloadhint TRUE'] })
  const first = followFor(t, { url: slapd.url })
  await first.until(isCurrent(first))
  await first.stop()
  const kept = first.live.kept() as { readonly cookie: string }
  // A change number long before the first of this server.
  const cookie = Buffer.from(kept.cookie, 'hex')
    .toString()
    .replace(/csn=\d{4}/, 'csn=1999')
  await slapd.modify(newHost)
  const second = followFor(t, {
    url: slapd.url,
    kept: { ...kept, cookie: Buffer.from(cookie).toString('hex') },
  })
  await second.until(isCurrent(second))
  t.equal(second.live.standing().fault, undefined)
  t.strictSame(second.changes.at(-1)?.hosts, [{ short: 'new', fqdn: undefined }])
})

t.test('a size limit, and a reference in the tree, are no answer', async t => {
  const limited = await slapdFor(t, { sizeLimit: 2 })
  const first = followFor(t, { url: limited.url })
  await first.until(() => first.live.standing().fault !== undefined)
  t.match(first.live.standing().fault?.message, /sizeLimitExceeded/)
  const far = `\ndn: ou=far,${base}\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\nref: ldap://far.example.test/ou=far\n`
  const referring = await slapdFor(t, { ldif: ldif + far })
  const second = followFor(t, { url: referring.url })
  await second.until(() => second.live.standing().fault !== undefined)
  t.match(second.live.standing().fault?.message, /part of the answer is at ldap:\/\/far\.example\.test/)
  t.equal(first.changes.length + second.changes.length, 0)
})

t.test('a base that is not there; one that comes later', async t => {
  const slapd = await slapdFor(t)
  const following = followFor(t, { url: slapd.url, base: `ou=later,${base}` })
  await following.until(() => following.live.standing().fault !== undefined)
  t.match(following.live.standing(), { phase: 'loading', fault: { message: /noSuchObject/ } })
  await slapd.modify(`dn: ou=later,${base}\nchangetype: add\nobjectClass: organizationalUnit\nou: later\n\n`)
  await following.until(isCurrent(following))
  t.equal(await hostCount(following), 0)
})
