import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { withFiles } from '../testing/site-files.ts'

const HEAD = '@ SOA ns1.example.org. h 1 1 1 1 1\n@ NS ns1.example.org.\nA._class TXT "description=x"\n'
const BASE = 'dc=example,dc=test'
const DIRECTORY = `version: 1\n\ndn: ${BASE}\nobjectClass: dcObject\ndc: example\n`
const entry = (rdn: string, objectClass: string, ...lines: readonly string[]): string =>
  [`\ndn: ${rdn},${BASE}`, `objectClass: ${objectClass}`, 'objectClass: faiMember', ...lines, ''].join('\n')
const web01 = entry('cn=web01', 'device', 'cn: web01')

const findingsOf = async (zone: string, ldif: string, more: string): Promise<readonly string[]> => {
  const style = more === '' ? '' : `, ${more}`
  const sources = [
    `{ kind: zonefile, zone: example.test, path: site.zone${style} }`,
    ...(ldif === '' ? [] : [`{ kind: ldif, base: "${BASE}", path: site.ldif }`]),
  ]
  const files = {
    'c.yaml': `sources: [${sources}]\n`,
    'site.zone': HEAD + zone,
    'site.ldif': DIRECTORY + ldif,
  }
  let lines: readonly string[] = []
  await withFiles(files, async directory => {
    const { stderr } = await runInProcess(['check', '--config', join(directory, 'c.yaml')])
    lines = stderr.replaceAll(`${directory}/`, '').split('\n')
  })
  return lines.filter(line => /^(error|warning)/.test(line))
}

