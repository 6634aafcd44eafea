import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { ClassName } from '../../model/class-name.ts'
import { ROOT } from '../../testing/test-files.ts'
import { ldifSource } from './ldif-source.ts'

const base = 'dc=example,dc=test'
const path = join(ROOT, 'fixtures/ldif/site/directory.ldif')
const { signal } = new AbortController()
const site = ldifSource({ base, path, name: 'directory.ldif' })

const withFile = async (t: Test, text: string): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-ldif-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  await writeFile(join(directory, 'a.ldif'), text)
  return join(directory, 'a.ldif')
}

t.test('path, groups, host entry, each from the general to the special', async t => {
  t.strictSame(site.describe(), { name: 'ldif directory.ldif', state: 'unread' })
  const { value, diagnostics } = await site.readHost({ short: 'web01', fqdn: 'web01.example.test' }, signal)
  t.strictSame(
    value?.places.map(({ kind, name, memberships }) => [
      kind,
      name.split(',')[0],
      memberships.map(({ rest }) => rest),
    ]),
    [
      ['path', 'dc=example', ['FAIBASE DEBIAN']],
      ['path', 'ou=Berlin\\', ['SITE_BERLIN', '[!TEST] MONITORED']],
      ['group', 'cn=all', ['EVERYWHERE']],
      ['group', 'cn=germany', ['GERMAN']],
      ['group', 'cn=servers', ['SERVER']],
      ['group', 'cn=webservers', ['WEB']],
      ['host', 'cn=web01', ['-SITE_BERLIN', 'GRUB_EFI']],
    ],
  )
  t.strictSame(value?.addresses, ['192.0.2.11', '2001:DB8:0:0:0:0:0:11'])
  t.equal(value?.known, true)
  t.strictSame(
    diagnostics.map(({ code }) => code),
    ['netgroup-wildcard'],
  )
  t.match(value?.places.at(-1)?.memberships[0]?.origin, {
    kind: 'entry',
    attribute: 'faiMembership',
    path,
    line: 38,
  })
  t.strictSame(site.describe(), { name: 'ldif directory.ldif', state: 'file' })
})

t.test('groups that hold each other: by DN, with a warning', async t => {
  const { value, diagnostics } = await site.readHost({ short: 'lab01', fqdn: undefined }, signal)
  t.strictSame(
    value?.places.map(({ name }) => name.split(',')[0]),
    ['dc=example', 'cn=ring-a', 'cn=ring-b', 'cn=lab01'],
  )
  t.ok(diagnostics.some(({ code }) => code === 'group-cycle'))
})

t.test('two entries for one host are an error, and no record', async t => {
  const { value, diagnostics } = await site.readHost({ short: 'double', fqdn: undefined }, signal)
  t.equal(value, undefined)
  t.match(diagnostics, [{ code: 'host-ambiguous', related: [{ kind: 'entry' }] }])
})

t.test('a host without an entry is not known here, a netgroup that names it counts', async t => {
  const file = await withFile(
    t,
    `dn: ${base}\nobjectClass: dcObject\n\ndn: cn=n,${base}\nobjectClass: nisNetgroup\nobjectClass: faiMember\ncn: n\nnisNetgroupTriple: (a,,)\nfaiMembership: N\n`,
  )
  const source = ldifSource({ base, path: file })
  t.match((await source.readHost({ short: 'a', fqdn: undefined }, signal)).value, {
    known: false,
    places: [{ kind: 'group' }],
  })
  t.strictSame((await source.readHost({ short: 'b', fqdn: undefined }, signal)).value, {
    known: false,
    places: [],
    addresses: [],
  })
  t.equal(await source.hasDefinitions(signal), false)
})

t.test('definitions of one class stand in the order of their DNs', async t => {
  const names = ['web', 'NGINX', 'NONE'] as ClassName[]
  const found = await site.readClasses(names, signal)
  t.strictSame(
    found.map(({ name }) => name),
    ['NGINX', 'WEB', 'web'],
  )
  t.equal(await site.hasDefinitions(signal), true)
})

t.test('a fault in the file is reported by every question about hosts', async t => {
  const faulty = ldifSource({ base, path: await withFile(t, 'dn: nonsense\ncn: a\n') })
  t.match(await faulty.findHosts({ kind: 'short', name: 'a' }, signal), {
    value: undefined,
    diagnostics: [{ code: 'ldif-syntax' }],
  })
  t.match(await faulty.readHost({ short: 'a', fqdn: undefined }, signal), {
    value: undefined,
    diagnostics: [{ code: 'ldif-syntax' }],
  })
  t.strictSame(await faulty.readClasses(['A' as ClassName], signal), [])
  t.equal(await faulty.hasDefinitions(signal), undefined)
})

t.test('what cannot be read is never an empty directory', async t => {
  const read = (options: { base: string; path: string }): Promise<unknown> =>
    ldifSource(options).readHost({ short: 'a', fqdn: undefined }, signal)
  await t.rejects(read({ base, path: '/nonexistent/a.ldif' }), {
    name: 'SourceError',
    origin: { kind: 'file', path: '/nonexistent/a.ldif' },
  })
  await t.rejects(read({ base: 'nonsense', path }), { name: 'SourceError', message: /is not a DN/ })
  await t.rejects(read({ base: 'dc=other', path }), {
    name: 'SourceError',
    message: /no entry at or below the base/,
  })
})
