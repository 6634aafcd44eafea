import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { HostName } from '../../model/catalog.ts'
import { type FollowedSource, followSource } from '../../testing/followed-source.ts'
import { type Slapd, type SlapdOptions, startSlapd } from '../../testing/slapd.ts'
import { sourceFailure } from '../../testing/source-failure.ts'
import { ROOT } from '../../testing/test-files.ts'
import type { LiveSource } from '../live-source.ts'
import { type FollowLdapOptions, followLdap } from './follow-ldap.ts'
import { ldapSource } from './ldap-source.ts'

const base = 'dc=example,dc=test'
const ldif = await readFile(join(ROOT, 'fixtures/ldif/site/directory.ldif'), 'utf8')
const { signal } = new AbortController()
const SYNCPROV = ['syncprov-sessionlog 100', 'syncprov-checkpoint 10 1']

const slapdFor = async (t: Test, options: Partial<SlapdOptions> = {}): Promise<Slapd> => {
  const slapd = await startSlapd({ ldif, syncprov: SYNCPROV, ...options })
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

const host = (short: string): HostName => ({ short, fqdn: undefined })

/** Whether memory says this of a host. */
const says =
  ({ live }: Following, short: string, membership: string | undefined) =>
  async (): Promise<boolean> => {
    const { value } = await live.source.readHost(host(short), signal)
    const [own] =
      value?.places.filter(({ kind }) => kind === 'host').flatMap(({ memberships }) => memberships) ?? []
    return own?.rest === membership
  }

const newHost = (name: string, membership: string): string =>
  `dn: cn=${name},${base}\nchangetype: add\nobjectClass: device\nobjectClass: faiMember\ncn: ${name}\nfaiMembership: ${membership}\n\n`

const setTo = (dn: string, attribute: string, value: string): string =>
  `dn: ${dn}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: ${value}\n\n`

const rename = (dn: string, rdn: string): string =>
  `dn: ${dn}\nchangetype: modrdn\nnewrdn: ${rdn}\ndeleteoldrdn: 1\n\n`

/** Everything that a source says, as text. */
const allOf = async (source: Pick<LiveSource['source'], 'readWhole'>): Promise<string> => {
  const { value: whole } = await source.readWhole(signal)
  const records = await Promise.all((whole?.hosts ?? []).map(name => whole?.source.readHost(name, signal)))
  return JSON.stringify([whole?.hosts, whole?.definitions, records], undefined, 1)
}

const freshly = async (url: string): Promise<string> => {
  const source = ldapSource({ url, base })
  try {
    return await allOf(source)
  } finally {
    await source.close()
  }
}

t.test('edits reach memory, each with what it touches', async t => {
  const slapd = await slapdFor(t)
  const following = followFor(t, { url: slapd.url })
  const { live, until, changes } = following
  const error = await sourceFailure(live.source.readHost(host('web01'), signal))
  t.match(error.message, /not been read yet/)
  await until(isCurrent(following))
  t.equal(changes[0]?.keys, 'all')
  t.equal(await allOf(live.source), await freshly(slapd.url))

  const keys = new Set<string>()
  await live.noting(
    key => keys.add(key),
    () => live.source.readHost(host('new'), signal),
  )
  const touched = (): boolean => {
    const last = changes.at(-1)?.keys
    return last === 'all' || last === undefined || [...keys].some(key => last.has(key))
  }
  await slapd.modify(newHost('new', 'WEB'))
  await until(says(following, 'new', 'WEB'))
  t.ok(touched())
  t.match(changes.at(-1), { hosts: [host('new')], classes: [], origins: [{ dn: `cn=new,${base}` }] })
  await slapd.modify(setTo(`cn=new,${base}`, 'faiMembership', 'DB'))
  await until(says(following, 'new', 'DB'))
  t.ok(touched())
  await slapd.modify(newHost('other', 'WEB'))
  await until(says(following, 'other', 'WEB'))
  t.notOk(touched(), 'another host touches nobody')
  await slapd.modify(rename(`cn=new,${base}`, 'cn=newer'))
  await until(says(following, 'newer', 'DB'))
  t.ok(touched())
  t.strictSame(changes.at(-1)?.hosts, [host('new'), host('newer')])
  t.notOk(await live.lists(host('new'), signal))
  await slapd.modify(`dn: cn=newer,${base}\nchangetype: delete\n`)
  await until(says(following, 'newer', undefined))
  t.equal(await allOf(live.source), await freshly(slapd.url))
})

t.test('a definition is told by its class; what is below an OU moves with it', async t => {
  const slapd = await slapdFor(t)
  const following = followFor(t, { url: slapd.url })
  await following.until(isCurrent(following))
  const classDn = /^dn: (cn=.*)\n(?:.+\n)*?objectClass: faiClassEntry/m.exec(ldif)?.[1] ?? ''
  const before = following.changes.length
  const plain = `dn: ou=plain,${base}\nchangetype: add\nobjectClass: organizationalUnit\nou: plain\n\n`
  await slapd.modify(plain + newHost('below', 'WEB').replace(`cn=below,`, 'cn=below,ou=plain,'))
  await following.until(says(following, 'below', 'WEB'))
  await slapd.modify(rename(`ou=plain,${base}`, 'ou=moved'))
  const placeOf = async (): Promise<string | undefined> =>
    (await following.live.source.readHost(host('below'), signal)).value?.places.at(-1)?.name
  await following.until(async () => (await placeOf()) === `cn=below,ou=moved,${base}`)
  t.strictSame(following.changes.at(-1)?.hosts, [host('below')])
  t.equal(await allOf(following.live.source), await freshly(slapd.url))
  t.not(classDn, '')
  await slapd.modify(setTo(classDn, 'description', 'another'))
  await following.until(() => following.changes.slice(before).some(({ classes }) => classes.length > 0))
})

t.test('a server that was away: the last whole state answers, then it goes on from the cookie', async t => {
  const slapd = await slapdFor(t)
  const following = followFor(t, { url: slapd.url })
  const { live, until, changes } = following
  await until(isCurrent(following))
  await slapd.modify(newHost('gone', 'WEB') + newHost('stays', 'WEB'))
  await until(says(following, 'stays', 'WEB'))
  const before = await allOf(live.source)
  await slapd.restart(async () => {
    await until(() => live.standing().phase === 'behind')
    t.match(live.standing().fault, { code: 'source-unreachable', origin: { server: slapd.url } })
    t.equal(await allOf(live.source), before)
    await slapd.modifyOffline(setTo(`cn=stays,${base}`, 'faiMembership', 'DB') + newHost('added', 'DB'))
  })
  await until(isCurrent(following))
  t.ok(await says(following, 'added', 'DB')())
  t.ok(await says(following, 'stays', 'DB')())
  const resumed = changes.at(-1)?.keys
  t.not(resumed, 'all')
  await slapd.modify(`dn: cn=gone,${base}\nchangetype: delete\n`)
  await until(says(following, 'gone', undefined))
  t.equal(live.standing().fault, undefined)
  t.equal(await allOf(live.source), await freshly(slapd.url))
})

t.test('what was kept answers at once, and is brought up to date from where it stood', async t => {
  const slapd = await slapdFor(t)
  const first = followFor(t, { url: slapd.url })
  await first.until(isCurrent(first))
  await first.stop()
  const kept = JSON.parse(JSON.stringify(first.live.kept()))
  t.match(kept.cookie, /^[0-9a-f]+$/)
  await slapd.modify(
    newHost('new', 'WEB') +
      `dn: cn=db01,ou=hosts,${base}\nchangetype: delete\n`.replace(/^dn: .*$/m, `dn: ${dnOf('db01')}`),
  )
  const second = followFor(t, { url: slapd.url, kept })
  t.equal(await allOf(second.live.source), await allOf(first.live.source), 'before anything was heard')
  await second.until(isCurrent(second))
  t.equal(await allOf(second.live.source), await freshly(slapd.url))
  t.match(second.changes.at(-1)?.hosts, [{ short: 'db01' }, { short: 'new' }])
  const other = followFor(t, { url: slapd.url, kept: { ...kept, sought: 'something else' } })
  await other.until(isCurrent(other))
  t.equal(other.changes.length, 1, 'what is of another question is left aside')
})

const dnOf = (cn: string): string => new RegExp(`^dn: (cn=${cn},.*)$`, 'm').exec(ldif)?.[1] ?? ''

t.test('without content synchronisation it is read again and again', async t => {
  const slapd = await slapdFor(t, { syncprov: undefined })
  const following = followFor(t, { url: slapd.url, times: { pollMs: 50, pauseMs: 50 } })
  await following.until(isCurrent(following))
  await slapd.modify(newHost('new', 'WEB'))
  await following.until(says(following, 'new', 'WEB'))
  t.match(following.changes.at(-1), { hosts: [host('new')], origins: [{ dn: `cn=new,${base}` }] })
  await slapd.modify(rename(`cn=new,${base}`, 'cn=newer'))
  await following.until(says(following, 'newer', 'WEB'))
  await slapd.restart(() => following.until(() => following.live.standing().phase === 'behind'))
  await following.until(isCurrent(following))
  t.equal(await allOf(following.live.source), await freshly(slapd.url))
})
