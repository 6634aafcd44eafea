/** Where the two servers of a test are; `dnsMore` and `ldapMore` are more keys of their sources, as `a: b, c: d`. */
export type ServerAddresses = {
  readonly dns: string
  readonly ldap: string
  readonly zone?: string
  readonly dnsMore?: string
  readonly ldapMore?: string
}

/** The configuration of a site at a name server and a directory server. */
export const serverConfig = ({
  dns,
  ldap,
  zone = 'example.test',
  dnsMore = '',
  ldapMore = '',
}: ServerAddresses): string => `sources:
  - { kind: dns, zone: ${zone}, servers: ["${dns}"]${dnsMore && `, ${dnsMore}`} }
  - { kind: ldap, url: "${ldap}", base: "dc=example,dc=test"${ldapMore && `, ${ldapMore}`} }
`
