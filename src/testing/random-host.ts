import { randomBytes, randomInt, randomUUID } from 'node:crypto'

/** A host that nobody has seen before: nothing in code or fixtures can know it. */
export type RandomHost = {
  readonly name: string
  readonly class: string
  readonly rootUuid: string
  readonly mark: string
  readonly address: string
  readonly keySecret: string
}

/** Draws a host; its address is in 192.0.2.0/24, above those of the fixtures. */
export const drawHost = (): RandomHost => ({
  name: `h${randomBytes(4).toString('hex')}`,
  class: `C${randomBytes(4).toString('hex').toUpperCase()}`,
  rootUuid: randomUUID(),
  mark: randomBytes(12).toString('hex'),
  address: `192.0.2.${randomInt(100, 250)}`,
  keySecret: randomBytes(32).toString('base64'),
})

/** The records that say what the host is to be. Its address is not among them. */
export const hostRecords = (host: RandomHost): string => `
_fai.${host.name}    IN TXT  "GRUB_EFI FIXED_UUID ${host.class}"
${host.class}._class IN TXT  "requires=DEBIAN"
                     IN TXT  "var.MARK=${host.mark}"
`

/** The entry that says where the host is, and which UUID its file system gets. */
export const hostEntry = (host: RandomHost): string => `
dn: cn=${host.name},ou=hosts,dc=example,dc=test
objectClass: device
objectClass: ipHost
objectClass: domainRelatedObject
objectClass: faiMember
cn: ${host.name}
associatedDomain: ${host.name}.example.test
ipHostNumber: ${host.address}
faiVariableSetting: ROOT_UUID=${host.rootUuid}
`

/** A script of the random class; the console shows what it writes before anybody logs in. */
export const MARK_SCRIPT = '#!/bin/sh\necho "mark=$MARK" >>"$target/etc/issue"\n'

/** The configuration that reads both and registers at a server. */
export const hostConfig = (server: string, keyFile: string): string => `sources:
  - { kind: zonefile, zone: example.test, path: example.test.zone }
  - { kind: ldif, base: "dc=example,dc=test", path: directory.ldif }
register:
  server: "${server}"
  zone: example.test
  reverse: [2.0.192.in-addr.arpa]
  tsig: { name: register.example.test, algorithm: hmac-sha256, secretFile: ${keyFile} }
`
