import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { HostName } from '../../model/catalog.ts'
import { type ClassName, parseClassName } from '../../model/class-name.ts'
import { type HostQuery, parseHostQuery } from '../../model/host-query.ts'
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
const ldif = await readFile(path, 'utf8')
const { signal } = new AbortController()
const web01: HostName = { short: 'web01', fqdn: 'web01.example.test' }

const slapdFor = async (t: Test, options: Omit<SlapdOptions, 'ldif'> = {}): Promise<Slapd> => {
  const slapd = await startSlapd({ ldif, ...options })
  t.teardown(slapd.stop)
  return slapd
}

const liveFor = (t: Test, options: Omit<LdapSourceOptions, 'base'> & { readonly base?: string }): Source => {
  const source = ldapSource({ base, ...options })
  t.teardown(() => source.close())
  return source
}

const toNames = (...texts: readonly string[]): readonly ClassName[] =>
  texts.flatMap(text => parseClassName(text) ?? [])

t.test('a server and a file with the same entries say the same', async t => {
  const slapd = await slapdFor(t)
  const live = liveFor(t, { url: slapd.url })
  const file = ldifSource({ base, path })
  for (const short of ['web01', 'db01', 'lab01', 'twin', 'double', 'broken', 'nosuch']) {
    for (const fqdn of [`${short}.example.test`, undefined]) {
      const wanted = await file.readHost({ short, fqdn }, signal)
      const found = await live.readHost({ short, fqdn }, signal)
      t.strictSame(withoutPlaces(found), withoutPlaces(wanted), `${short} ${fqdn}`)
    }
  }
  const names = toNames('WEB', 'NGINX', 'BAD', 'NONE')
  t.strictSame(
    withoutPlaces(await live.readClasses(names, signal)),
    withoutPlaces(await file.readClasses(names, signal)),
  )
  const asked = [
    'web01',
    'lab01',
    'twin',
    'nosuch',
    'db01.example.test',
    '52-54-00-12-34-56',
    '192.0.2.12',
    '2001:db8::11',
  ]
  for (const query of asked.flatMap((text): HostQuery[] => [parseHostQuery(text) ?? []].flat())) {
    t.strictSame(
      await live.findHosts(query, signal),
      await file.findHosts(query, signal),
      JSON.stringify(query),
    )
  }
  t.equal(await live.hasDefinitions(signal), true)
  t.strictSame(live.describe(), { name: `ldap ${slapd.url}`, state: 'live' })
})

t.test('values with the characters of filters and DNs are values', async t => {
  const entry = `dn: cn=a*b\\,(c)\\\\d,${base}\nobjectClass: device\nobjectClass: faiMember\ncn: a*b,(c)\\d\ncn: odd\nfaiMembership: ODD\n`
  const group = `dn: cn=g,${base}\nobjectClass: groupOfNames\nobjectClass: faiMember\ncn: g\nmember: cn=a\\2ab\\2c(c)\\5cd,${base}\nfaiMembership: HELD\n`
  const top = `dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: x\n`
  const slapd = await startSlapd({ ldif: [top, entry, group].join('\n') })
  t.teardown(slapd.stop)
  const { value } = await liveFor(t, { url: slapd.url }).readHost({ short: 'odd', fqdn: undefined }, signal)
  t.strictSame(
    value?.places.map(({ kind, memberships }) => [kind, memberships.map(({ rest }) => rest)]),
    [
      ['group', ['HELD']],
      ['host', ['ODD']],
    ],
  )
})

t.test('more groups than a page, nested deeper than one question', async t => {
  const top = `dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: x\n`
  const host = `dn: cn=h,${base}\nobjectClass: device\ncn: h\n`
  const group = (index: number): string => {
    const member = index < 1200 ? 'cn=h' : `cn=g${index - 1}`
    const classes = ['objectClass: groupOfNames', 'objectClass: faiMember']
    return [
      `dn: cn=g${index},${base}`,
      ...classes,
      `cn: g${index}`,
      `member: ${member},${base}`,
      `faiMembership: G${index}`,
      '',
    ].join('\n')
  }
  const groups = Array.from({ length: 1210 }, (_, index) => group(index))
  const slapd = await startSlapd({
    ldif: [top, host, ...groups].join('\n'),
    databaseLines: ['limits * size=unlimited', 'index member eq'],
  })
  t.teardown(slapd.stop)
  const { value } = await liveFor(t, { url: slapd.url }).readHost({ short: 'h', fqdn: undefined }, signal)
  const names = value?.places.map(({ name }) => name.split(',')[0])
  t.equal(names?.length, 1210)
  t.ok((names?.indexOf('cn=g1209') ?? -1) < (names?.indexOf('cn=g1208') ?? -1))
})

