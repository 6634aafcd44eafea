import { parseAge } from './age.ts'

/** `date-time` of RFC 3339, section 5.6, with its offset. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/

/** What a date can hold, before and after 1970 (ECMA-262, section 21.4.1.1). */
const MOST_MS = 8.64e15

/**
 * A time as RFC 3339 writes it, or an age such as `2h` before `nowMs`, in milliseconds since 1970; undefined where the text is
 * neither. Pure.
 */
export const parseTime = (text: string, nowMs: number): number | undefined => {
  const ageMs = parseAge(text)
  if (ageMs !== undefined) return nowMs - ageMs < -MOST_MS ? undefined : nowMs - ageMs
  const timeMs = DATE_TIME.test(text) ? Date.parse(text.toUpperCase().replace(' ', 'T')) : Number.NaN
  return Number.isNaN(timeMs) ? undefined : timeMs
}
