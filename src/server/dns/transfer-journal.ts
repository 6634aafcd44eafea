import type { WireRecord } from '../../wire/dns/message.ts'
import type { ZoneChange } from './zone-change.ts'

/** The latest changes of the zone, so that a secondary need not have all of it again. */
export type TransferJournal = {
  readonly add: (change: ZoneChange) => void
  /** The changes that lead from a serial to the present one; undefined where it is unknown, or no longer known. */
  readonly since: (serial: number) => readonly ZoneChange[] | undefined
}

/** How much a journal keeps; the oldest changes go first. */
export type JournalBounds = { readonly changes: number; readonly octets: number }

/** What names, types and the objects around them come to, about. */
const RECORD_OCTETS = 200

/** An empty journal. A change that does not follow the one before it empties it first. */
export const transferJournal = (most: JournalBounds): TransferJournal => {
  let changes: ZoneChange[] = []
  let octets = 0
  return {
    add: change => {
      if (changes.at(-1)?.after.serial !== change.before.serial) {
        changes = []
        octets = 0
      }
      changes.push(change)
      octets += octetsOf(change)
      while (changes.length > most.changes || octets > most.octets) {
        octets -= octetsOf(changes.shift() as ZoneChange)
      }
    },
    since: serial => {
      const first = changes.findIndex(({ before }) => before.serial === serial)
      return first < 0 ? undefined : changes.slice(first)
    },
  }
}

const octetsOf = ({ deleted, added }: ZoneChange): number => {
  const ofRecord = (sum: number, { rdata }: WireRecord): number => sum + RECORD_OCTETS + rdata.length
  return deleted.reduce(ofRecord, added.reduce(ofRecord, RECORD_OCTETS))
}
