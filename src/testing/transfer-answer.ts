import { decodeMessage, encodeMessage, type Message, type WireRecord } from '../wire/dns/message.ts'
import { encodeQuery } from '../wire/dns/query.ts'
import { encodeRdata, type Rdata } from '../wire/dns/rdata.ts'
import { recordType } from '../wire/dns/record-type.ts'
import type { Soa } from '../wire/dns/soa.ts'
import type { MessageReader, TransferState } from '../wire/dns/transfer-reader.ts'

/** The id of the transfers of tests. */
export const TRANSFER_ID = 7

/** Record data that says a serial, and times of a test. */
export const soaRdata = (serial: number, times: Partial<Soa> = {}): Extract<Rdata, { kind: 'soa' }> => ({
  kind: 'soa',
  primary: 'ns1.example.test',
  mailbox: 'hostmaster.example.test',
  serial,
  refreshSeconds: 3600,
  retrySeconds: 900,
  expireSeconds: 604_800,
  minimumSeconds: 300,
  ...times,
})

/** A record of class IN as it goes over the wire. */
export const wireRecord = (owner: string, type: string, rdata: Rdata): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: 1,
  ttlSeconds: 300,
  rdata: encodeRdata(rdata),
})

/** The SOA record of a zone. */
export const wireSoa = (serial: number, owner = 'example.test'): WireRecord =>
  wireRecord(owner, 'SOA', soaRdata(serial))

/** One message of a transfer: its answers, or what is different about it. */
export type TransferMessage = Partial<Message> | readonly WireRecord[]

/** Encodes an answer of a test to AXFR or IXFR. */
export const encodeTransfer = (
  type: 'SOA' | 'AXFR' | 'IXFR',
  over: TransferMessage,
  id = TRANSFER_ID,
): Buffer => {
  const asked = { id, owner: 'example.test', type, recursion: false, authenticData: false }
  const question = decodeMessage(encodeQuery(asked))
  const more: Partial<Message> = 'length' in over ? { answers: over } : over
  return encodeMessage({
    ...question,
    isResponse: true,
    authoritative: true,
    additionals: [],
    answers: [wireSoa(1)],
    ...more,
  })
}

/** What a reader says to each of these messages. */
export const takeTransfer = (
  reader: MessageReader,
  type: 'AXFR' | 'IXFR',
  messages: readonly TransferMessage[],
): readonly TransferState[] =>
  messages.map(over => {
    const bytes = encodeTransfer(type, over)
    return reader.take(bytes, decodeMessage(bytes))
  })
