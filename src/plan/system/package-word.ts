import { type Outcome, warningAt } from '../../diagnostic/diagnostic.ts'
import type { PackageWord } from '../../language/package-config.ts'
import type { PackageCatalog } from '../../model/package-catalog.ts'

const VARIABLE = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g

/**
 * Puts the values of variables into a package word; a value of several words gives several. Without a value the word
 * is left out with the warning `variable-unset`. Pure.
 */
export const expandWord = <T extends PackageWord>(
  written: T,
  variables: Readonly<Record<string, string | undefined>>,
): Outcome<readonly T[]> => {
  const { word, origin } = written
  const unset: string[] = []
  const text = word.replace(VARIABLE, (_match, plain?: string, braced?: string) => {
    const name = plain ?? braced ?? ''
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) unset.push(name)
    return value ?? ''
  })
  if (unset.length > 0) {
    const message = `variable ${unset.join(', ')} of "${word}" has no value; the package is left out`
    return { value: undefined, diagnostics: [warningAt('variable-unset', message, origin)] }
  }
  const words = text.split(/\s+/).filter(each => each !== '')
  return { value: words.map(each => ({ ...written, word: each })), diagnostics: [] }
}

/** What a word means: a package, and whether it is wanted (`vim`) or to stay away (`vim-`). */
export type PackageMark = { readonly name: string; readonly isWanted: boolean }

/** What is taken off a word, one after the other, until the archives know it (install-packages.md, "Known names"). */
const SUFFIXES = [/-$/, /\+$/, /[/=].+$/, /:\S+$/] as const

/** What a word means to archives that know it, in one of its spellings; undefined where they do not. Pure. */
export const findMark = (word: string, catalog: PackageCatalog): PackageMark | undefined => {
  if (catalog.has(word)) return { name: word, isWanted: true }
  let name = word
  for (const suffix of SUFFIXES) {
    name = name.replace(suffix, '')
    if (catalog.has(name)) return { name, isWanted: !word.endsWith('-') }
  }
  return undefined
}

/**
 * The name a word is about where no archives can be asked: without mark, version, archive and architecture. A final
 * `+` is then part of the name only behind another one (`g++`) or in `memtest86+`. Pure.
 */
export const packageName = (word: string): string =>
  word
    .replace(/[=/].*$/, '')
    .replace(/-$/, '')
    .replace(/(?<![+]|^memtest86)\+$/, '')
    .replace(/:[a-z0-9]+$/, '')
