import { formatRcode } from '../../wire/dns/rcode.ts'
import { formatRecordType, recordType } from '../../wire/dns/record-type.ts'
import type { OwnCount } from '../counters.ts'

/** Counts at 100,000 a second, which a labelled counter cannot. */
export type QueryCounts = {
  readonly count: (type: number, rcode: number) => void
  readonly countLimited: (type: number) => void
  /** Those that are not zero, by type and code; `limited` for what the rate limit kept back. */
  readonly read: () => readonly OwnCount[]
}

/** Types that are told apart; what is asked for else, and what had no question, is one. */
const TYPES = ['A', 'NS', 'SOA', 'PTR', 'TXT', 'AAAA', 'IXFR', 'AXFR', 'ANY'].map(recordType)
const OTHER = 0
/** Codes that an answer has: those of the header, and BADVERS. */
const CODES = 17
const LIMITED = CODES
const WIDTH = CODES + 1

/** Counts that are all zero. */
export const queryCounts = (): QueryCounts => {
  const counts = new Float64Array((TYPES.length + 1) * WIDTH)
  const rows = new Map(TYPES.map((type, index) => [type, (index + 1) * WIDTH]))
  const add = (type: number, column: number): void => {
    const at = (rows.get(type) ?? OTHER) + column
    counts[at] = (counts[at] as number) + 1
  }
  return {
    count: (type, rcode) => add(type, Math.min(rcode, CODES - 1)),
    countLimited: type => add(type, LIMITED),
    read: () =>
      [OTHER, ...TYPES].flatMap((type, row) =>
        Array.from({ length: WIDTH }, (_, column) => ({
          type: type === OTHER ? 'other' : formatRecordType(type),
          outcome: outcomeOf(column),
          count: counts[row * WIDTH + column] as number,
        })).filter(({ count }) => count > 0),
      ),
  }
}

const outcomeOf = (column: number): string => {
  if (column === LIMITED) return 'limited'
  return column === CODES - 1 ? 'BADVERS' : formatRcode(column)
}
