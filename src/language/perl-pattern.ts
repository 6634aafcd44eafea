/** What a Perl pattern can say and JavaScript cannot: recursion, code, conditions, `\G`, `\K`, possessive quantifiers. */
const FOREIGN = /^(?:\(\?(?:[0-9R&{?(|>+-]|P[>=])|\\[GKRXNg])/

/** One piece of a pattern: an escape, a class of POSIX, an opening group, or a character. */
const PIECE = /\\[Qx]\{[0-9A-Fa-f]+\}|\\.|\[:\^?[a-z]+:\]|\(\?[^:=!<)]*[:)]?|[\s\S]/y

const ESCAPES: Readonly<Record<string, string>> = {
  '\\A': '^',
  '\\z': '(?![\\s\\S])',
  '\\Z': '(?=\\n?(?![\\s\\S]))',
  '\\h': '[ \\t]',
  '\\s': '[ \\t\\n\\r\\f\\v]',
  '\\S': '[^ \\t\\n\\r\\f\\v]',
  '\\e': '\\x1b',
  '\\a': '\\x07',
}

/** The same inside of brackets, where a set cannot stand in a set. */
const BRACKET_ESCAPES: Readonly<Record<string, string>> = {
  '\\h': ' \\t',
  '\\s': ' \\t\\n\\r\\f\\v',
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
    if (!inBrackets && FOREIGN.test(body.slice(offset, offset + 4))) return undefined
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
  // A negated class cannot stand in a set: NUL marks what cannot be said.
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

const toHex = (piece: string): string =>
  piece.replace(/^\\x\{0*([0-9A-Fa-f]{1,2})\}$/, (_, hex: string) => `\\x${hex.padStart(2, '0')}`)
