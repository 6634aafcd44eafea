import { join } from 'node:path'
import t from 'tap'
import { formatDiagnostic } from '../../diagnostic/format.ts'
import { parseHostQuery } from '../../model/host-query.ts'
import { ROOT } from '../../testing/test-files.ts'
import { ldifSource } from './ldif-source.ts'

const { signal } = new AbortController()
const base = 'dc=example,dc=test'
const path = join(ROOT, 'fixtures/ldif/fai-schema/directory.ldif')
const open = (dialect: 'argonaut' | 'gosa') => ldifSource({ base, path, dialect })

/** The list of a host as text, or what is wrong with it. */
const listOf = async (dialect: 'argonaut' | 'gosa', short: string): Promise<string> => {
  const { value, diagnostics } = await open(dialect).readHost({ short, fqdn: undefined }, signal)
  const error = diagnostics.find(({ severity }) => severity === 'error')
  if (error !== undefined) return `${error.code}: ${error.message}`
  const memberships = value?.places.flatMap(place => place.memberships) ?? []
  const names = memberships.flatMap(({ tokens }) => tokens.map(({ name }) => name))
  return value?.known ? names.join(' ') : 'not known'
}

const TWICE =
  'host-ambiguous: cn=twice,ou=workstations,ou=systems,dc=example,dc=test has no FAIclass and is in 2 groups that may give it one'

/** Profiles WEB=[BASE, APACHE], DB=[BASE, PG], ALL=[WEB, DB]; README has the rows. */
const ROWS: Record<string, { host: string; argonaut: string; gosa: string }> = {
  'WEB EXTRA DB: the first or the last occurrence wins': {
    host: 'mixed',
    argonaut: 'BASE APACHE EXTRA PG',
    gosa: 'APACHE EXTRA BASE PG',
  },
  'ALL: nested profiles or one level': { host: 'nested', argonaut: 'BASE APACHE PG', gosa: 'WEB DB' },
  'several values: the first or all': {
    host: 'several',
    argonaut: 'BASE APACHE',
    gosa: 'BASE APACHE EXTRA',
  },
  'profiles in a circle: it ends, or is one level': { host: 'circle', argonaut: 'C X', gosa: 'B X' },
  'DEFAULT, LAST and the host name are at their ends anyway': { host: 'ends', argonaut: 'E F', gosa: 'E F' },
  'a release below another: on its own, or inheriting': {
    host: 'newer',
    argonaut: 'BASE NGINX GONE EXTRA',
    gosa: 'BASE NGINX DB EXTRA',
  },
  'no release': {
    host: 'norelease',
    argonaut: 'EXTRA BASE NGINX',
    gosa: 'EXTRA BASE NGINX',
  },
  'two releases': {
    host: 'tworeleases',
    argonaut: 'syntax: the list names 2 releases',
    gosa: 'syntax: the list names 2 releases',
  },
  'a repository': {
    host: 'repository',
    argonaut: 'syntax: "+main" is not a class name',
    gosa: 'BASE APACHE1',
  },
  'a word that is no class name': {
    host: 'odd',
    argonaut: 'syntax: "a.b" is not a class name',
    gosa: 'syntax: "a.b" is not a class name',
  },
  'one group': { host: 'grouped', argonaut: 'BASE APACHE', gosa: 'BASE APACHE' },
  'two groups are not merged': { host: 'twice', argonaut: TWICE, gosa: TWICE },
  'a group of users gives nothing': { host: 'alone', argonaut: 'not known', gosa: 'not known' },
}

for (const [title, { host, argonaut, gosa }] of Object.entries(ROWS)) {
  t.test(title, async t => {
    t.equal(await listOf('argonaut', host), argonaut, 'argonaut')
    t.equal(await listOf('gosa', host), gosa, 'gosa')
  })
}

t.test('members of a profile come from the profile', async t => {
  const { value } = await open('argonaut').readHost({ short: 'mixed', fqdn: undefined }, signal)
  t.strictSame(
    value?.places.flatMap(({ kind, memberships }) =>
      memberships.map(
        ({ rest, origin }) => `${kind} ${rest} ${origin.kind === 'entry' ? origin.dn.split(',')[0] : ''}`,
      ),
    ),
    ['host BASE APACHE cn=WEB', 'host EXTRA cn=mixed', 'host PG cn=DB'],
  )
  t.strictSame(value?.addresses, ['192.0.2.1'])
})

t.test('the values of a set have no order, which is said', async t => {
  const { diagnostics } = await open('gosa').readHost({ short: 'several', fqdn: undefined }, signal)
  t.match(diagnostics.map(formatDiagnostic), [
    /order-ambiguous.*FAIclass has 2 values, and all, in the order/,
  ])
})

t.test('a list without a release counts, and is warned of', async t => {
  const { diagnostics } = await open('argonaut').readHost({ short: 'norelease', fqdn: undefined }, signal)
  t.match(diagnostics, [{ severity: 'warning', code: 'release-missing', origin: { attribute: 'FAIclass' } }])
})

t.test('a MAC or IP must be that of one entry', async t => {
  const find = async (text: string) =>
    (await open('argonaut').findHosts(parseHostQuery(text) ?? { kind: 'short', name: '' }, signal)).value
  t.match(await find('02:00:5e:00:53:01'), [{ short: 'mixed' }])
  t.match(await find('192.0.2.2'), [{ short: 'nested' }])
  t.equal((await find('02:00:5e:00:53:ff'))?.length, 2)
})

t.test('the whole: hosts that are known, and no definitions', async t => {
  const { value } = await open('gosa').readWhole(signal)
  t.equal(value?.hosts.length, 14)
  t.notOk(value?.hosts.some(({ short }) => short === 'alone'))
  t.strictSame(value?.definitions, [])
  t.equal(await open('gosa').hasDefinitions(signal), false)
})
