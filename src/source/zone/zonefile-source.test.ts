import { join } from 'node:path'
import t from 'tap'
import type { ClassName } from '../../model/class-name.ts'
import { parseHostQuery } from '../../model/host-query.ts'
import type { ZoneReader } from '../dns/answer.ts'
import { type ZonefileOptions, zonefileSource } from './zonefile-source.ts'

const signal = new AbortController().signal
const path = `${import.meta.dirname}/../../../fixtures/zone/conventions/example.test.zone`
const open = (more: Partial<ZonefileOptions> = {}) => zonefileSource({ zone: 'example.test', path, ...more })

/** Places as text: name, memberships with weight, variables. */
const readPlaces = async (fqdn: string, more: Partial<ZonefileOptions> = {}) => {
  const { value, diagnostics } = await open(more).readHost({ short: fqdn.split('.')[0] ?? '', fqdn }, signal)
  return {
    known: value?.known,
    places: value?.places.map(({ kind, name, memberships, variables }) =>
      [
        `${kind} ${name}:`,
        ...memberships.map(({ weight, rest }) => `${weight} ${rest}`),
        ...variables.map(variable => `${variable.name}=${variable.value}`),
      ].join(' | '),
    ),
    codes: diagnostics.map(({ severity, code }) => `${severity} ${code}`),
  }
}

const APEX = 'domain _default._fai.example.test: | 1000 FAIBASE DEBIAN | SITE=main'
const WEB01 = 'host web01.example.test: | 10 WEB | 20 PHP | 30 [AMD64] MICROCODE | ROLE=front end'

const hosts: Record<
  string,
  { fqdn: string; known: boolean | undefined; places?: string[]; codes?: string[] }
> = {
  'all styles of one host are one place': { fqdn: 'web01.example.test', known: true, places: [APEX, WEB01] },
  'domains from the apex down to the parent': {
    fqdn: 'node1.lab.example.test',
    known: true,
    places: [
      APEX,
      'domain _default._fai.lab.example.test: | 1000 LAB',
      'host node1.lab.example.test: | 1000 -DEBIAN DESKTOP',
    ],
  },
  'a membership alone makes a host known, its key ignores case': {
    fqdn: 'plan01.example.test',
    known: true,
    places: [APEX, 'host plan01.example.test: | 1000 WEB'],
  },
  'a TXT record without fai= does not': { fqdn: 'noise01.example.test', known: false, places: [APEX] },
  'a name that is not there': { fqdn: 'nobody.example.test', known: false, places: [APEX] },
  'an alias shows its canonical name': {
    fqdn: 'www.example.test',
    known: true,
    places: [APEX, WEB01],
    codes: ['warning alias-membership'],
  },
  'a CNAME at _fai is followed': {
    fqdn: 'shared01.example.test',
    known: true,
    places: [APEX, 'host shared01.example.test: | 10 WEB | 30 [AMD64] MICROCODE | ROLE=front end'],
  },
  'aliases in a circle': { fqdn: 'loop1.example.test', known: undefined, codes: ['error alias-broken'] },
  'an alias out of the configured zones': {
    fqdn: 'away.example.test',
    known: undefined,
    codes: ['error alias-broken'],
  },
  'a wildcard makes no host': { fqdn: 'x.wild.example.test', known: false, places: [APEX] },
  'a record beside a wildcard does': { fqdn: 'same.wild.example.test', known: true, places: [APEX] },
  'a name below a zone cut': {
    fqdn: 'ns1.sub.example.test',
    known: undefined,
    codes: ['error zone-delegated'],
  },
  'a zone cut': { fqdn: 'sub.example.test', known: undefined, codes: ['error zone-delegated'] },
  'two strings of equal weight': {
    fqdn: 'mixed01.example.test',
    known: true,
    places: [APEX, 'host mixed01.example.test: | 1000 MAIL | 1000 WEB'],
    codes: ['warning order-ambiguous'],
  },
  'a string that does not parse': {
    fqdn: 'broken01.example.test',
    known: true,
    places: [APEX, 'host broken01.example.test:'],
    codes: ['error syntax'],
  },
  'a host of another zone': { fqdn: 'web01.example.org', known: undefined },
}

for (const [title, { fqdn, known, places, codes = [] }] of Object.entries(hosts)) {
  t.test(title, async t => {
    t.strictSame(await readPlaces(fqdn), { known, places, codes })
  })
}

