import { errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { PackageWord } from '../../language/package-config.ts'

const VARIABLE = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g

/**
 * Puts the values of variables into a package word; a value of several words gives several. A variable
 * without a value is `variable-unset`. Pure.
 */
export const expandWord = (
  { word, origin }: PackageWord,
  variables: Readonly<Record<string, string>>,
): Outcome<readonly PackageWord[]> => {
  const unset: string[] = []
  const text = word.replace(VARIABLE, (_match, plain?: string, braced?: string) => {
    const name = plain ?? braced ?? ''
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) unset.push(name)
    return value ?? ''
  })
  if (unset.length > 0) {
    const message = `variable ${unset.join(', ')} of "${word}" has no value`
    return { value: undefined, diagnostics: [errorAt('variable-unset', message, origin)] }
  }
  const words = text.split(/\s+/).filter(each => each !== '')
  return { value: words.map(each => ({ word: each, origin })), diagnostics: [] }
}

/**
 * The name a word is about, without mark, version, archive and architecture (install-packages.md, "Known names").
 * Without a catalog a final `+` is part of the name only behind another one (`g++`) or in `memtest86+`. Pure.
 */
export const packageName = (word: string): string =>
  word
    .replace(/[=/].*$/, '')
    .replace(/-$/, '')
    .replace(/(?<![+]|^memtest86)\+$/, '')
    .replace(/:[a-z0-9]+$/, '')

/** The LAST mark of a package wins: of `vim ... vim-` only `vim-` stays. Repeats are dropped. Pure. */
export const keepLastMarks = <T extends PackageWord>(words: readonly T[]): readonly T[] => {
  const last = new Map(words.map(each => [packageName(each.word), each.word]))
  const seen = new Set<string>()
  return words.filter(({ word }) => {
    if (last.get(packageName(word)) !== word || seen.has(word)) return false
    seen.add(word)
    return true
  })
}
