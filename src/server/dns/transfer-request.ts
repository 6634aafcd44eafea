import { foldDnsName } from '../../model/dns-name.ts'
import { isOlderSerial } from '../../model/serial.ts'
import { DNS_CLASS } from '../../wire/dns/dns-class.ts'
import type { Message, PlacedRecord, WireRecord } from '../../wire/dns/message.ts'
import { RCODE } from '../../wire/dns/rcode.ts'
import { decodeRdata } from '../../wire/dns/rdata.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import { axfrRecords, ixfrRecords } from '../../wire/dns/transfer-messages.ts'
import type { TransferJournal } from './transfer-journal.ts'
import type { TransferableZone, ZoneChange } from './zone-change.ts'

/** A question for the zone, and whether who asks may have it: by key, or by address. */
export type TransferRequest = {
  readonly bytes: Buffer
  readonly message: Message<PlacedRecord>
  readonly isPermitted: boolean
}

/** What such a question gets. */
export type TransferDecision =
  | {
      readonly kind: 'send'
      readonly form: 'whole' | 'changes' | 'serial'
      readonly serial: number
      /** Taken in the same turn, so that they are of that serial; then they stay so. */
      readonly records: () => Iterable<WireRecord>
    }
  | { readonly kind: 'refuse'; readonly rcode: number; readonly why: string }

const AXFR = recordType('AXFR')
const IXFR = recordType('IXFR')
const SOA = recordType('SOA')

/** Whether a message asks for a zone. Pure. */
export const isTransferQuestion = ({ questions }: Pick<Message, 'questions'>): boolean =>
  questions.some(({ type }) => type === AXFR || type === IXFR)

/**
 * What a question for the zone gets (RFC 5936, section 2.2.1; RFC 1995, sections 2 and 4), first row that applies. Pure but for
 * the zone and the journal, which it asks once. Throws `WireError` where the SOA of the question is malformed.
 *
 *     several questions, or another class               FORMERR
 *     another zone                                      NOTAUTH
 *     neither a key of ours nor a secondary's address   REFUSED
 *     AXFR                                              the whole zone
 *     IXFR without the SOA that the client has          FORMERR
 *     IXFR from our serial, or a newer one              our SOA alone
 *     IXFR from a serial that the journal has, and
 *       fewer records than the zone                     the changes since
 *     any other IXFR                                    the whole zone
 */
export const decideTransfer = (
  { bytes, message, isPermitted }: TransferRequest,
  zone: TransferableZone,
  journal: TransferJournal,
): TransferDecision => {
  const [question, ...others] = message.questions
  if (question === undefined || others.length > 0 || question.dnsClass !== DNS_CLASS.in) {
    return refuse(RCODE.FORMERR, 'no single question of class IN')
  }
  if (foldDnsName(question.name) !== foldDnsName(zone.apex)) {
    return refuse(RCODE.NOTAUTH, `the zone "${question.name}" is not ours`)
  }
  if (!isPermitted) return refuse(RCODE.REFUSED, 'neither one of serve.dns.tsig nor of serve.dns.secondaries')
  const { serial, record: soa } = zone.soa()
  const whole: TransferDecision = {
    kind: 'send',
    form: 'whole',
    serial,
    records: () => axfrRecords(soa, zone.records()),
  }
  if (question.type === AXFR) return whole
  const known = serialIn(bytes, message, zone.apex)
  if (known === undefined) return refuse(RCODE.FORMERR, 'IXFR without the SOA record of its zone')
  if (!isOlderSerial(known, serial)) return { kind: 'send', form: 'serial', serial, records: () => [soa] }
  const changes = journal.since(known)
  if (changes === undefined || countRecords(changes) > zone.recordCount()) return whole
  const steps = changes.map(change => ({
    ...change,
    before: change.before.record,
    after: change.after.record,
  }))
  return { kind: 'send', form: 'changes', serial, records: () => ixfrRecords(soa, steps) }
}

const refuse = (rcode: number, why: string): TransferDecision => ({ kind: 'refuse', rcode, why })

/** The serial that the client has (RFC 1995, section 3). */
const serialIn = (
  bytes: Buffer,
  { authorities }: Message<PlacedRecord>,
  apex: string,
): number | undefined => {
  const [found] = authorities.filter(
    ({ owner, type }) => type === SOA && foldDnsName(owner) === foldDnsName(apex),
  )
  const rdata = found && decodeRdata(bytes, found)
  return rdata?.kind === 'soa' ? rdata.serial : undefined
}

const countRecords = (changes: readonly ZoneChange[]): number =>
  changes.reduce((sum, { deleted, added }) => sum + deleted.length + added.length, 0)