t.test('style bare takes a text whose classes are all known', async t => {
  const { places } = await readPlaces('bare01.example.test', { styles: ['bare'] })
  t.strictSame(places, [APEX, 'host bare01.example.test: | 1000 WEB PHP'])
})

t.test('style bare asks its caller which classes are known', async t => {
  const { places } = await readPlaces('bare01.example.test', {
    styles: ['bare'],
    knownClasses: async () => new Set(['hello', 'world']),
  })
  t.strictSame(places, [APEX, 'host bare01.example.test: | 1000 hello world'])
})

t.test('style list takes a whole list, and finds its hosts', async t => {
  const text = `$ORIGIN fai.test.
@ 300 SOA ns.example.test. hostmaster 1 900 300 1209600 300
@ 300 NS ns.example.test.
web01 300 TXT "DEFAULT FAIBASE" "WEB web01 LAST"
db01.berlin 300 TXT "DEFAULT FAIBASE db01.berlin.example.test LAST"
WEB._class 300 PTR web01
`
  const path = join(t.testdir({ zone: text }), 'zone')
  const { value, diagnostics } = await zonefileSource({ zone: 'fai.test', path, styles: ['list'] }).readWhole(
    signal,
  )
  t.strictSame(diagnostics, [])
  t.strictSame(
    value?.hosts.map(({ fqdn }) => fqdn),
    ['db01.berlin.fai.test', 'web01.fai.test'],
  )
  t.strictSame(value?.definitions, [])
  for (const [host, want] of [
    ['web01', 'FAIBASE WEB'],
    ['db01.berlin', 'FAIBASE'],
  ] as const) {
    const found = await value?.source.readHost({ short: host, fqdn: `${host}.fai.test` }, signal)
    const tokens = found?.value?.places.flatMap(({ memberships }) =>
      memberships.flatMap(({ tokens }) => tokens),
    )
    t.equal(tokens?.map(({ name }) => name).join(' '), want)
    t.strictSame(found?.diagnostics, [])
  }
})

t.test('a style that is not configured is left alone', async t => {
  const { places } = await readPlaces('web01.example.test', { styles: ['prefix'] })
  t.strictSame(places, [APEX, 'host web01.example.test: | 20 PHP'])
})

const queries: Record<string, { query: string; want: unknown; codes?: string[] }> = {
  'a short name below the apex': { query: 'web01', want: [{ short: 'web01', fqdn: 'web01.example.test' }] },
  'a short name further down': { query: 'node1', want: [{ short: 'node1', fqdn: 'node1.lab.example.test' }] },
  'a short name at the apex first': {
    query: 'node2',
    want: [{ short: 'node2', fqdn: 'node2.example.test' }],
  },
  'a full name in any case': {
    query: 'WEB01.Example.Test.',
    want: [{ short: 'web01', fqdn: 'web01.example.test' }],
  },
  'an alias is found as its canonical name': {
    query: 'www',
    want: [{ short: 'web01', fqdn: 'web01.example.test' }],
    codes: ['alias-membership'],
  },
  'an unknown name': { query: 'nobody', want: [] },
  'a wildcard finds nothing': { query: 'x.wild.example.test', want: [] },
  'glue below a zone cut is no host': { query: 'ns1', want: [{ short: 'ns1', fqdn: 'ns1.example.test' }] },
  'a name of another zone': { query: 'web01.example.org', want: [] },
  'a MAC': {
    query: '0200.5E00.5301',
    want: [{ short: 'web01', fqdn: 'web01.example.test', mac: '02:00:5e:00:53:01' }],
  },
  'a MAC whose host is an alias': {
    query: '02-00-5e-00-53-02',
    want: [{ short: 'web01', fqdn: 'web01.example.test', mac: '02:00:5e:00:53:02' }],
    codes: ['alias-membership'],
  },
  'a UUID': {
    query: '4C4C4544-0042-3510-8052-B4C04F4A3132',
    want: [{ short: 'web01', fqdn: 'web01.example.test' }],
  },
  'an IPv4 address': {
    query: '192.0.2.21',
    want: [{ short: 'node1', fqdn: 'node1.lab.example.test', ip: '192.0.2.21' }],
  },
  'an IPv6 address in another spelling': {
    query: '2001:DB8:0::11',
    want: [{ short: 'web01', fqdn: 'web01.example.test', ip: '2001:db8::11' }],
  },
  'the address of a wildcard beside a record with the same one': {
    query: '192.0.2.99',
    want: [{ short: 'same', fqdn: 'same.wild.example.test', ip: '192.0.2.99' }],
  },
  'an address below a zone cut': { query: '192.0.2.31', want: [], codes: ['zone-delegated'] },
}

