import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'

/** A place in one line of a `disk_config` file, and the list that faults are added to. */
export type Cursor = {
  readonly path: string
  readonly line: number
  readonly text: string
  /** Offset of what has not been read yet. */
  at: number
  readonly diagnostics: Diagnostic[]
}

/** The place where the cursor stands, or another offset of its line. */
export const originOf = ({ path, line, at }: Cursor, offset = at): Origin => ({
  kind: 'file',
  path,
  line,
  column: offset + 1,
})

/** Reads what the sticky pattern matches here, or nothing. Blanks before it are skipped. */
export const take = (cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined => {
  const blanks = /[ \t]*/y
  blanks.lastIndex = cursor.at
  blanks.test(cursor.text)
  const sticky = new RegExp(pattern, 'y')
  sticky.lastIndex = blanks.lastIndex
  const match = sticky.exec(cursor.text)
  if (match === null) return undefined
  cursor.at = sticky.lastIndex
  return match
}

/** Like `take`; where the pattern does not match, says what was wanted. */
export const expect = (cursor: Cursor, pattern: RegExp, wanted: string): RegExpExecArray | undefined => {
  const match = take(cursor, pattern)
  if (match === undefined) reportSyntax(cursor, wanted)
  return match
}

/** Whether only blanks are left on the line. */
export const isAtEnd = ({ text, at }: Cursor): boolean => text.slice(at).trim() === ''

/** Adds the error `disk-config-syntax` at the next word of the line. */
export const reportSyntax = (cursor: Cursor, wanted: string): void => {
  take(cursor, /(?=.)/)
  const [word] = cursor.text.slice(cursor.at).split(/[ \t]/)
  const found = word === undefined || word === '' ? 'the end of the line' : `"${word}"`
  cursor.diagnostics.push(
    errorAt('disk-config-syntax', `${wanted} was wanted, found ${found}`, originOf(cursor)),
  )
}

/** Adds the error `disk-config-unsupported`: FAI knows it, this program does not yet. */
export const reportUnsupported = (cursor: Cursor, what: string, offset = cursor.at): void => {
  cursor.diagnostics.push(
    errorAt('disk-config-unsupported', `${what} is not supported yet`, originOf(cursor, offset)),
  )
}

/** Adds the error `disk-config-invalid`: well written, but it cannot be meant. */
export const reportInvalid = (cursor: Cursor, message: string, offset = cursor.at): void => {
  cursor.diagnostics.push(errorAt('disk-config-invalid', message, originOf(cursor, offset)))
}
