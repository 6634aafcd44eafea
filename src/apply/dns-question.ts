import { SourceError } from '../diagnostic/source-error.ts'
import { foldDnsName } from '../model/dns-name.ts'
import { formatServerAddress } from '../model/server-address.ts'
import type { PlacedRecord } from '../wire/dns/message.ts'
import { encodeQuery } from '../wire/dns/query.ts'
import { formatRcode } from '../wire/dns/rcode.ts'
import { decodeRdata, type Rdata } from '../wire/dns/rdata.ts'
import { formatRecordType, recordType } from '../wire/dns/record-type.ts'
import { WireError } from '../wire/wire-error.ts'
import { type DnsConnection, transact } from './dns-transaction.ts'

/** A record of an answer, its owner folded. */
export type AnsweredRecord = { readonly owner: string; readonly type: string; readonly rdata: Rdata }

/** The SOA record of an answer: of the zone that holds the name, where there is one. */
export type AnsweredZone = { readonly zone: string; readonly primary: string; readonly mailbox: string }

/** What a server says to one question, whoever is authoritative. */
export type DnsAnswer = {
  readonly rcode: string
  readonly isAuthoritative: boolean
  readonly answers: readonly AnsweredRecord[]
  readonly zone: AnsweredZone | undefined
}

/** Types that a registration asks for. */
export type QuestionType = 'A' | 'AAAA' | 'CNAME' | 'DHCID' | 'SOA'

/**
 * Asks one server one question, over TCP and signed where there is a key. Rejects
 * with a `SourceError` where no answer comes or none that can be believed.
 */
export const askServer = async (
  owner: string,
  type: QuestionType,
  connection: DnsConnection,
  signal: AbortSignal,
): Promise<DnsAnswer> => {
  const recursion = connection.isResolver ?? false
  const encode = (id: number): Buffer => encodeQuery({ id, owner, type, recursion, authenticData: false })
  const reply = await transact(connection, encode, signal)
  if (reply.kind !== 'answer') {
    throw unanswered(owner, type, connection, reply.reason, reply.kind === 'rejected')
  }
  const { bytes, message } = reply
  try {
    return {
      rcode: formatRcode(message.rcode),
      isAuthoritative: message.authoritative,
      answers: message.answers.map(record => readRecord(bytes, record)),
      zone: readZone(bytes, [...message.answers, ...message.authorities]),
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    throw unanswered(owner, type, connection, `the answer is malformed: ${error.message}`)
  }
}

const readRecord = (bytes: Buffer, record: PlacedRecord): AnsweredRecord => ({
  owner: foldDnsName(record.owner),
  type: formatRecordType(record.type),
  rdata: decodeRdata(bytes, record),
})

/** RFC 2308, section 2: a negative answer has the SOA of the zone in its authority section. */
const readZone = (bytes: Buffer, records: readonly PlacedRecord[]): AnsweredZone | undefined => {
  const soa = records.find(({ type }) => type === recordType('SOA'))
  const rdata = soa && decodeRdata(bytes, soa)
  if (soa === undefined || rdata?.kind !== 'soa') return undefined
  const { primary, mailbox } = rdata
  return { zone: foldDnsName(soa.owner), primary: foldDnsName(primary), mailbox: foldDnsName(mailbox) }
}

const unanswered = (
  owner: string,
  type: string,
  connection: DnsConnection,
  reason: string,
  rejected = false,
): SourceError => {
  const server = formatServerAddress(connection.server)
  const message = `${server}: cannot ask ${type} ${owner}: ${reason}`
  return new SourceError(message, { kind: 'server', server }, { rejected })
}
