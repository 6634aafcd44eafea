/** What a Perl pattern can say and JavaScript cannot: recursion, code, conditions, flags of a group, `\G`, `\K`, `{,3}`. */
const FOREIGN = /^(?:\(\?(?:[0-9R&{?(|>+-]|P[>=]|(?!i:)[a-z^])|\\(?:[GKRXg]|[bBk]\{)|\{,\d)/
/** The same, also in brackets: properties, names and octal numbers of characters. */
const FOREIGN_CHARACTER = /^\\[pPNo]/

/** One piece of a pattern: an escape, a class of POSIX, an opening group, or a character. */
const PIECE = /\\x\{[0-9A-Fa-f]+\}|\\.|\[:\^?[a-z]+:\]|\(\?[^:=!<)]*[:)]?|[\s\S]/y

const ESCAPES: Readonly<Record<string, string>> = {
  '\\A': '^',
  '\\z': '(?![\\s\\S])',
  '\\Z': '(?=\\n?(?![\\s\\S]))',
  '\\h': '[ \\t\\xa0]',
  '\\H': '[^ \\t\\xa0]',
  '\\v': '[\\n\\v\\f\\r\\x85]',
  '\\V': '[^\\n\\v\\f\\r\\x85]',
  '\\s': '[ \\t\\n\\r\\f\\v]',
  '\\S': '[^ \\t\\n\\r\\f\\v]',
  '\\e': '\\x1b',
  '\\a': '\\x07',
}

/** The same inside of brackets, where a set cannot stand in a set. */
const BRACKET_ESCAPES: Readonly<Record<string, string>> = {
  '\\h': ' \\t\\xa0',
  '\\H': '\\0-\\x08\\n-\\x1f!-\\x9f\\xa1-\\xff',
  '\\v': '\\n\\v\\f\\r\\x85',
  '\\V': '\\0-\\t\\x0e-\\x84\\x86-\\xff',
  '\\s': ' \\t\\n\\r\\f\\v',
  '\\S': '\\0-\\x08\\x0e-\\x1f!-\\xff',
  '\\e': '\\x1b',
  '\\a': '\\x07',
}

const POSIX: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\r\\f\\v',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
  cntrl: '\\x00-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
}

/**
 * A regular expression of Perl (perlre) over the bytes of a line, each a character of Latin-1, with its line feed; undefined
 * where it is none, or says what JavaScript cannot. What both write alike but mean otherwise is written anew: `$` also
 * matches before a line feed at the end, `.` is all but a line feed, `\s` knows ASCII only. Pure.
 */
export const parsePerlPattern = (text: string): RegExp | undefined => {
  const flags = /^\(\?([ims]+)\)/.exec(text)
  const body = text.slice(flags?.[0].length ?? 0)
  const translated = translate(body, flags?.[1] ?? '')
  if (translated === undefined) return undefined
  try {
    return new RegExp(translated, flags?.[1]?.includes('i') ? 'i' : '')
  } catch {
    return undefined
  }
}

const translate = (body: string, flags: string): string | undefined => {
  let done = ''
  let inBrackets = false
  let first = false
  for (let offset = 0; offset < body.length; ) {
    const rest = body.slice(offset, offset + 4)
    if (FOREIGN_CHARACTER.test(rest) || (!inBrackets && FOREIGN.test(rest))) return undefined
    PIECE.lastIndex = offset
    const piece = PIECE.exec(body)?.[0] ?? ''
    offset = offset + piece.length
    if (inBrackets) {
      inBrackets = piece !== ']' || first
      first = first && piece === '^'
      done += inBrackets ? inSet(piece) : piece
    } else {
      inBrackets = piece === '['
      first = inBrackets
      done += outside(piece, flags)
    }
    if (done.endsWith('\0')) return undefined
  }
  return inBrackets ? undefined : done
}

const inSet = (piece: string): string => {
  const posix = /^\[:(\^?)([a-z]+):\]$/.exec(piece)
  // A negated class cannot stand in a set, a character above 255 nowhere: NUL marks what cannot be said.
  if (posix !== null) return posix[1] === '^' ? '\0' : (POSIX[posix[2] ?? ''] ?? '\0')
  if (piece === '[' || piece === ']') return `\\${piece}`
  return BRACKET_ESCAPES[piece] ?? toHex(piece)
}

const outside = (piece: string, flags: string): string => {
  if (piece === '$') return flags.includes('m') ? '(?=\\n|(?![\\s\\S]))' : '(?=\\n?(?![\\s\\S]))'
  if (piece === '^' && flags.includes('m')) return '(?<=^|\\n)'
  if (piece === '.') return flags.includes('s') ? '[\\s\\S]' : '[^\\n]'
  // Quantifiers aside, Perl takes these as they are.
  if (piece === ']') return '\\]'
  return ESCAPES[piece] ?? toHex(piece)
}

/** `\x{e9}` as `\xe9`; no byte is larger. */
const toHex = (piece: string): string => {
  if (!piece.startsWith('\\x{')) return piece
  const [, hex] = /\{0*([0-9A-Fa-f]{1,2})\}$/.exec(piece) ?? []
  return hex === undefined ? '\0' : `\\x${hex.padStart(2, '0')}`
}
