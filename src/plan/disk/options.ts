import { errorAt, type Origin, type Outcome } from '../../diagnostic/diagnostic.ts'

const NAME = '[A-Za-z_][A-Za-z0-9_]*'

/** One piece of a text: blanks, a quoted text, an escaped character, a variable, or plain characters. */
const PIECE = new RegExp(
  `([ \\t]+)|'([^']*)'|\\\\(.)|\\$(?:(${NAME})|\\{(${NAME})\\})|([^ \\t'"\\\\$|&;<>()\`*?[\\]#~!{}]+)`,
  'y',
)

/**
 * Splits `createopts` or `tuneopts` into the words that a program gets. FAI hands this text to a shell; here there is
 * none, so only what a shell does with the common forms is done: blanks split, `'...'` keeps a text whole, `\x` is x, and
 * `$NAME` or `${NAME}` is the value of a variable, split at blanks too. A variable without a value is `variable-unset`,
 * anything else that only a shell could carry out is `disk-config-unsupported`. Pure.
 */
export const splitOptions = (
  text: string,
  variables: Readonly<Record<string, string>>,
  origin: Origin,
): Outcome<readonly string[]> => {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at
    const match = PIECE.exec(text)
    if (match === null) {
      return refuse(
        'disk-config-unsupported',
        `"${text.slice(at)}", which needs a shell, is not supported`,
        origin,
      )
    }
    const [, blank, quoted, escaped, plainName, bracedName, plain] = match
    const name = plainName ?? bracedName
    const value = name !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined
    if (name !== undefined && value === undefined) {
      return refuse('variable-unset', `variable ${name} of "${text}" has no value`, origin)
    }
    const [first = '', ...more] = value?.split(/[ \t\n]+/) ?? []
    const start = quoted ?? escaped ?? plain ?? first
    if (blank === undefined && (start !== '' || quoted !== undefined)) word = (word ?? '') + start
    for (const next of blank === undefined ? more : ['']) {
      if (word !== undefined) words.push(word)
      word = next === '' ? undefined : next
    }
  }
  return { value: word === undefined ? words : [...words, word], diagnostics: [] }
}

const refuse = (
  code: 'disk-config-unsupported' | 'variable-unset',
  message: string,
  origin: Origin,
): Outcome<never> => ({ value: undefined, diagnostics: [errorAt(code, message, origin)] })

/**
 * The value of a short option in a list of words, the last one where it stands several times: `-L x` and `-Lx`.
 * Undefined where it is not there. Pure.
 */
export const optionValue = (words: readonly string[], letter: string): string | undefined => {
  for (let index = words.length - 1; index >= 0; index--) {
    const word = words[index] as string
    if (word === `-${letter}` && index + 1 < words.length) return words[index + 1]
    if (word.startsWith(`-${letter}`) && word.length > 2) return word.slice(2)
  }
  return undefined
}
