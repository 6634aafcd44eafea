import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Harm, startCuttingProxy } from '../../testing/cutting-proxy.ts'
import { type Slapd, type SlapdOptions, startSlapd } from '../../testing/slapd.ts'
import { sourceFailure } from '../../testing/source-failure.ts'
import { ROOT } from '../../testing/test-files.ts'
import { withoutPlaces } from '../../testing/without-places.ts'
import type { Source } from '../source.ts'
import type { LdapSourceOptions } from './ldap-options.ts'
import { ldapSource } from './ldap-source.ts'
import { ldifSource } from './ldif-source.ts'

const base = 'dc=example,dc=test'
const path = join(ROOT, 'fixtures/ldif/site/directory.ldif')
const { signal } = new AbortController()

const HOSTS = 1700
const large = [
  `dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: x\n`,
  ...Array.from({ length: HOSTS }, (_, i) =>
    [
      `dn: cn=h${i},${base}`,
      'objectClass: device',
      'objectClass: faiMember',
      `cn: h${i}`,
      `description: ${'x'.repeat(300)}`,
      `faiMembership: WEB C${i}\n`,
    ].join('\n'),
  ),
].join('\n')

const slapdFor = async (t: Test, options: SlapdOptions): Promise<Slapd> => {
  const slapd = await startSlapd(options)
  t.teardown(slapd.stop)
  return slapd
}

const liveFor = (t: Test, options: Omit<LdapSourceOptions, 'base'>): Source => {
  const source = ldapSource({ base, ...options })
  t.teardown(() => source.close())
  return source
}

t.test('a directory read as a whole and its LDIF say the same of every host and class', async t => {
  const slapd = await slapdFor(t, { ldif: await readFile(path, 'utf8') })
  const live = liveFor(t, { url: slapd.url })
  const fromServer = (await live.readWhole(signal)).value
  const fromFile = (await ldifSource({ base, path }).readWhole(signal)).value
  t.ok((fromFile?.hosts.length ?? 0) > 4)
  t.strictSame(fromServer?.hosts, fromFile?.hosts)
  t.strictSame(withoutPlaces(fromServer?.definitions), withoutPlaces(fromFile?.definitions))
  await slapd.stop()
  for (const host of [...(fromFile?.hosts ?? []), { short: 'nosuch', fqdn: undefined }]) {
    const wanted = withoutPlaces(await fromFile?.source.readHost(host, signal))
    t.strictSame(withoutPlaces(await fromServer?.source.readHost(host, signal)), wanted, host.short)
    t.strictSame(withoutPlaces(await live.readHost(host, signal)), wanted, host.short)
  }
  t.match(fromServer?.source.describe(), { state: 'live' })
})

t.test('several pages are one answer, and a size limit below it is none', async t => {
  const pages = await slapdFor(t, {
    ldif: large,
    databaseLines: ['limits * size.soft=500 size.prtotal=unlimited size.pr=500'],
  })
  const { value } = await liveFor(t, { url: pages.url }).readWhole(signal)
  t.equal(value?.hosts.length, HOSTS)
  const limited = await slapdFor(t, { ldif: large, sizeLimit: 1200 })
  t.match(await sourceFailure(liveFor(t, { url: limited.url }).readWhole(signal)), {
    code: 'source-unreachable',
    message: /(?:size|admin)LimitExceeded/,
    origin: { server: limited.url },
  })
})

t.test('a connection that is lost, or silent, in the middle: never part of a directory', async t => {
  const slapd = await slapdFor(t, {
    ldif: large,
    tls: true,
    databaseLines: ['limits * size=unlimited'],
  })
  const ca = await readFile(slapd.caFile, 'utf8')
  const behind = async (harm: Harm): Promise<Source> => {
    const proxy = await startCuttingProxy(slapd.port, harm)
    t.teardown(proxy.stop)
    return liveFor(t, { url: `ldap://${proxy.server}`, startTls: true, ca })
  }
  t.equal((await (await behind({})).readWhole(signal)).value?.hosts.length, HOSTS)
  const cut = await behind({ cutAfter: 40_000 })
  t.equal((await sourceFailure(cut.readWhole(signal))).code, 'source-unreachable')
  const silent = await sourceFailure((await behind({ silentAfter: 40_000 })).readWhole(signal))
  t.match(silent.message, /no byte within 2 s/)
})

t.test('a server that ends in the middle of the search', async t => {
  const slapd = await slapdFor(t, { ldif: large, databaseLines: ['limits * size=unlimited'] })
  const proxy = await startCuttingProxy(slapd.port, { pauseAfter: { octets: 20_000, run: slapd.stop } })
  t.teardown(proxy.stop)
  const error = await sourceFailure(liveFor(t, { url: `ldap://${proxy.server}` }).readWhole(signal))
  t.equal(error.code, 'source-unreachable')
})

t.test('an expired certificate is rejected, which nothing may hide', async t => {
  const slapd = await slapdFor(t, { ldif: await readFile(path, 'utf8'), tls: true, tlsDays: -1 })
  const ca = await readFile(slapd.caFile, 'utf8')
  for (const options of [{ url: slapd.url, startTls: true }, { url: slapd.ldapsUrl }]) {
    const error = await sourceFailure(liveFor(t, { ...options, ca }).readWhole(signal))
    t.match(error, { code: 'source-rejected', rejected: true, message: /certificate has expired/ })
  }
})

t.test('a wrong password is rejected, a base that is not there cannot be read', async t => {
  const { url, rootDn: bindDn } = await slapdFor(t, { ldif: await readFile(path, 'utf8') })
  const wrong = await sourceFailure(liveFor(t, { url, bindDn, password: 'wrong' }).readWhole(signal))
  t.match(wrong, { code: 'source-rejected', message: /invalidCredentials/ })
  const source = ldapSource({ url, base: `ou=nosuch,${base}` })
  t.teardown(() => source.close())
  t.match(await sourceFailure(source.readWhole(signal)), {
    code: 'source-unreachable',
    message: /noSuchObject/,
  })
})

t.test('a referral in the tree is no whole directory', async t => {
  const referral = `\ndn: ou=far,${base}\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\nref: ldap://far.example.test/ou=far\n`
  const slapd = await slapdFor(t, { ldif: (await readFile(path, 'utf8')) + referral })
  const error = await sourceFailure(liveFor(t, { url: slapd.url }).readWhole(signal))
  t.match(error.message, /part of the answer is at ldap:\/\/far\.example\.test/)
})
