import type { CountSteps } from '../../model/steps.ts'

/** One piece of a master file: a word, a quoted string, a parenthesis, a line end, or what is none of them. */
export type Lexeme = {
  readonly kind: 'word' | 'quoted' | 'open' | 'close' | 'line-end' | 'fault'
  /** The text of a word or string with its escapes; the message of a fault. */
  readonly text: string
  readonly line: number
  readonly column: number
}

/** Ends of words, found by hand: a regular expression runs out of stack in a word of megabytes. */
const DELIMITERS = new Set([' ', '\t', '\r', '\n', ';', '(', ')', '"'])
const BLANKS = new Set([' ', '\t', '\r'])

/**
 * The lexemes of a master file without blanks and comments (RFC 1035, section 5.1).
 * A fault takes the rest of its line. `text` holds one character for each octet. Pure, linear.
 */
export function* scanZone(text: string, count?: CountSteps): Generator<Lexeme, void, void> {
  let line = 1
  let lineStart = 0
  let i = 0
  while (i < text.length) {
    count?.(1)
    const character = text[i] as string
    const column = i - lineStart + 1
    if (BLANKS.has(character)) {
      i++
    } else if (character === ';') {
      i = lineEnd(text, i, count)
    } else if (character === '\n') {
      yield { kind: 'line-end', text: '', line, column }
      lineStart = ++i
      line++
    } else if (character === '(' || character === ')') {
      yield { kind: character === '(' ? 'open' : 'close', text: character, line, column }
      i++
    } else {
      const { end, ...lexeme } = character === '"' ? quotedAt(text, i, count) : wordAt(text, i, count)
      yield { ...lexeme, line, column }
      i = end
    }
  }
}

type Piece = Pick<Lexeme, 'kind' | 'text'> & { readonly end: number }

const wordAt = (text: string, start: number, count: CountSteps | undefined): Piece => {
  let end = start
  while (end < text.length && !DELIMITERS.has(text[end] as string)) {
    count?.(1)
    if (text[end] === '\\' && isLineEnd(text[++end])) {
      return { kind: 'fault', text: 'backslash ends the line', end: lineEnd(text, start, count) }
    }
    end++
  }
  return { kind: 'word', text: text.slice(start, end), end }
}

const quotedAt = (text: string, start: number, count: CountSteps | undefined): Piece => {
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i++) {
    count?.(1)
    if (text[i] === '"') return { kind: 'quoted', text: text.slice(start + 1, i), end: i + 1 }
    if (text[i] === '\\' && isLineEnd(text[++i])) break
  }
  return { kind: 'fault', text: 'quoted string is not closed on its line', end: lineEnd(text, start, count) }
}

const lineEnd = (text: string, start: number, count: CountSteps | undefined): number => {
  const newline = text.indexOf('\n', start)
  const end = newline < 0 ? text.length : newline
  count?.(end - start)
  return end
}

const isLineEnd = (character: string | undefined): boolean =>
  character === undefined || character === '\n' || character === '\r'
