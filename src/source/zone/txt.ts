import type { Origin } from '../../diagnostic/diagnostic.ts'
import type { CountSteps } from '../../model/steps.ts'
import type { AnswerRecord } from '../dns/answer.ts'

/** One TXT record as one text. */
export type Text = {
  readonly text: string
  /** Its size in the record, for the bound of a place. */
  readonly octets: number
  readonly origin: Origin
  /** It is a whole class list, of the style `list`. */
  readonly isList?: true
}

/** Most octets of text at one place (contract, section 3.8). */
export const MAX_PLACE_OCTETS = 65536
const FULL_STRING_OCTETS = 255
const SPACE = Buffer.from(' ')

/**
 * The character-strings of one record joined by a space, a string of exactly 255
 * octets to the next without one, because tools that split long text cut there. Pure.
 */
export const joinStrings = (strings: readonly Buffer[]): Buffer => {
  const [first, ...others] = strings
  // Nearly every record has one.
  if (first !== undefined && others.length === 0) return first
  return Buffer.concat(
    strings.flatMap((string, i) =>
      i === strings.length - 1 || string.length === FULL_STRING_OCTETS ? [string] : [string, SPACE],
    ),
  )
}

/** The texts of an answer in the order of their bytes, identical ones once: an RRset has no order of its own. Pure. */
export const readTexts = (records: readonly AnswerRecord[], count?: CountSteps): readonly Text[] => {
  const joined = records.flatMap(({ rdata, origin }) =>
    rdata.kind === 'text' ? [{ octets: joinStrings(rdata.strings), origin }] : [],
  )
  return joined
    .sort((a, b) => {
      count?.(Math.min(a.octets.length, b.octets.length))
      return Buffer.compare(a.octets, b.octets)
    })
    .filter(({ octets }, i) => i === 0 || !joined[i - 1]?.octets.equals(octets))
    .map(({ octets, origin }) => ({ text: octets.toString('utf8'), octets: octets.length, origin }))
}

/** `KEY=value` split at the first `=`, the key in lower case; undefined where there is no `=`. Pure. */
export const splitKey = (text: string): { key: string; value: string } | undefined => {
  const equals = text.indexOf('=')
  return equals < 0 ? undefined : { key: text.slice(0, equals).toLowerCase(), value: text.slice(equals + 1) }
}

const VARIABLE_PREFIX = 'var.'

/** `NAME=value` of a `var.NAME=value`; undefined for any other text. The key ignores case, NAME does not. Pure. */
export const variableText = (text: string): string | undefined =>
  splitKey(text)?.key.startsWith(VARIABLE_PREFIX) ? text.slice(VARIABLE_PREFIX.length) : undefined
