import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { TsigKey } from '../model/tsig-key.ts'
import { startNamed } from '../testing/named.ts'
import { isLong, randomFrom, runSeed } from '../testing/random.ts'
import { drawSite } from '../testing/random-site.ts'
import { serverConfig } from '../testing/server-config.ts'
import { answerEach, answerWhole, differences, type SiteAnswers } from '../testing/site-answers.ts'
import { startSlapd } from '../testing/slapd.ts'

const HOSTS = 10_000
/** A lookup takes 20 questions, so that ten thousand of them take minutes. */
const ASKED = isLong() ? HOSTS : 1_000
const ASKED_OVER_TLS = isLong() ? HOSTS : 200
const SHOWN = 3

const seed = runSeed()
const site = drawSite(seed, HOSTS)
const key: TsigKey = { name: 'reader.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 'a') }

const named = await startNamed({
  keys: [key],
  zones: [{ name: 'example.test', text: site.zone, statements: `allow-transfer { key ${key.name}; };` }],
})
t.teardown(named.stop)
const slapd = await startSlapd({
  ldif: site.ldif,
  tls: true,
  databaseLines: ['index cn,associatedDomain,member,uniqueMember eq', 'limits * size=unlimited'],
})
t.teardown(slapd.stop)

const tsig = `tsig: { name: ${key.name}, secretFile: reader.key }`
const secure = `startTls: true, caFile: ${slapd.caFile}, bindDn: "${slapd.rootDn}", passwordFile: reader.pw`
const addresses = { dns: named.server, ldap: slapd.url, dnsMore: tsig }
const files = {
  'site.zone': site.zone,
  'site.ldif': site.ldif,
  'files.yaml': `sources:
  - { kind: zonefile, zone: example.test, path: site.zone }
  - { kind: ldif, base: "dc=example,dc=test", path: site.ldif }
`,
  'plain.yaml': serverConfig(addresses),
  'tls.yaml': serverConfig({ ...addresses, ldapMore: secure }),
  'ldaps.yaml': serverConfig({ ...addresses, ldap: slapd.ldapsUrl, ldapMore: `caFile: ${slapd.caFile}` }),
  'reader.key': key.secret.toString('base64'),
  'reader.pw': slapd.rootPassword,
}

/** Errors that some of the hosts have. */
const ERRORS = [
  'class-case',
  'class-conflict',
  'class-cycle',
  'host-ambiguous',
  'syntax',
  'bad-variable',
].map(code => `"severity":"error","code":"${code}"`)

const only = (answers: SiteAnswers, names: readonly string[]): SiteAnswers =>
  new Map(names.map(name => [name, answers.get(name) ?? 'unknown']))

const directory = t.testdir(files)
const at = (name: string): string => join(directory, name)
const wanted = await answerWhole(at('files.yaml'))
const names = [...wanted.keys()]
const same = (t: Test, found: SiteAnswers, want: SiteAnswers): void => {
  t.equal(found.size, want.size)
  t.strictSame(differences(found, want).slice(0, SHOWN), [])
}

t.test(`the drawn site has lists, refusals and errors (FAI_CLASSES_SEED=${seed})`, async t => {
  const texts = [...wanted.values()]
  t.ok(names.length > HOSTS * 0.95)
  for (const part of ['"classes":', '"reason":"removed"', '"reason":"condition"', ...ERRORS]) {
    t.ok(texts.filter(text => text.includes(part)).length >= HOSTS / 5000, part)
  }
})

t.test(`transfer and paged search say of ${HOSTS} hosts what the files say`, async t => {
  same(t, await answerWhole(at('plain.yaml')), wanted)
})

t.test(`question by question the servers say of ${ASKED} of them what the files say`, async t => {
  const asked = randomFrom(seed).sample(names, ASKED)
  same(t, await answerEach(at('plain.yaml'), asked), only(wanted, asked))
})

t.test('aliases, short names and names of nobody: the servers say what the files say', async t => {
  const shortNames = names.map(name => name.split('.', 1)[0] ?? name)
  const random = randomFrom(seed)
  const asked = [...random.sample(site.aliases, 50), ...random.sample(shortNames, 50), 'nosuch']
  const fromFiles = await answerEach(at('files.yaml'), asked)
  same(t, await answerEach(at('plain.yaml'), asked), fromFiles)
  t.ok([...fromFiles.values()].some(text => text.includes('"alias-membership"')))
  t.match(fromFiles.get('nosuch'), '"host-not-found"')
})

t.test('the whole over StartTLS, with a reader account', async t => {
  same(t, await answerWhole(at('tls.yaml')), wanted)
})

for (const name of ['tls.yaml', 'ldaps.yaml']) {
  t.test(`question by question over TLS (${name}): ${ASKED_OVER_TLS} of them`, async t => {
    const asked = randomFrom(seed).sample(names, ASKED_OVER_TLS)
    same(t, await answerEach(at(name), asked), only(wanted, asked))
  })
}
