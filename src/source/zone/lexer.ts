import { type Diagnostic, errorAt, type Origin } from '../../diagnostic/diagnostic.ts'
import type { CountSteps } from '../../model/steps.ts'
import { type Lexeme, scanZone } from './scan.ts'

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
 * Cuts a master file into entries (RFC 1035, section 5.1), which parentheses join over
 * lines. `text` holds one character for each octet. An entry with a fault is reported
 * once and left out, and reading goes on behind it. Pure, linear.
 */
export const lexZone = (
  text: string,
  at: At,
  count?: CountSteps,
): { entries: ZoneEntry[]; diagnostics: Diagnostic[] } => {
  const entries: ZoneEntry[] = []
  const diagnostics: Diagnostic[] = []
  let tokens: ZoneToken[] = []
  let first: Lexeme | undefined
  let isFaulty = false
  const open: Lexeme[] = []
  const fault = (message: string, place: Lexeme): void => {
    if (!isFaulty) diagnostics.push(errorAt('zone-syntax', message, at(place)))
    isFaulty = true
  }
  const close = (lexeme: Lexeme): void => {
    if (open.pop() === undefined) fault('")" closes no "("', lexeme)
  }
  const endEntry = (): void => {
    if (tokens.length > 0 && !isFaulty) entries.push({ tokens, isContinued: first?.column !== 1 })
    tokens = []
    first = undefined
    isFaulty = false
  }
  for (const lexeme of scanZone(text, count)) {
    count?.(1)
    if (lexeme.kind === 'line-end') {
      if (open.length === 0) endEntry()
      continue
    }
    first ??= lexeme
    const { kind, text: word, line, column } = lexeme
    if (kind === 'open') open.push(lexeme)
    else if (kind === 'close') close(lexeme)
    else if (kind === 'fault') fault(word, lexeme)
    else tokens.push({ text: word, quoted: kind === 'quoted', line, column })
  }
  if (open[0] !== undefined) fault('"(" is not closed', open[0])
  endEntry()
  return { entries, diagnostics }
}