t.test('a reader account: its password counts, and without it nothing is read', async t => {
  const slapd = await slapdFor(t, { databaseLines: ['access to * by anonymous auth by * none'] })
  const { url, rootDn: bindDn, rootPassword: password } = slapd
  t.equal((await liveFor(t, { url, bindDn, password }).readHost(web01, signal)).value?.known, true)
  const wrong = await sourceFailure(liveFor(t, { url, bindDn, password: 'wrong' }).readHost(web01, signal))
  t.match(wrong, {
    rejected: true,
    message: `bind as "${bindDn}" failed: invalidCredentials (result code 49)`,
    origin: { server: url },
  })
  const empty = await sourceFailure(liveFor(t, { url, bindDn, password: '' }).readHost(web01, signal))
  t.match(empty, { rejected: true, message: /has no password/ })
  t.match(await sourceFailure(liveFor(t, { url }).readHost(web01, signal)), { message: /insufficientAccess/ })
})

t.test('half an answer is no answer: a size limit', async t => {
  const { url } = await slapdFor(t, { sizeLimit: 2 })
  const error = await sourceFailure(liveFor(t, { url }).readHost(web01, signal))
  t.match(error, {
    rejected: false,
    message: `search below "${base}" failed: sizeLimitExceeded (result code 4)`,
    origin: { server: url },
  })
})

t.test('half an answer is no answer: a referral in the tree', async t => {
  const referral = `\ndn: ou=far,${base}\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\nref: ldap://far.example.test/ou=far\n`
  const slapd = await startSlapd({ ldif: ldif + referral })
  t.teardown(slapd.stop)
  const error = await sourceFailure(liveFor(t, { url: slapd.url }).readHost(web01, signal))
  t.match(error.message, /part of the answer is at ldap:\/\/far\.example\.test/)
})

t.test('a base that the server does not have', async t => {
  const { url } = await slapdFor(t)
  const error = await sourceFailure(liveFor(t, { url, base: `ou=nosuch,${base}` }).readHost(web01, signal))
  t.match(error, {
    rejected: false,
    message: /"ou=nosuch,dc=example,dc=test" failed: noSuchObject/,
    origin: { server: url },
  })
  t.match(await sourceFailure(liveFor(t, { url, base: 'nonsense' }).readHost(web01, signal)), {
    message: /is not a DN/,
  })
})

t.test('TLS: the right CA, another one, none; by StartTLS and from the first byte', async t => {
  const slapd = await slapdFor(t, { tls: true, databaseLines: ['security tls=1'] })
  const ca = await readFile(slapd.caFile, 'utf8')
  const otherCa = await readFile(slapd.otherCaFile, 'utf8')
  for (const options of [{ url: slapd.url, startTls: true }, { url: slapd.ldapsUrl }]) {
    const live = liveFor(t, { ...options, ca })
    t.equal((await live.readHost(web01, signal)).value?.known, true, options.url)
    const other = await sourceFailure(liveFor(t, { ...options, ca: otherCa }).readHost(web01, signal))
    t.match(other, { rejected: true, origin: { server: options.url } })
    t.match(await sourceFailure(liveFor(t, options).readHost(web01, signal)), { rejected: true })
  }
  t.match(await sourceFailure(liveFor(t, { url: slapd.url }).readHost(web01, signal)), {
    message: /confidentialityRequired/,
  })
  const named = liveFor(t, { url: slapd.url.replace('127.0.0.1', 'localhost'), startTls: true, ca })
  t.equal((await named.readHost(web01, signal)).value?.known, true)
})

