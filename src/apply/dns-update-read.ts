import { foldDnsName } from '../model/dns-name.ts'
import { ownershipOf } from '../plan/register/dhcid.ts'
import type { Registered } from '../plan/register/registration.ts'
import { askServer, type QuestionType } from './dns-question.ts'
import type { DnsConnection } from './dns-transaction.ts'

/**
 * What a name has at the server now: what a registration has to know of the time before, to take away the
 * PTR records of addresses that are given up, and no other's. Undefined where the server does not say, as one that has
 * no such zone: what it says to the update then explains it. Rejects with a `SourceError` where no answer comes
 * or none that can be believed.
 */
export const readRegistered = async (
  fqdn: string,
  connection: DnsConnection,
  signal: AbortSignal,
): Promise<Registered | undefined> => {
  const ask = (type: QuestionType) => rdataOf(fqdn, type, connection, signal)
  // One after the other: what the first one is refused, so are the others.
  const owners = await ask('DHCID')
  if (owners === undefined) return undefined
  const answers = await Promise.all([ask('A'), ask('AAAA')])
  const addresses = answers.flatMap(rdata => rdata ?? [])
  return {
    addresses: addresses.flatMap(rdata => (rdata.kind === 'address' ? [rdata.address] : [])),
    isOurs: owners.some(rdata => rdata.kind === 'opaque' && isOurs(rdata.octets, fqdn)),
  }
}

const isOurs = (octets: Buffer, fqdn: string): boolean => octets.toString('base64') === ownershipOf(fqdn)

const rdataOf = async (fqdn: string, type: QuestionType, connection: DnsConnection, signal: AbortSignal) => {
  const { rcode, answers } = await askServer(fqdn, type, connection, signal)
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return undefined
  return answers
    .filter(record => record.type === type && record.owner === foldDnsName(fqdn))
    .map(({ rdata }) => rdata)
}