const cases: Record<string, { zone?: string; ldif?: string; more?: string; want: readonly RegExp[] }> = {
  'a default of a domain without hosts, its own faults too': {
    zone: '_default._fai.lab TXT "AA"\n TXT "B/"\n TXT "var.PATH=x"\n',
    want: [
      /^warning place-unread: site\.zone:4: TXT _default\._fai\.lab\.example\.test: .*no host below lab\.example\.test/,
      /^error syntax: site\.zone:5: .*"B\/" is not a class name/,
      /^error bad-variable: site\.zone:6: /,
      /^warning unknown-class: site\.zone:4: .*"AA".*nearest known name: "A"/,
    ],
  },
  'a default of which all strings are faulty is read all the same': {
    zone: 'web01 A 192.0.2.1\n_default._fai TXT "B/"\n',
    want: [/^error syntax: site\.zone:5: /],
  },
  'a default of a host, which is no domain': {
    zone: 'web01 A 192.0.2.1\n_default._fai.web01 TXT "A"\n',
    want: [/^warning place-unread: site\.zone:5: .*no host below web01\.example\.test/],
  },
  'a default of hosts that only a directory knows is read': {
    zone: '_default._fai.lab TXT "A"\n',
    ldif: entry('cn=node1', 'domainRelatedObject', 'cn: node1', 'associatedDomain: node1.lab.example.test'),
    want: [/^warning host-only-in-ldap: /],
  },
  'order and size of what nobody reads': {
    zone: `_default._fai.lab TXT "A"\n TXT "A A"\n_default._fai.big TXT ${'"A A A A A A A A A A A A A A A A A A A A A A" '.repeat(400)}\n${Array.from({ length: 8 }, (_, n) => `_default._fai.big TXT "${n} ${'A '.repeat(100)}" ${`"${'A '.repeat(100)}" `.repeat(49)}\n`).join('')}`,
    want: [
      /^warning place-unread: .*lab/,
      /^warning order-ambiguous: /,
      /^warning place-unread: .*big/,
      /^error place-too-large: /,
    ],
  },
  'memberships at aliases': {
    zone: 'web01 A 192.0.2.1\nwww CNAME web01\n_fai.www TXT "A"\nold DNAME new\nx.new A 192.0.2.2\nx.old TXT "fai=A"\n',
    want: [
      /^warning alias-membership: site\.zone:6: .*www\.example\.test is an alias of web01\.example\.test/,
      /^warning alias-membership: site\.zone:9: .*x\.old\.example\.test is an alias of x\.new\.example\.test/,
    ],
  },
  'below a zone cut': {
    zone: 'sub NS ns1.sub\n_fai.a.sub TXT "A"\nb.sub TXT "fai=A"\n_default._fai.sub TXT "A"\n',
    want: [5, 6, 7].map(
      line => new RegExp(`^warning place-unread: site\\.zone:${line}: .*below the zone cut at sub`),
    ),
  },
  'under wildcards': {
    zone: '*.w TXT "fai=A"\n_fai.* TXT "A"\n*._class TXT "requires=A"\n*.q TXT "v=spf1 -all"\n',
    want: [4, 5, 6].map(
      line => new RegExp(`^warning place-unread: site\\.zone:${line}: .*wildcard does not count`),
    ),
  },
  'labels in the wrong order, or in the wrong place': {
    zone: 'web03._fai TXT "A"\nA._class.lab TXT "requires=A"\n',
    want: [
      /^warning place-unread: site\.zone:4: .*stands at _fai\.<host> or _default\._fai\.<domain>/,
      /^warning place-unread: site\.zone:5: .*stands at <CLASS>\._class\.example\.test/,
    ],
  },
  'what makes no host': {
    zone: '_fai.gone TXT "var.SITE=x"\n_fai.we\\032b TXT "A"\n',
    want: [
      /^warning place-unread: site\.zone:4: .*gone\.example\.test is no host/,
      /^warning place-unread: site\.zone:5: .*is not a host name/,
    ],
  },
  'a style that is switched off is not judged': {
    more: 'style: [prefix]',
    zone: 'web01 A 192.0.2.1\n TXT "fai=A"\n_fai.web01 TXT "B/"\n',
    want: [/^warning place-unread: site\.zone:6: .*the style underscore is not among those of the source/],
  },
  'an alias of a place that leads nowhere': {
    zone: '_default._fai.lab CNAME nowhere.example.org.\n',
    want: [/^error alias-broken: site\.zone:4: /],
  },
  'a misspelt key is left alone': { zone: 'web01 A 192.0.2.1\n TXT "fia=WBE"\n TXT "faii=X"\n', want: [] },
  'cards and machines': {
    zone: [
      'web01 A 192.0.2.1\nweb02 A 192.0.2.2\nwww CNAME web01\n52-54-00-12-34-01._mac PTR web01',
      '52-54-00-12-34-02._mac PTR www\n52-54-00-12-34-03._mac PTR web09\n52-54-00-12-34-04._mac PTR web01\n PTR web02',
      '525400123405._mac PTR web01\n52-54-00-12-34-06._mac PTR we\\032b',
      '4c4c4544-0042-3510-8052-b4c04f4a3132._uuid PTR far.example.org.\n4c4c4544._uuid PTR web01\n',
    ].join('\n'),
    want: [
      /^warning name-invalid: site\.zone:12: .*"525400123405" is not a MAC with dashes/,
      /^warning name-invalid: site\.zone:15: .*"4c4c4544" is not a UUID/,
      /^warning host-not-found: site\.zone:9: .*web09\.example\.test, which no source knows/,
      /^error host-ambiguous: site\.zone:10: .*web01\.example\.test, web02\.example\.test/,
      /^error name-invalid: site\.zone:13: /,
      /^warning host-not-found: site\.zone:14: .*far\.example\.org/,
    ],
  },
  'one card in the zone and in the directory': {
    zone: 'web01 A 192.0.2.1\nweb02 A 192.0.2.2\n52-54-00-12-34-01._mac PTR web02\n',
    ldif: `${entry('cn=web01', 'ieee802Device', 'cn: web01', 'macAddress: 52:54:00:12:34:01')}${entry('cn=web02', 'device', 'cn: web02')}`,
    want: [/^error host-ambiguous: site\.zone:6: .*web02\.example\.test, web01/],
  },
  'entries that nobody reads': {
    zone: 'web01 A 192.0.2.1\n',
    ldif: [
      web01,
      entry('ou=empty', 'organizationalUnit', 'ou: empty', 'faiMembership: {1}A'),
      entry('cn=g', 'groupOfNames', 'cn: g', 'faiMembership: A', `member: cn=gone,${BASE}`),
      entry('cn=n', 'nisNetgroup', 'cn: n', 'faiMembership: A', 'nisNetgroupTriple: (web99,-,-)'),
      entry('cn=bob', 'posixGroup', 'cn: bob', 'faiMembership: A', 'faiVariableSetting: A'),
    ].join(''),
    want: [
      /^warning place-unread: site\.ldif:\d+: cn=bob,.*neither a host nor a group/,
      /^error bad-variable: .*cn=bob,/,
      /^warning place-unread: .*cn=g,.*the group holds no host/,
      /^warning place-unread: .*cn=n,.*the group holds no host/,
      /^warning place-unread: .*ou=empty,.*no host stands below it/,
      /^error syntax: .*ou=empty,.*has a \{n\} prefix/,
    ],
  },
  'groups that hold each other and no host, with a triple that is none': {
    zone: '',
    ldif: [
      entry('cn=a', 'groupOfNames', 'cn: a', 'faiMembership: A', `member: cn=b,${BASE}`),
      entry('cn=b', 'groupOfNames', 'cn: b', 'faiMembership: A', `member: cn=a,${BASE}`),
      entry('cn=n', 'nisNetgroup', 'cn: n', 'faiMembership: A', 'nisNetgroupTriple: (web99'),
    ].join(''),
    want: [
      /place-unread: .*cn=a,/,
      /place-unread: .*cn=b,/,
      /place-unread: .*cn=n,/,
      /^warning group-cycle: /,
      /^error syntax: .*\(web99/,
    ],
  },
  'an entry beside the one that stands for the host, and two of which none does': {
    zone: 'web01 A 192.0.2.1\n',
    ldif: [
      entry('cn=web01', 'device', 'cn: web01', 'associatedDomain: web01.example.test', 'faiMembership: A'),
      entry('cn=web01+description=x', 'device', 'cn: web01', 'faiMembership: A'),
      entry('ou=x', 'organizationalUnit', 'ou: x', 'faiMembership: A'),
      entry('cn=twin,ou=x', 'device', 'cn: twin', 'faiMembership: A'),
      entry('cn=twin+description=x,ou=x', 'device', 'cn: twin', 'faiMembership: A'),
    ].join(''),
    want: [
      /^error host-ambiguous: .*2 entries stand for the host twin/,
      /^warning place-unread: .*cn=web01\+.*: cn=web01,dc=example,dc=test stands for the host web01/i,
    ],
  },
}

for (const [name, { zone = '', ldif = '', more = '', want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const lines = await findingsOf(zone, ldif, more)
    t.equal(lines.length, want.length, lines.join('\n'))
    for (const [index, pattern] of want.entries()) t.match(lines[index], pattern)
  })
}
