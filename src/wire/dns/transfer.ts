import type { CountSteps } from '../../model/steps.ts'
import {
  BEHIND_THE_END,
  type MessageReader,
  type RecordTaker,
  type TransferredRecord,
  transferAnswerReader,
} from './transfer-reader.ts'

/** Reads one transfer; `records` is whole only once a message was `done`. */
export type TransferReader = MessageReader & { readonly records: readonly TransferredRecord[] }

/** Reads the answer to AXFR (RFC 5936, section 2.2), as `transferAnswerReader` and `wholeZoneTaker` say. Pure but for what it gathers. */
export const transferReader = (id: number, zone: string, count?: CountSteps): TransferReader => {
  const records: TransferredRecord[] = []
  return { records, ...transferAnswerReader({ id, zone, type: 'AXFR' }, wholeZoneTaker(records), count) }
}

/**
 * Gathers a whole zone, first row that applies.
 *
 *     a record behind the end                         fault
 *     the SOA again, of the same serial               the end; the SOA is kept once
 *     the SOA again, of another serial                fault: the zone changed meanwhile
 *     anything else                                   is one of the records
 */
export const wholeZoneTaker = (records: TransferredRecord[]): RecordTaker => {
  let serial: number | undefined
  let isDone = false
  return {
    isDone: () => isDone,
    take: (record, soa) => {
      if (isDone) return BEHIND_THE_END
      if (soa !== undefined && serial !== undefined && soa.serial !== serial) {
        return `the zone changed meanwhile (serial ${serial} at the beginning, ${soa.serial} at the end)`
      }
      isDone = soa !== undefined && serial !== undefined
      serial ??= soa?.serial
      if (!isDone) records.push(record)
      return undefined
    },
  }
}
