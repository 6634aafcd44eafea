import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'

const SITE = ['--config', 'fixtures/check/site/fai-classes.yaml']
const DEMO = ['--config', 'fixtures/demo/fai-classes.yaml']

t.test('every finding of a site, each once, and a summary', async t => {
  const { stdout, stderr, exitCode } = await runInProcess(['check', ...SITE])
  t.equal(stdout, '5 hosts, 15 classes, 4 errors, 9 warnings\n')
  t.equal(exitCode, 1)
  const lines = stderr.split('\n').filter(line => /^(error|warning)/.test(line))
  const codes = lines.map(line => /^\w+ [a-z-]+/.exec(line)?.[0] ?? '')
  t.strictSame(codes.sort(), [
    'error class-conflict',
    'error class-cycle',
    'error syntax',
    'error unknown-key',
    'warning class-case',
    'warning class-cycle',
    'warning host-only-in-dns',
    'warning host-only-in-ldap',
    'warning order-ambiguous',
    'warning unknown-class',
    'warning unknown-class',
    'warning unknown-class',
    'warning unknown-class',
  ])
})

t.test('strict makes warnings errors', async t => {
  t.match(await runInProcess(['check', ...DEMO]), {
    stdout: '4 hosts, 8 classes, 0 errors, 2 warnings\n',
    exitCode: 0,
  })
  t.match(await runInProcess(['check', ...DEMO, '--strict']), {
    stdout: '4 hosts, 8 classes, 2 errors, 0 warnings\n',
    stderr: /^error host-only-in-dns/,
    exitCode: 1,
  })
})

const HEAD = '@ SOA ns1.example.org. h 1 1 1 1 1\n@ NS ns1.example.org.\n'
const ZONEFILE = '{ kind: zonefile, zone: example.test, path: site.zone }'
const LDIF = '{ kind: ldif, base: "dc=example,dc=test", path: site.ldif }'
const DIRECTORY = 'version: 1\n\ndn: dc=example,dc=test\nobjectClass: dcObject\ndc: example\n'
const entry = (cn: string, more = '') =>
  `\ndn: cn=${cn},dc=example,dc=test\nobjectClass: device\nobjectClass: domainRelatedObject\ncn: ${cn}\n${more}`

const config = (sources: string, more = ''): string => `sources: [${sources}]\n${more}`

type Case = {
  sources?: string
  more?: string
  zone: string
  ldif?: string
  want: readonly RegExp[]
  summary: string
}

const cases: Record<string, Case> = {
  'nothing wrong': {
    zone: 'web01 A 192.0.2.1\n_fai.web01 TXT WEB\nWEB._class TXT "description=x"\n',
    want: [],
    summary: '1 hosts, 1 classes, 0 errors, 0 warnings',
  },
  'a finding of a domain is one, with the hosts that it hits': {
    zone: `${[1, 2, 3, 4, 5, 6, 7].map(n => `web0${n} A 192.0.2.${n}\n`).join('')}_default._fai TXT WBE\nWEB._class TXT "description=x"\n`,
    want: [
      /^warning unknown-class: .*site\.zone:10: .*nearest known name: "WEB"\)\n {2}7 hosts: web01.*, web05\.example\.test and 2 more$/m,
    ],
    summary: '7 hosts, 2 classes, 0 errors, 1 warnings',
  },
  'unknown classes as the configuration says': {
    more: 'resolution: { unknownClass: error }\n',
    zone: 'WEB._class TXT "requires=NGINX"\nSITE._class TXT "requires=PHP2"\nSITE._class TXT "after=X"\n',
    want: [
      /^error unknown-class: .*"NGINX"/m,
      /^error unknown-class: .*"PHP2"/m,
      /^warning unknown-class: .*"X"/m,
    ],
    summary: '0 hosts, 5 classes, 2 errors, 1 warnings',
  },
  'a cycle that a host has is told once': {
    zone: 'web01 A 192.0.2.1\nweb02 A 192.0.2.2\n_fai.web01 TXT A\n_fai.web02 TXT B\nA._class TXT "requires=B"\nB._class TXT "requires=A"\n',
    want: [
      /^error class-cycle: .*A requires B requires A\n.*site\.zone:8.*\n {2}2 hosts: web01\.example\.test, web02\.example\.test$/m,
    ],
    summary: '2 hosts, 2 classes, 1 errors, 0 warnings',
  },
  'one class in two spellings at one host is the error of that host alone': {
    zone: 'web01 A 192.0.2.1\n_fai.web01 TXT "WEB Web"\nWEB._class TXT "description=x"\n',
    want: [/^error class-case: /m],
    summary: '1 hosts, 1 classes, 1 errors, 0 warnings',
  },
  'the class of a host is exempt': {
    zone: 'mail A 192.0.2.1\n_fai.mail TXT "MAIL mail"\nMAIL._class TXT "description=x"\n',
    want: [/^warning implicit-class: /],
    summary: '1 hosts, 1 classes, 0 errors, 1 warnings',
  },
  'hosts of one kind of source are compared with the other kind': {
    sources: `${ZONEFILE}, ${LDIF}`,
    zone: 'web01 A 192.0.2.1\nweb02 A 192.0.2.2\n',
    ldif: `${DIRECTORY}${entry('web02')}${entry('web03', 'associatedDomain: web03.example.test\n')}${entry('far', 'associatedDomain: far.example.org\n')}${entry('bare')}`,
    want: [
      /^warning host-only-in-dns: .*web01\.example\.test has no entry/m,
      /^warning host-only-in-ldap: .*: web03\.example\.test has neither/m,
      /^warning host-only-in-ldap: .*: bare has neither/m,
    ],
    summary: '5 hosts, 0 classes, 0 errors, 3 warnings',
  },
  'a file that is none of its kind': {
    zone: 'web01 A 192.0.2.300\n',
    want: [/^error zone-syntax: .*site\.zone:3/m],
    summary: '',
  },
}

for (const [name, { sources = ZONEFILE, more, zone, ldif = '', want, summary }] of Object.entries(cases)) {
  t.test(name, async t => {
    const files = { 'c.yaml': config(sources, more), 'site.zone': HEAD + zone, 'site.ldif': ldif }
    await withFiles(files, async directory => {
      const run = await runInProcess(['check', '--config', join(directory, 'c.yaml')])
      t.equal(run.stdout, summary === '' ? '' : `${summary}\n`, run.stderr)
      t.equal(run.exitCode, summary.includes(' 0 errors') ? 0 : 1)
      for (const pattern of want) t.match(run.stderr, pattern)
    })
  })
}

t.test('a source that is not there: exit 3, and nothing was counted', async t => {
  await withFiles({ 'c.yaml': config(ZONEFILE) }, async directory => {
    const args = ['check', '--config', join(directory, 'c.yaml')]
    t.match(await runInProcess(args), {
      exitCode: 3,
      stdout: '',
      stderr: /^error source-unreachable: .*site\.zone/,
    })
    const { stdout, exitCode } = await runInProcess([...args, '--format', 'json'])
    t.equal(exitCode, 3)
    t.equal(await schemaFaults('check', stdout), '')
    t.notMatch(JSON.parse(stdout), { hosts: 0 })
  })
})

t.test('json has the shape of its schema', async t => {
  const { stdout, exitCode } = await runInProcess(['check', ...SITE, '--format', 'json'])
  t.equal(await schemaFaults('check', stdout), '')
  t.match(JSON.parse(stdout), { hosts: 5, classes: 15, errors: 4, warnings: 9 })
  t.equal(exitCode, 1)
})