for (const [title, { query, want, codes = [] }] of Object.entries(queries)) {
  t.test(`find: ${title}`, async t => {
    const parsed = parseHostQuery(query)
    if (parsed === undefined) throw new Error(`"${query}" is no HOST`)
    const { value, diagnostics } = await open().findHosts(parsed, signal)
    t.strictSame(value, want)
    t.strictSame(
      diagnostics.map(({ code }) => code),
      codes,
    )
  })
}

t.test(
  'definitions: keys ignore case, an unknown key is an error, a wildcard is none, a CNAME is followed',
  async t => {
    const names = ['web', 'PHP', 'ODD', 'NOSUCH', 'CALM', 'web01.example.test'] as ClassName[]
    const definitions = await open().readClasses(names, signal)
    t.strictSame(
      definitions.map(({ name, requires, after, conflicts, variables, description, diagnostics }) => ({
        name,
        requires: requires.map(({ rest }) => rest),
        after: after.map(({ rest }) => rest),
        conflicts: conflicts.map(({ rest }) => rest),
        variables: variables.map(variable => `${variable.name}=${variable.value}`),
        description,
        codes: diagnostics.map(({ code }) => code),
      })),
      [
        { ...WEB_CLASS, name: 'web' },
        { ...EMPTY_CLASS, name: 'PHP', requires: ['[AMD64] OPCACHE', 'LIBS'] },
        { ...EMPTY_CLASS, name: 'ODD', codes: ['unknown-key'] },
        { ...WEB_CLASS, name: 'CALM' },
      ],
    )
    t.match(definitions[0]?.requires[0]?.origin, {
      kind: 'record',
      zone: 'example.test',
      type: 'TXT',
      line: 70,
    })
    t.equal(await open().hasDefinitions(signal), true)
  },
)

const EMPTY_CLASS = {
  requires: [],
  after: [],
  conflicts: [],
  variables: [],
  description: undefined,
  codes: [],
}
const WEB_CLASS = {
  ...EMPTY_CLASS,
  requires: ['NGINX PHP'],
  after: ['SITE'],
  conflicts: ['APACHE'],
  variables: ['PORT=8080'],
  description: 'a web server',
}

t.test('state: unread, then file and serial', async t => {
  const source = open({ shownPath: 'example.test.zone' })
  t.strictSame(source.describe(), { name: 'zonefile example.test.zone', state: 'unread' })
  await source.readHost({ short: 'web01', fqdn: 'web01.example.test' }, signal)
  t.strictSame(source.describe(), { name: 'zonefile example.test.zone', state: 'file', serial: 2026112201 })
  await source.close()
})

t.test('a zone with a syntax error answers its errors and nothing else', async t => {
  const broken = path.replace('conventions', 'syntax-errors')
  const source = open({ path: broken })
  const found = await source.findHosts({ kind: 'short', name: 'good' }, signal)
  t.equal(found.value, undefined)
  t.match(found.diagnostics[0], { code: 'zone-syntax', origin: { kind: 'file', path: broken, line: 1 } })
  const record = await source.readHost({ short: 'good', fqdn: 'good.example.test' }, signal)
  t.strictSame(record, found)
  t.strictSame(await source.readClasses(['WEB' as ClassName], signal), [])
})

t.test('a name in a more specific configured zone belongs to that zone', async t => {
  const readers: ZoneReader[] = []
  const parent = open({ readers })
  const directory = t.testdir({
    'lab.zone': '@ 300 SOA ns1 hostmaster 1 3600 900 604800 300\nnode1 300 A 192.0.2.21\n',
  })
  const child = zonefileSource({ zone: 'lab.example.test', path: `${directory}/lab.zone`, readers })
  const host = { short: 'node1', fqdn: 'node1.lab.example.test' }
  t.strictSame(await parent.readHost(host, signal), { value: undefined, diagnostics: [] })
  t.match((await child.readHost(host, signal)).value, { known: true })
})
