import type { CountSteps } from '../../model/steps.ts'
import { WireError } from '../wire-error.ts'
import type { PlacedRecord } from './message.ts'
import { decodeName, encodeName } from './name.ts'
import { recordType } from './record-type.ts'

/** What stands in front of the names, in octets and character-strings, and how many names there are. */
type Layout = { readonly octets: number; readonly strings?: number; readonly names: number }

/** Types that nobody here reads and in which a server may have compressed names (RFC 3597, section 4). */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map(
  Object.entries({
    MB: { octets: 0, names: 1 },
    MG: { octets: 0, names: 1 },
    MR: { octets: 0, names: 1 },
    MINFO: { octets: 0, names: 2 },
    MX: { octets: 2, names: 1 },
    RP: { octets: 0, names: 2 },
    AFSDB: { octets: 2, names: 1 },
    KX: { octets: 2, names: 1 },
    SRV: { octets: 6, names: 1 },
    NAPTR: { octets: 4, strings: 3, names: 1 },
  }).map(([type, layout]) => [recordType(type), layout]),
)

/**
 * The data of a record of `bytes` with its names written out, so that equal data is equal octets whatever message
 * it stood in; undefined for a type without such names. Throws `WireError`.
 */
export const decodeNamed = (
  bytes: Buffer,
  { type, rdata, rdataOffset }: PlacedRecord,
  count?: CountSteps,
): Buffer | undefined => {
  const layout = LAYOUTS.get(type)
  if (layout === undefined) return undefined
  const behind = rdataOffset + rdata.length
  let at = rdataOffset + layout.octets
  for (let i = 0; i < (layout.strings ?? 0); i++) at += 1 + (bytes[at] ?? 0)
  if (at > behind) throw new WireError('record data is too short', behind)
  const parts = [bytes.subarray(rdataOffset, at)]
  for (let i = 0; i < layout.names; i++) {
    const { name, end } = decodeName(bytes, at, count)
    parts.push(encodeName(name))
    at = end
  }
  if (at !== behind) throw new WireError('names do not fill their record', at)
  return Buffer.concat(parts)
}
