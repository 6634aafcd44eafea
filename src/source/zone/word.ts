import { parseDnsName } from '../../model/dns-name.ts'
import type { CountSteps } from '../../model/steps.ts'

/** With a bound: in a word of megabytes the expression would run out of stack. */
const TTL = /^(?:[0-9]+[wdhms]){0,99}[0-9]*$/i
const UNITS: Readonly<Record<string, number>> = { w: 604800, d: 86400, h: 3600, m: 60, s: 1, '': 1 }
const MAX_TTL = 2 ** 31 - 1
const MAX_STRING_OCTETS = 255

/** A TTL in seconds, also as `1h30m`; undefined where the text is none (RFC 2181, section 8). Pure. */
export const parseTtl = (text: string): number | undefined => {
  if (text === '' || !TTL.test(text) || !/^[0-9]/.test(text)) return undefined
  let seconds = 0
  for (const [, number, unit] of text.matchAll(/([0-9]+)([wdhms]?)/gi)) {
    seconds += Number(number) * (UNITS[(unit ?? '').toLowerCase()] as number)
  }
  return seconds <= MAX_TTL ? seconds : undefined
}

/** An unsigned number of so many bits; undefined where the text is none. Pure. */
export const parseUnsigned = (text: string, bits: 8 | 16 | 32): number | undefined =>
  /^[0-9]{1,10}$/.test(text) && Number(text) < 2 ** bits ? Number(text) : undefined

/** The octets of a character-string, `\DDD` and `\X` undone; undefined where it is too long or holds `\256`. Pure. */
export const parseCharacterString = (text: string): Buffer | undefined => {
  let isByte = true
  const plain = text.replace(/\\([0-9]{3}|[\s\S])/g, (_, escaped: string) => {
    if (escaped.length === 1) return escaped
    if (Number(escaped) > 255) isByte = false
    return String.fromCharCode(Number(escaped))
  })
  const octets = Buffer.from(plain, 'latin1')
  return isByte && octets.length <= MAX_STRING_OCTETS ? octets : undefined
}

/** A name of a master file, which is below `origin` unless it ends in a dot; undefined where it is none. Pure. */
export const parseZoneName = (text: string, origin: string, count?: CountSteps): string | undefined => {
  if (text === '@') return origin
  return parseDnsName(endsInDot(text, count) || origin === '' ? text : `${text}.${origin}`, count)
}

const endsInDot = (text: string, count: CountSteps | undefined): boolean => {
  if (!text.endsWith('.')) return false
  let backslashes = 0
  while (text[text.length - 2 - backslashes] === '\\') backslashes++
  count?.(backslashes)
  return backslashes % 2 === 0
}
