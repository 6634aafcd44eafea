import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'

/** A word or quoted string of a master file, escapes still in it. */
export type ZoneToken = {
  readonly text: string
  readonly quoted: boolean
  readonly line: number
  readonly column: number
}

/** What stands between two line ends that no parenthesis spans. */
export type ZoneEntry = {
  readonly tokens: readonly ZoneToken[]
  /** The line began with a blank, so the owner is that of the record before. */
  readonly isContinued: boolean
}

/** Where a character stands, as diagnostics name it. */
export type At = (place: { readonly line: number; readonly column: number }) => Origin

/**
 * Cuts a master file into entries (RFC 1035, section 5.1): comments, quotes,
 * escapes, parentheses. `text` holds one character for each octet. An entry with
 * a fault is reported and left out, and reading goes on behind it. Pure, linear.
 */
export const lexZone = (text: string, at: At): { entries: ZoneEntry[]; diagnostics: Diagnostic[] } => {
  const entries: ZoneEntry[] = []
  const diagnostics: Diagnostic[] = []
  let tokens: ZoneToken[] = []
  let isContinued = false
  let isFaulty = false
  let parenthesis: { line: number; column: number } | undefined
  let depth = 0
  let line = 1
  let lineStart = 0
  let i = 0

  const here = () => ({ line, column: i - lineStart + 1 })
  const fault = (message: string, place = here()): void => {
    if (!isFaulty) diagnostics.push(errorAt('zone-syntax', message, at(place)))
    isFaulty = true
  }
  const endEntry = (): void => {
    if (tokens.length > 0 && !isFaulty) entries.push({ tokens, isContinued })
    tokens = []
    isFaulty = false
  }
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = i
    return pattern.exec(text)?.[0] ?? ''
  }

  while (i < text.length) {
    const character = text[i] as string
    if (character === '\n') {
      if (depth === 0) endEntry()
      i++
      line++
      lineStart = i
    } else if (character === ' ' || character === '\t' || character === '\r') {
      if (depth === 0 && i === lineStart) isContinued = true
      i++
    } else if (character === ';') {
      i += take(COMMENT).length
    } else if (character === '(') {
      if (tokens.length === 0 && i === lineStart) isContinued = false
      parenthesis ??= here()
      depth++
      i++
    } else if (character === ')') {
      if (depth === 0) fault('")" closes no "("')
      depth = Math.max(0, depth - 1)
      if (depth === 0) parenthesis = undefined
      i++
    } else {
      if (tokens.length === 0 && i === lineStart) isContinued = false
      const quoted = character === '"'
      const word = take(quoted ? QUOTED : WORD)
      if (word === '') fault(quoted ? 'quoted string is not closed on its line' : 'backslash ends the line')
      else tokens.push({ text: quoted ? word.slice(1, -1) : word, quoted, ...here() })
      i += word === '' ? take(COMMENT).length : word.length
    }
  }
  if (parenthesis !== undefined) fault('"(" is not closed', parenthesis)
  endEntry()
  return { entries, diagnostics }
}

const COMMENT = /[^\n]*/y
const WORD = /(?:[^ \t\r\n;()"\\]+|\\[^\n\r])+/y
/** Unrolled, so that no two ways lead through one text: an unclosed quote must cost no more than its length. */
const QUOTED = /"[^"\\\n]*(?:\\[^\n\r][^"\\\n]*)*"/y