t.test('a server without TLS is not talked to when StartTLS is wanted', async t => {
  const { url } = await slapdFor(t)
  t.match(
    (await sourceFailure(liveFor(t, { url, startTls: true }).readHost(web01, signal))).message,
    /^StartTLS failed/,
  )
})

t.test('a local socket with SASL EXTERNAL', async t => {
  const uid = `gidNumber=${process.getgid?.()}+uidNumber=${process.getuid?.()},cn=peercred,cn=external,cn=auth`
  const slapd = await slapdFor(t, {
    socket: true,
    databaseLines: [`access to * by dn.exact="${uid}" read by * none`],
  })
  t.equal((await liveFor(t, { url: slapd.ldapiUrl }).readHost(web01, signal)).value?.known, true)
})

/** What passes connections on to a server, and both ends of each. */
const forwarderTo = async (t: Test, { port }: Slapd) => {
  const sockets: Socket[] = []
  const forwarder = createServer(inner => {
    const outer = connect(port, '127.0.0.1')
    sockets.push(inner, outer)
    inner.pipe(outer).pipe(inner)
    inner.on('error', () => outer.destroy())
    outer.on('error', () => inner.destroy())
  }).listen(0, '127.0.0.1')
  t.teardown(() => forwarder.close())
  await once(forwarder, 'listening')
  return { url: `ldap://127.0.0.1:${(forwarder.address() as AddressInfo).port}`, sockets }
}

t.test('a connection that was lost is made again, with TLS and the same bind', async t => {
  const slapd = await slapdFor(t, {
    tls: true,
    databaseLines: ['security tls=1', 'access to * by anonymous auth by * none'],
  })
  const { url, sockets } = await forwarderTo(t, slapd)
  const live = liveFor(t, {
    url,
    startTls: true,
    ca: await readFile(slapd.caFile, 'utf8'),
    bindDn: slapd.rootDn,
    password: slapd.rootPassword,
  })
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all([live.readHost(web01, signal), live.hasDefinitions(signal)])
    t.equal(answers[0].value?.known, true)
    for (const socket of sockets) socket.destroy()
  }
  t.equal(sockets.length, 6, 'one connection a round')
})

t.test('a source that was closed leaves no connection, whatever was still being read', async t => {
  const { url, sockets } = await forwarderTo(t, await slapdFor(t))
  const fresh = liveFor(t, { url })
  await Promise.allSettled([fresh.readHost(web01, signal), fresh.close()])
  const used = liveFor(t, { url })
  await used.readHost(web01, signal)
  await Promise.allSettled([used.readHost(web01, signal), used.close()])
  t.match((await sourceFailure(used.readHost(web01, signal))).message, /the source is closed$/)
  const unused = liveFor(t, { url })
  await unused.close()
  t.match((await sourceFailure(unused.readHost(web01, signal))).message, /the source is closed$/)
  for (const socket of sockets) if (!socket.closed) await once(socket, 'close')
  t.ok(sockets.length <= 4, 'nobody connected again')
})

t.test('a server that is gone, and one that never answers', async t => {
  const slapd = await startSlapd({ ldif })
  const live = liveFor(t, { url: slapd.url })
  await live.readHost(web01, signal)
  await slapd.stop()
  t.match(await sourceFailure(live.readHost(web01, signal)), {
    rejected: false,
    message: /ECONNREFUSED/,
    origin: { server: slapd.url },
  })

  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  t.teardown(() => silent.close())
  await once(silent, 'listening')
  const url = `ldap://127.0.0.1:${(silent.address() as AddressInfo).port}`
  t.match(await sourceFailure(liveFor(t, { url }).readHost(web01, signal)), {
    rejected: false,
    message: /timed out/,
  })

  const controller = new AbortController()
  const reading = liveFor(t, { url }).readHost(web01, controller.signal)
  controller.abort(new Error('enough'))
  await t.rejects(reading, { message: 'enough' })
})

t.test('an address that is none says so', async t => {
  t.match((await sourceFailure(liveFor(t, { url: 'http://x' }).readHost(web01, signal))).message, /not a URL/)
})
