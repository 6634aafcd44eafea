import { createHash } from 'node:crypto'
import { foldDnsName, toWireName } from '../../model/dns-name.ts'

/** RFC 4701, section 3.3: the identifier is what a DHCPv4 client identifier option holds. */
const CLIENT_IDENTIFIER = 0x0001
/** RFC 4701, section 3.4. */
const SHA_256 = 1
/** RFC 2132, section 9.14: type 0 is an identifier that is no hardware address. */
const IDENTIFIER = Buffer.from('\0fai-classes')

/**
 * The DHCID record that marks a name as registered by this program, in base64. Its
 * identifier is the same for every host: whose name it is follows from the name, which
 * the digest covers too. So new hardware takes the name of the old, a DHCP server's client does not.
 */
export const ownershipOf = (fqdn: string): string => dhcidOf(IDENTIFIER, fqdn)

/**
 * The data of the DHCID record of a client identifier and a name, in base64 (RFC 4701, section 3).
 *
 *     | 0x0001 | 1 | SHA-256(identifier, name as on the wire in lower case) |
 */
export const dhcidOf = (identifier: Buffer, fqdn: string): string => {
  const digest = createHash('sha256')
    .update(identifier)
    .update(toWireName(foldDnsName(fqdn)))
    .digest()
  return Buffer.concat([Buffer.from([0, CLIENT_IDENTIFIER, SHA_256]), digest]).toString('base64')
}
