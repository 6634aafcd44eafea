import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { withFiles } from '../testing/site-files.ts'

const LDIF = `version: 1

dn: dc=example,dc=test
objectClass: dcObject
dc: example

dn: cn=LdapOnly,dc=example,dc=test
objectClass: device
objectClass: ieee802Device
cn: LdapOnly
macAddress: AABB.CCDD.EEFF
`
const FILES = {
  'c.yaml':
    'sources: [{ kind: zonefile, zone: example.test, path: a.zone }, { kind: ldif, base: "dc=example,dc=test", path: d.ldif }]\n',
  'two.yaml':
    'sources: [{ kind: zonefile, zone: example.test, path: a.zone }, { kind: zonefile, zone: example.org, path: a.zone }]\n',
  'gone.yaml': 'sources: [{ kind: zonefile, zone: example.test, path: gone.zone }]\n',
  'gone-ldif.yaml': 'sources: [{ kind: ldif, base: "dc=example,dc=test", path: gone.ldif }]\n',
  'bad.yaml': 'sources: [\n',
  'a.zone':
    '@ SOA ns1.example.org. h 1 1 1 1 1\n@ NS ns1.example.org.\nweb01 A 192.0.2.1\n AAAA 2001:db8::11\n52-54-00-12-34-56._mac PTR web01\nonly.lab A 192.0.2.4\n',
  'd.ldif': LDIF,
}

type Row = readonly [args: string, exitCode: number, want: RegExp]

/** Blanks separate arguments; `~` stands for one inside an argument. */
const rows: readonly Row[] = [
  ['lookup 52:54:00:12:34:56 --config c.yaml', 0, /^web01$/m],
  ['lookup 52-54-00-12-34-56 --config c.yaml', 0, /^web01$/m],
  ['lookup 5254.0012.3456 --config c.yaml', 0, /^web01$/m],
  ['lookup 525400123456 --config c.yaml', 0, /^web01$/m],
  ['lookup 2001:0DB8:0000:0000:0000:0000:0000:0011 --config c.yaml', 0, /^web01$/m],
  ['lookup Web01.Example.TEST. --config c.yaml', 0, /^web01$/m],
  ['lookup only --config c.yaml', 0, /^only$/m],
  ['lookup ldaponly --config c.yaml', 0, /^ldaponly$/m],
  ['lookup LdapOnly.example.test --config c.yaml', 0, /^ldaponly$/m],
  ['lookup AA-BB-CC-DD-EE-FF --config c.yaml', 0, /^ldaponly$/m],
  ['lookup 52:54:00:12:34:5 --config c.yaml', 2, /"52:54:00:12:34:5" is no host name, MAC, IP or UUID/],
  ['lookup web~01 --config c.yaml', 2, /"web 01" is no host name/],
  ['lookup web01 --config two.yaml', 1, /host-ambiguous: .*web01\.example\.test, web01\.example\.org/],
  ['lookup web01 --config gone.yaml', 3, /^error source-unreachable: [^:]*gone\.zone: [^:]*: ENOENT$/m],
  [
    'check --config gone-ldif.yaml',
    3,
    /^error source-unreachable: [^:]*: cannot be read: ENOENT: no such file[^:]*$/m,
  ],
  ['check --config bad.yaml', 1, /^error config-invalid: .*bad\.yaml:2:1: flow sequence .* end with a \]$/m],
  ['check --config', 2, /--config needs a file/],
  ['lookup web01 --config c.yaml --config two.yaml', 2, /--config is given more than once/],
  ['lookup web01 --config c.yaml --format words --format json', 2, /--format is given more than once/],
  ['hosts --config c.yaml --where WEB --where LAB', 2, /--where is given more than once/],
  ['hosts --config c.yaml --class web01 --class LAST', 0, /^web01\.example\.test$/m],
  ['hosts --config c.yaml --where WEB~&&', 2, /--where "WEB &&" is not an expression/],
  ['diff --config c.yaml --against bad.yaml', 1, /^error config-invalid: .*bad\.yaml/m],
  ['diff --config c.yaml --against gone.yaml', 3, /^error source-unreachable: .*gone\.zone/m],
]

for (const [args, exitCode, want] of rows) {
  t.test(args, async t => {
    await withFiles(FILES, async directory => {
      const words = args.split(' ').map(word => word.replaceAll('~', ' '))
      const paths = words.map(word => (word.endsWith('.yaml') ? join(directory, word) : word))
      const run = await runInProcess(paths)
      t.match(`${run.stdout}${run.stderr}`, want)
      t.equal(run.exitCode, exitCode)
    })
  })
}
