import t from 'tap'
import { parseConfig } from '../config/parse-config.ts'
import type { SiteInMemory } from '../live/resolve-one.ts'
import { ldifSource } from '../source/ldap/ldif-source.ts'
import { zonefileSource } from '../source/zone/zonefile-source.ts'
import { whatIfOf } from './serve-what-if.ts'

const ZONE = '@ 60 SOA ns hm 1 2 3 4 5\n@ 60 NS ns\nweb01 60 A 192.0.2.1\n_fai.web01 60 TXT "WEB"\n'
const LDIF = 'dn: dc=e\nobjectClass: domain\ndc: e\n'
const CONFIG = `sources:
  - { kind: zonefile, zone: example.test, path: zone }
  - { kind: ldif, base: dc=e, path: directory }
serve: { api: {} }
`
const signal = new AbortController().signal

const ask = async (source: string, text: string) => {
  const { value: parsed } = parseConfig(CONFIG, 'site.yaml')
  if (parsed?.serve === undefined) throw new Error('the configuration is not valid')
  const config = { ...parsed, serve: parsed.serve, path: 'site.yaml', resolvePath: (path: string) => path }
  const site: SiteInMemory = {
    sources: [
      zonefileSource({ zone: 'example.test', path: 'zone', sent: ZONE }),
      ldifSource({ base: 'dc=e', path: 'directory', sent: LDIF }),
    ],
    resolution: parsed.resolution,
    knowledge: { catalog: new Map(), anyDefinition: false, configSpaceClasses: new Set(), facts: undefined },
  }
  return whatIfOf(config, { site: () => site, read: run => run(site) })(source, text, signal)
}

t.test('another zone: whose list would be another', async t => {
  t.match(await ask('zonefile zone', ZONE.replace('"WEB"', '"WEB DB"')), {
    hosts: [{ fqdn: 'web01.example.test', change: 'changed', added: ['DB'] }],
    diagnostics: [],
    against: { sources: [{ name: 'zonefile body' }, { name: 'ldif directory' }], diagnostics: [] },
  })
})

t.test('no source of that name', async t => {
  t.equal(await ask('zonefile other', ZONE), undefined)
})

const faults: Record<string, { source: string; text: string; want: object }> = {
  'a zone that is none': {
    source: 'zonefile zone',
    text: `${ZONE}db01 60 A nonsense\n`,
    want: { code: 'zone-syntax', origin: { kind: 'file', path: 'body', line: 5 } },
  },
  'a zone that includes a file of the server': {
    source: 'zonefile zone',
    text: `${ZONE}$INCLUDE /etc/hostname\n`,
    want: {
      code: 'zone-syntax',
      message: '$INCLUDE of /etc/hostname: a zone that is sent includes no file',
      origin: { kind: 'file', path: 'body', line: 5 },
    },
  },
  'an LDIF that is none': {
    source: 'ldif directory',
    text: `${LDIF}\nnonsense\n`,
    want: { code: 'ldif-syntax', origin: { kind: 'file', path: 'body', line: 5 } },
  },
  'an LDIF of another directory': {
    source: 'ldif directory',
    text: LDIF.replace('dc=e', 'dc=f'),
    want: { message: 'holds no entry at or below the base "dc=e"', origin: { kind: 'file', path: 'body' } },
  },
}

for (const [name, { source, text, want }] of Object.entries(faults)) {
  t.test(`${name}: its place in what was sent`, async t => {
    const { against, ...rest } = (await ask(source, text)) as { against: { diagnostics: object[] } }
    t.notOk('hosts' in rest)
    t.match(against.diagnostics, [want])
  })
}
