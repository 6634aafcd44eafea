import { WireError } from '../wire-error.ts'
import { END, encodePieces, type PlacedOption, type RawOption } from './option-field.ts'
import { OPTIONS } from './options.ts'

/** Code of the option that says which fields of the header hold options too (RFC 2132, section 9.3). */
export const OVERLOAD = 52
/** Bits of its one octet: the fields `file` and `sname`. */
export const OVERLOADED = { file: 1, sname: 2 } as const

const OVERLOAD_OCTETS = 3
const END_OCTETS = 1

/** Which fields of the header hold options, as bits; 0 where the option is absent. Throws `WireError`. */
export const decodeOverload = (pieces: readonly PlacedOption[]): number => {
  const [found, again] = pieces.filter(({ code }) => code === OVERLOAD)
  if (found === undefined) return 0
  const [bits = 0] = found.octets
  if (found.octets.length !== 1 || bits < 1 || bits > (OVERLOADED.file | OVERLOADED.sname)) {
    throw new WireError('option overload is not 1, 2 or 3', found.offset)
  }
  if (again !== undefined) throw new WireError('option overload stands twice', again.offset)
  return bits
}

/** Octets that each field has; 0 for one that holds something else. */
export type FieldRooms = { readonly options: number; readonly file: number; readonly sname: number }

/** The octets of each field, empty where it holds no options, and the codes of what had no room. */
export type OptionFields = {
  readonly options: Buffer
  readonly file: Buffer
  readonly sname: Buffer
  readonly omitted: readonly number[]
}

/**
 * Lays options out in their order, each whole in the first field that has room for it, so that the first ones are
 * the last to be left out (RFC 2131, section 4.1). What a relay said goes before all others, but stands last, and
 * in no other field than `options` (RFC 3046, sections 2.1 and 2.2).
 *
 *     all of them              fields
 *     fit into `options`       `options`
 *     do not                   `options` with an option overload, then `file`, then `sname`
 */
export const encodeFields = (options: readonly RawOption[], rooms: FieldRooms): OptionFields => {
  const encoded = options.map(option => ({ code: option.code, octets: encodePieces(option) }))
  const total = encoded.reduce((sum, { octets }) => sum + octets.length, END_OCTETS)
  const spare = total <= rooms.options ? END_OCTETS : END_OCTETS + OVERLOAD_OCTETS
  const isRelay = ({ code }: RawOption): boolean => code === OPTIONS.relayAgent.code
  const relay = fill(encoded.filter(isRelay), rooms.options - spare)
  const main = fill(
    encoded.filter(option => !isRelay(option)),
    rooms.options - spare - relay.octets.length,
  )
  const file = fill(main.left, rooms.file - END_OCTETS)
  const sname = fill(file.left, rooms.sname - END_OCTETS)
  const bits =
    (file.octets.length > 0 ? OVERLOADED.file : 0) | (sname.octets.length > 0 ? OVERLOADED.sname : 0)
  const overload = bits === 0 ? [] : [Buffer.of(OVERLOAD, 1, bits)]
  return {
    options: Buffer.concat([main.octets, ...overload, relay.octets, Buffer.of(END)]),
    file: ended(file.octets),
    sname: ended(sname.octets),
    omitted: [...relay.left, ...sname.left].map(({ code }) => code),
  }
}

/** Takes each option for which there is room still; what is `left` goes elsewhere. */
const fill = (
  options: readonly RawOption[],
  room: number,
): { readonly octets: Buffer; readonly left: readonly RawOption[] } => {
  const taken: Buffer[] = []
  const left: RawOption[] = []
  let free = room
  for (const option of options) {
    if (option.octets.length > free) {
      left.push(option)
      continue
    }
    taken.push(option.octets)
    free -= option.octets.length
  }
  return { octets: Buffer.concat(taken), left }
}

/** Octets with an end option; none where there are none. */
const ended = (octets: Buffer): Buffer =>
  octets.length === 0 ? octets : Buffer.concat([octets, Buffer.of(END)])
