import t from 'tap'
import { type LdapAddress, parseLdapUrl } from './url.ts'

const tcp = (host: string, port: number, tls: boolean): LdapAddress => ({ kind: 'tcp', host, port, tls })

const cases: Record<string, LdapAddress | undefined> = {
  'ldap://127.0.0.1:3890': tcp('127.0.0.1', 3890, false),
  'ldap://ldap.example.test': tcp('ldap.example.test', 389, false),
  'LDAPS://ldap.example.test/': tcp('ldap.example.test', 636, true),
  'ldap://[2001:db8::1]:389': tcp('2001:db8::1', 389, false),
  'ldap://': tcp('localhost', 389, false),
  'ldapi://%2Frun%2Fslapd%2Fldapi': { kind: 'socket', path: '/run/slapd/ldapi' },
  'ldapi:///run/slapd/ldapi': { kind: 'socket', path: '/run/slapd/ldapi' },
  'ldapi:///': { kind: 'socket', path: '/var/run/slapd/ldapi' },
  'ldapi://relative': undefined,
  'ldapi://%zz': undefined,
  'ldap://a:70000': undefined,
  'ldap://a:0': undefined,
  'ldap://a/dc=example': undefined,
  'http://a': undefined,
  'ldap.example.test': undefined,
}

for (const [url, want] of Object.entries(cases)) {
  t.test(`${url} is ${want === undefined ? 'none' : `a ${want.kind} address`}`, async t => {
    t.strictSame(parseLdapUrl(url), want)
  })
}
