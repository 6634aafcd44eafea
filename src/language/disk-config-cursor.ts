import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'
import { quote } from '../model/grammar.ts'
import type { CountSteps } from '../model/steps.ts'

/** A place in one line of a `disk_config` file, and the list that faults are added to. */
export type Cursor = {
  readonly path: string
  readonly line: number
  /** The line without its comment. */
  readonly text: string
  /** Offset of what has not been read yet. */
  at: number
  /** Once something was wanted and not found, nothing more is read of the line, and nothing more said about it. */
  isLost: boolean
  readonly diagnostics: Diagnostic[]
  readonly count?: CountSteps | undefined
}

/** The place where the cursor stands, or another offset of its line. */
export const originOf = ({ path, line, at }: Cursor, offset = at): Origin => ({
  kind: 'file',
  path,
  line,
  column: offset + 1,
})

/** Reads what the pattern matches here, or nothing. Blanks before it are skipped. */
export const take = (cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined => {
  if (cursor.isLost) return undefined
  const sticky = new RegExp(pattern, 'y')
  sticky.lastIndex = afterBlanks(cursor)
  const match = sticky.exec(cursor.text)
  cursor.count?.(1 + (match?.[0].length ?? 0))
  if (match === null) return undefined
  cursor.at = sticky.lastIndex
  return match
}

/** Like `take`; where the pattern does not match, says what was wanted and gives up the rest of the line. */
export const expect = (cursor: Cursor, pattern: RegExp, wanted: string): RegExpExecArray | undefined => {
  const match = take(cursor, pattern)
  if (match === undefined) reportSyntax(cursor, wanted)
  return match
}

/** Whether there is nothing more to read: only blanks are left, or the line is lost. */
export const isAtEnd = (cursor: Cursor): boolean =>
  cursor.isLost || afterBlanks(cursor) === cursor.text.length

/** Adds the error `disk-config-syntax` at the next word of the line. A passphrase is not shown. */
export const reportSyntax = (cursor: Cursor, wanted: string): void => {
  if (cursor.isLost) return
  const start = afterBlanks(cursor)
  const word = /^[^ \t]*/.exec(cursor.text.slice(start))?.[0] ?? ''
  const shown = word.replace(/:".*/, ':"…"')
  const found = word === '' ? 'the end of the line' : quote(shown)
  cursor.diagnostics.push(
    errorAt('disk-config-syntax', `${wanted} was wanted, found ${found}`, originOf(cursor, start)),
  )
  cursor.isLost = true
}

/** Adds the error `disk-config-invalid`: well written, but it cannot be meant. The line is read on. */
export const reportInvalid = (cursor: Cursor, message: string, offset = cursor.at): void => {
  cursor.diagnostics.push(errorAt('disk-config-invalid', message, originOf(cursor, offset)))
}

/** Words in a message: `"a", "b" or "c"`. Pure. */
export const oneOf = (words: readonly string[]): string =>
  words
    .map(word => `"${word}"`)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ')

const afterBlanks = ({ text, at, count }: Cursor): number => {
  const blanks = /[ \t]*/y
  blanks.lastIndex = at
  blanks.test(text)
  count?.(blanks.lastIndex - at)
  return blanks.lastIndex
}

/** The order of two places in one file. Pure. */
export const comparePlaces = (left: Origin, right: Origin): number => {
  if (left.kind !== 'file' || right.kind !== 'file') return 0
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0)
}
