import t from 'tap'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { parseConfig } from './parse-config.ts'

const faults: Record<string, { text: string; want: string[] }> = {
  'an unknown key names the nearest known one and its place': {
    text: 'sources:\n  - { kind: dns, zone: e.test, servers: ["127.0.0.1"], stile: [bare] }\n',
    want: [
      'error config-invalid: site.yaml:2:56: unknown key "stile" in sources.0 (nearest known key: "style")',
    ],
  },
  'an unknown key that resembles nothing stands alone': {
    text: 'sources:\n  - { kind: deps, path: class }\nzzzzzzzz: 1\n',
    want: ['error config-invalid: site.yaml:3:1: unknown key "zzzzzzzz"'],
  },
  'all faults are reported': {
    text: 'sources:\n  - kind: ldif\n    base: dc=x\nresolution: { hostClass: long }\n',
    want: [
      'error config-invalid: site.yaml:2:5: sources.0.path is missing (wanted string)',
      'error config-invalid: site.yaml:4:15: resolution.hostClass is not one of short, fqdn, none',
    ],
  },
  'an unknown kind of source': {
    text: 'sources:\n  - { kind: nis }\n',
    want: [
      'error config-invalid: site.yaml:2:7: sources.0.kind is not one of dns, ldap, zonefile, ldif, deps',
    ],
  },
  'text that is no YAML': {
    text: 'sources: [\n',
    want: [
      'error config-invalid: site.yaml:2:1: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  'an address that is none': {
    text: 'sources:\n  - { kind: ldap, url: ldap.example.test, base: "dc=e" }\n',
    want: ['error config-invalid: site.yaml:2:19: sources.0.url is no ldap://, ldaps:// or ldapi:// address'],
  },
  'zones that are no domain names': {
    text: `sources:
  - { kind: dns, zone: "ex ample..test", servers: ["127.0.0.1"] }
  - { kind: zonefile, zone: .test, path: zone }
register: { zone: e..test }
`,
    want: [
      'error config-invalid: site.yaml:2:18: sources.0.zone is no domain name such as ns.example.test',
      'error config-invalid: site.yaml:3:23: sources.1.zone is no domain name such as ns.example.test',
      'error config-invalid: site.yaml:4:13: register.zone is no domain name such as ns.example.test',
    ],
  },
  'a reverse zone with an unknown key, with a server that is none, and of another kind': {
    text: `sources:
  - { kind: deps, path: class }
register:
  zone: e.test
  reverse:
    - { zone: 2.0.192.in-addr.arpa, sever: "127.0.0.1" }
    - { zone: 2.0.192.in-addr.arpa, server: "127.0.0.1:x" }
    - { server: "127.0.0.1" }
    - 7
`,
    want: [
      'error config-invalid: site.yaml:6:37: unknown key "sever" in register.reverse.0 (nearest known key: "server")',
      'error config-invalid: site.yaml:7:37: register.reverse.1.server is no server such as 127.0.0.1:5300 or [::1]:53',
      'error config-invalid: site.yaml:8:7: register.reverse.2.zone is missing (wanted string)',
      'error config-invalid: site.yaml:9:7: register.reverse.3 is neither the name of a zone nor a zone with its server',
    ],
  },
  'no source at all': {
    text: 'sources: []\n',
    want: ['error config-invalid: site.yaml:1:1: sources is empty'],
  },
  'an empty file': {
    text: '',
    want: ['error config-invalid: site.yaml:1:1: sources is missing (wanted array)'],
  },
  'a dns server beyond loopback without a key': {
    text: 'sources:\n  - { kind: dns, zone: e.test, servers: ["192.0.2.1"], dnssec: ad }\n',
    want: [
      'error unauthenticated-source: site.yaml:2:7: dns server 192.0.2.1 is beyond loopback and its answers are not signed (tsig)',
    ],
  },
  'an ldap server beyond loopback without TLS': {
    text: 'sources:\n  - { kind: ldap, url: "ldap://ldap.example.test", base: "dc=example" }\n',
    want: [
      'error unauthenticated-source: site.yaml:2:7: ldap server ldap.example.test is beyond loopback and TLS is off (startTls, or ldaps://)',
    ],
  },
}

for (const [name, { text, want }] of Object.entries(faults)) {
  t.test(name, async t => {
    const { value, diagnostics } = parseConfig(text, 'site.yaml')
    t.equal(value, undefined)
    t.strictSame(diagnostics.map(formatDiagnostic), want)
  })
}

const trusted: Record<string, string> = {
  'loopback by IPv4 with a port': '{ kind: dns, zone: e.test, servers: ["127.0.0.1:5300"] }',
  'loopback by IPv6 with a port': '{ kind: dns, zone: e.test, servers: ["[::1]:5300"] }',
  'a signed source':
    '{ kind: dns, zone: e.test, servers: ["192.0.2.1"], tsig: { name: k, secretFile: k.key } }',
  'ldaps beyond loopback': '{ kind: ldap, url: "ldaps://192.0.2.1", base: "dc=e" }',
  'StartTLS beyond loopback': '{ kind: ldap, url: "ldap://192.0.2.1", base: "dc=e", startTls: true }',
  'a socket': '{ kind: ldap, url: "ldapi://%2Frun%2Fslapd%2Fldapi", base: "dc=e" }',
}

for (const [name, source] of Object.entries(trusted)) {
  t.test(`${name} is trusted`, async t => {
    t.match(parseConfig(`sources: [${source}]`, 'site.yaml'), { value: { sources: [{}] }, diagnostics: [] })
  })
}

t.test('insecure makes the error a warning', async t => {
  const text = 'sources: [{ kind: dns, zone: e.test, servers: ["192.0.2.1"], insecure: true }]'
  const { value, diagnostics } = parseConfig(text, 'site.yaml')
  t.ok(value)
  t.match(diagnostics, [{ severity: 'warning', code: 'unauthenticated-source' }])
})
