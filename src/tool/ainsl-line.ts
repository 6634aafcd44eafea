import { parsePerlPattern } from '../language/perl-pattern.ts'

/** How a line is looked for. */
export type LineSearch = {
  readonly line: string
  /** A pattern of its own (perlre); the line serves as one where absent. */
  readonly pattern: string | undefined
  /** `-s`: blanks of the pattern match any white space. */
  readonly anyBlanks: boolean
  /** `-q`: `*` means itself. */
  readonly quoteStars: boolean
  /** `-Q`: every character means itself. */
  readonly quoteAll: boolean
}

/**
 * What is to be appended to a file, empty where a line of it matches already; undefined where the pattern is none
 * (fai-semantics.md, section 3.4). Without a pattern of its own, `^` and `$` around the line tie the search and are not
 * written, and `( ) +` mean themselves. Texts are Latin-1, a character a byte. Pure.
 */
export const lineToAppend = (content: string, search: LineSearch): string | undefined => {
  const pattern = parsePerlPattern(patternOf(search))
  if (pattern === undefined) return undefined
  const lines = content.match(/[^\n]*\n|[^\n]+$/g) ?? []
  if (lines.some(line => pattern.test(line))) return ''
  const line = search.pattern === undefined ? search.line.replace(/^\^/, '').replace(/\$$/, '') : search.line
  const glue = content === '' || content.endsWith('\n') ? '' : '\n'
  return `${glue}${line}\n`
}

const patternOf = ({ line, pattern, anyBlanks, quoteStars, quoteAll }: LineSearch): string => {
  const plain = pattern ?? line
  if (quoteAll) {
    const quoted = (text: string): string => text.replace(/[^A-Za-z0-9_]/g, '\\$&')
    return anyBlanks
      ? plain
          .split(/[ \t\n\r\f\v]+/)
          .map(quoted)
          .join('\\s+')
      : quoted(plain)
  }
  const escaped = pattern === undefined ? plain.replace(/[()+]/g, '\\$&') : plain
  const blanks = anyBlanks ? escaped.replace(/[ \t\n\r\f\v]+/g, '\\s+') : escaped
  return quoteStars ? blanks.replaceAll('*', '\\*') : blanks
}
