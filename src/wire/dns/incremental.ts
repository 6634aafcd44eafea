import { isOlderSerial } from '../../model/serial.ts'
import type { CountSteps } from '../../model/steps.ts'
import type { Soa } from './soa.ts'
import { wholeZoneTaker } from './transfer.ts'
import {
  BEHIND_THE_END,
  type MessageReader,
  type RecordTaker,
  type TransferredRecord,
  transferAnswerReader,
} from './transfer-reader.ts'

/** One step of a zone from a serial to the next (RFC 1995, section 4): what goes, then what comes, each with its SOA first. */
export type ZoneDelta = {
  readonly from: number
  readonly to: number
  readonly deleted: readonly TransferredRecord[]
  readonly added: readonly TransferredRecord[]
}

/** What a server has for somebody who has a zone of some serial. */
export type Increment =
  /** Nothing newer; `soa` is the server's. */
  | { readonly kind: 'current'; readonly soa: Soa }
  /** All of the zone, as in AXFR. */
  | { readonly kind: 'whole'; readonly records: readonly TransferredRecord[] }
  /** Steps that begin at the serial and follow each other. */
  | { readonly kind: 'deltas'; readonly deltas: readonly ZoneDelta[] }

/** Reads one answer to IXFR; `increment` says it only once a message was `done`. */
export type IncrementReader = MessageReader & { readonly increment: () => Increment | undefined }

/**
 * Reads the answer to IXFR from `serial` (RFC 1995, section 4), as `transferAnswerReader` says of its messages. Pure but for what it gathers.
 *
 *     first record      second                              answer
 *     SOA, not newer    none in this message                current
 *     SOA, newer        none yet                            more must come, since this is TCP
 *     SOA               its serial again, or no SOA         whole
 *     SOA               SOA of another serial               deltas
 */
export const incrementReader = (
  id: number,
  zone: string,
  serial: number,
  count?: CountSteps,
): IncrementReader => {
  const records: TransferredRecord[] = []
  const deltas: ZoneDelta[] = []
  let first: TransferredRecord | undefined
  let last: Soa | undefined
  let taker: RecordTaker | undefined
  const isCurrent = (): boolean =>
    taker === undefined && last !== undefined && !isOlderSerial(serial, last.serial)
  const take: RecordTaker['take'] = (record, soa) => {
    if (first === undefined || last === undefined) {
      first = record
      last = soa
      return undefined
    }
    if (taker === undefined) {
      const isWhole = soa === undefined || soa.serial === last.serial
      taker = isWhole ? wholeZoneTaker(records) : deltaTaker(deltas, serial, last.serial)
      if (isWhole) taker.take(first, last)
    }
    return taker.take(record, soa)
  }
  const isDone = (): boolean => taker?.isDone() ?? isCurrent()
  return {
    ...transferAnswerReader({ id, zone, type: 'IXFR' }, { take, isDone }, count),
    increment: () => {
      if (last === undefined || !isDone()) return undefined
      if (taker === undefined) return { kind: 'current', soa: last }
      return deltas.length > 0 ? { kind: 'deltas', deltas } : { kind: 'whole', records }
    },
  }
}

type OpenDelta = {
  readonly from: number
  readonly to: number | undefined
  readonly deleted: TransferredRecord[]
  readonly added: TransferredRecord[]
}

/**
 * Gathers the steps from `start` to `final`, by what the SOA of the zone means where it stands. A record that is none
 * belongs to the part that the SOA before it began.
 *
 *     first, or behind additions that did not reach `final`   deletions begin; its serial must be the last one reached
 *     behind deletions                                        additions begin; its serial must be newer
 *     behind additions that reached `final`                   the end; its serial must be `final`
 */
const deltaTaker = (deltas: ZoneDelta[], start: number, final: number): RecordTaker => {
  let reached = start
  let open: OpenDelta | undefined
  let isDone = false
  const close = (): void => {
    if (open?.to === undefined) return
    deltas.push({ ...open, to: open.to })
    reached = open.to
    open = undefined
  }
  const takeSoa = (record: TransferredRecord, { serial }: Soa): string | undefined => {
    if (open !== undefined && open.to === undefined) {
      if (!isOlderSerial(open.from, serial)) return `a change leads from serial ${open.from} to ${serial}`
      open = { ...open, to: serial, added: [record] }
      return undefined
    }
    close()
    if (serial !== reached) return `a change begins at serial ${serial}, where ${reached} was reached`
    isDone = reached === final
    if (!isDone) open = { from: serial, to: undefined, deleted: [record], added: [] }
    return undefined
  }
  return {
    isDone: () => isDone,
    take: (record, soa) => {
      if (isDone) return BEHIND_THE_END
      if (soa !== undefined) return takeSoa(record, soa)
      const part = open?.to === undefined ? open?.deleted : open.added
      part?.push(record)
      return undefined
    },
  }
}
