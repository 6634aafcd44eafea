import { SourceError } from '../diagnostic/source-error.ts'
import { foldDnsName } from '../model/dns-name.ts'
import { formatServerAddress } from '../model/server-address.ts'
import { encodeQuery } from '../wire/dns/query.ts'
import { formatRcode } from '../wire/dns/rcode.ts'
import { decodeRdata } from '../wire/dns/rdata.ts'
import { recordType } from '../wire/dns/record-type.ts'
import { WireError } from '../wire/wire-error.ts'
import { type DnsConnection, transact } from './dns-transaction.ts'

/**
 * The addresses that a name has at the server now, whoever wrote them; what a
 * registration has to know of the time before to remove the PTR records of addresses
 * that are given up. Rejects with a `SourceError` where the server does not say.
 */
export const readAddresses = async (
  fqdn: string,
  connection: DnsConnection,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const answers = await Promise.all((['A', 'AAAA'] as const).map(type => ask(fqdn, type, connection, signal)))
  return answers.flat()
}

const ask = async (
  fqdn: string,
  type: 'A' | 'AAAA',
  connection: DnsConnection,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const server = formatServerAddress(connection.server)
  const refuse = (reason: string, rejected = false): never => {
    const origin = { kind: 'server', server } as const
    throw new SourceError(`${server}: cannot ask ${type} ${fqdn}: ${reason}`, origin, { rejected })
  }
  const encode = (id: number): Buffer =>
    encodeQuery({ id, owner: fqdn, type, recursion: false, authenticData: false })
  const reply = await transact(connection, encode, signal)
  if (reply.kind !== 'answer') return refuse(reply.reason, reply.kind === 'rejected')
  const rcode = formatRcode(reply.message.rcode)
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return refuse(rcode)
  try {
    return reply.message.answers
      .filter(record => record.type === recordType(type) && foldDnsName(record.owner) === foldDnsName(fqdn))
      .map(record => decodeRdata(reply.bytes, record))
      .flatMap(rdata => (rdata.kind === 'address' ? [rdata.address] : []))
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return refuse(`the answer is malformed: ${error.message}`)
  }
}
