import type { CountSteps } from '../../model/steps.ts'

/** A value that was read up to `end`, the place of the `,` or `+` behind it or the end of the text. */
export type DnValueResult =
  | {
      readonly ok: true
      readonly end: number
      /** What the value says, unescaped; for an opaque `#` value its hex digits. */
      readonly value: string
      /** Escaped again, no more than needed (RFC 4514, section 2.4). */
      readonly text: string
      readonly normal: string
    }
  | { readonly ok: false; readonly offset: number }

/**
 * Reads one attribute value of a DN from `start` (RFC 4514, section 3). Pure.
 *
 *     string = [ ( leadchar / pair ) [ *( stringchar / pair ) ( trailchar / pair ) ] ]
 *     pair   = "\" ( "\" / special / hexpair )
 */
export const parseDnValue = (text: string, start: number, count?: CountSteps): DnValueResult => {
  let offset = start
  while (text[offset] === ' ') offset += 1
  count?.(offset - start)
  return text[offset] === '#' ? parseHexString(text, offset, count) : parseString(text, offset, count)
}

/**
 * A value as it is compared: case ignored, blanks at both ends dropped and inner
 * runs of them squeezed to one (RFC 4518, sections 2.2, 2.3 and 2.6.1). Pure.
 */
export const foldValue = (value: string): string => {
  // Plain ASCII is nearly every value, and normalization would leave it alone.
  const folded = ASCII.test(value)
    ? value.toLowerCase()
    : value.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
  const squeezed = folded.replace(/ {2,}/g, ' ')
  return squeezed.slice(squeezed.startsWith(' ') ? 1 : 0, lengthWithoutBlanks(squeezed))
}

const parseString = (text: string, start: number, count: CountSteps | undefined): DnValueResult => {
  let value = ''
  // Length of the value up to its last character that is no unescaped blank.
  let kept = 0
  let offset = start
  while (offset < text.length) {
    PLAIN.lastIndex = offset
    const plain = PLAIN.exec(text)?.[0]
    count?.(1 + (plain?.length ?? 0))
    if (plain !== undefined) {
      const said = lengthWithoutBlanks(plain)
      if (said > 0) kept = value.length + said
      value += plain
      offset += plain.length
      continue
    }
    const character = text[offset] as string
    if (character === ',' || character === '+') break
    if (character !== '\\') return { ok: false, offset }
    HEX_PAIRS.lastIndex = offset
    const pairs = HEX_PAIRS.exec(text)?.[0]
    count?.(pairs?.length ?? 2)
    const escaped = pairs === undefined ? SPECIAL.get(text[offset + 1] ?? '') : decodeUtf8(unhex(pairs))
    if (escaped === undefined) return { ok: false, offset }
    value += escaped
    offset += pairs?.length ?? 2
    kept = value.length
  }
  const said = value.slice(0, kept)
  count?.(said.length)
  return {
    ok: true,
    end: offset,
    value: said,
    text: escapeDnValue(said),
    normal: escapeDnValue(foldValue(said)),
  }
}

const parseHexString = (text: string, start: number, count: CountSteps | undefined): DnValueResult => {
  HEX_STRING.lastIndex = start
  const match = HEX_STRING.exec(text)
  if (match === null) return { ok: false, offset: start }
  const [whole, digits = ''] = match
  count?.(whole.length)
  const end = start + whole.length
  if (end < text.length && text[end] !== ',' && text[end] !== '+') return { ok: false, offset: end }
  const said = decodeBerString(Buffer.from(digits, 'hex'))
  if (said === undefined) {
    const value = `#${digits.toLowerCase()}`
    return { ok: true, end, value, text: value, normal: value }
  }
  return { ok: true, end, value: said, text: escapeDnValue(said), normal: escapeDnValue(foldValue(said)) }
}

/** A value as it stands in a DN (RFC 4514, section 2.4). Pure. */
export const escapeDnValue = (value: string): string => {
  if (PLAIN_VALUE.test(value)) return value
  const inner = value.replace(/["+,;<>\\]/g, '\\$&').replaceAll('\0', '\\00')
  const led = value.startsWith(' ') || value.startsWith('#') ? `\\${inner}` : inner
  return value.length > 1 && value.endsWith(' ') ? `${led.slice(0, -1)}\\ ` : led
}

//  1 byte   1 to 3 bytes
// |  tag  |   length    | contents |     X.690, section 8.1: OCTET STRING and the string types
const decodeBerString = (bytes: Buffer): string | undefined => {
  const [tag = 0, first = 0] = bytes
  if (!STRING_TAGS.has(tag)) return undefined
  const lengthOctets = first < 0x80 ? 0 : first - 0x80
  if (lengthOctets > 2 || bytes.length < 2 + lengthOctets) return undefined
  const length = lengthOctets === 0 ? first : bytes.readUIntBE(2, lengthOctets)
  const contents = bytes.subarray(2 + lengthOctets)
  return contents.length === length ? decodeUtf8(contents) : undefined
}

const decodeUtf8 = (bytes: Buffer): string | undefined => {
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined
}

const unhex = (pairs: string): Buffer => Buffer.from(pairs.replaceAll('\\', ''), 'hex')

const lengthWithoutBlanks = (text: string): number => {
  let length = text.length
  while (length > 0 && text[length - 1] === ' ') length -= 1
  return length
}

const PLAIN = /[^"+,;<>\\\0]+/y
const PLAIN_VALUE = /^(?:[^ #"+,;<>\\\0](?:[^"+,;<>\\\0]*[^ "+,;<>\\\0])?)?$/
const ASCII = /^[\0-\x7f]*$/
const HEX_PAIRS = /(?:\\[0-9A-Fa-f]{2})+/y
const HEX_STRING = /#((?:[0-9A-Fa-f]{2})+) */y
const SPECIAL: ReadonlyMap<string, string> = new Map(
  [...' #"+,;<>=\\'].map(character => [character, character]),
)
/** OCTET STRING, UTF8String, PrintableString, IA5String. */
const STRING_TAGS: ReadonlySet<number> = new Set([0x04, 0x0c, 0x13, 0x16])
