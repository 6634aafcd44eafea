import { type Diagnostic, errorAt, type Origin, type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import { type Condition, isConditionTrue, parseCondition } from '../model/condition.ts'
import { quote } from '../model/grammar.ts'

/** A `package_config` file, in the order written. */
export type PackageConfig = {
  readonly preloads: readonly Preload[]
  readonly sections: readonly PackageSection[]
}

/** A file that is fetched before packages are installed: `PRELOAD URL DIR`, `PRELOADRM URL DIR`. */
export type Preload = {
  readonly url: string
  /** Directory of the target. */
  readonly directory: string
  /** Removed again at the end. */
  readonly isRemoved: boolean
  readonly origin: Origin
}

/** One `PACKAGES` line with the names below it. */
export type PackageSection = {
  /** As written: `install`, `install-norec`, `remove`, or any other word. */
  readonly type: string
  /** The archive that `release=NAME` asks for. */
  readonly release?: string
  readonly when: SectionCondition
  readonly packages: readonly PackageWord[]
  readonly origin: Origin
}

/**
 * When a section counts.
 *
 *     rest of the line          kind        true where
 *     empty                     always
 *     blank separated words     any         one of the classes is defined
 *     text with ! & | ( or )    expression  it holds; TRUE and FALSE are constants
 */
export type SectionCondition =
  | { readonly kind: 'always' }
  | { readonly kind: 'any'; readonly classes: readonly string[] }
  | { readonly kind: 'expression'; readonly condition: Condition }

/** A package as written, with suffixes and variables. */
export type PackageWord = { readonly word: string; readonly origin: Origin }

/**
 * Parses a `package_config` file (install-packages.md, "Input"). Pure. A line that cannot be read is
 * `package-config-syntax`; what FAI reports and leaves aside (names before the first PACKAGES line, an unknown
 * `key=value`), and what it reads otherwise than it looks, is the warning `package-config-ignored`.
 */
export const parsePackageConfig = (text: string, path: string): Outcome<PackageConfig> => {
  const diagnostics: Diagnostic[] = []
  const preloads: Preload[] = []
  const sections: (PackageSection & { packages: PackageWord[] })[] = []
  let skipped = false
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.replace(/#.*/, '').trimEnd()
    if (line === '') continue
    const at: Place = { path, line: index + 1, diagnostics }
    if (/^PRELOAD(RM)?(\s|$)/.test(line)) {
      const preload = parsePreload(line, at)
      if (preload !== undefined) preloads.push(preload)
    } else if (/^PACKAGES(\s|$)/.test(line)) {
      const section = parseSection(line, at)
      skipped = section === undefined
      if (section !== undefined) sections.push({ ...section, packages: [] })
    } else if (!skipped) {
      const section = sections.at(-1)
      if (section === undefined) ignore(at, 1, `${quote(line.trim())} stands before the first PACKAGES line`)
      else section.packages.push(...parseNames(line, at))
    }
  }
  return { value: { preloads, sections }, diagnostics }
}

/** Whether a section counts where exactly these classes are defined. Pure. */
export const isSectionActive = (section: PackageSection, classes: ReadonlySet<string>): boolean => {
  const { when } = section
  switch (when.kind) {
    case 'always':
      return true
    case 'any':
      return when.classes.some(name => classes.has(name))
    case 'expression':
      return isConditionTrue(
        when.condition,
        name => name === 'TRUE' || (name !== 'FALSE' && classes.has(name)),
      )
  }
}

/** The line that is being read, and where findings go. */
type Place = { readonly path: string; readonly line: number; readonly diagnostics: Diagnostic[] }

const originAt = ({ path, line }: Place, column?: number): Origin => ({
  kind: 'file',
  path,
  line,
  ...(column === undefined ? {} : { column }),
})

const refuse = (at: Place, column: number, message: string): undefined => {
  at.diagnostics.push(errorAt('package-config-syntax', message, originAt(at, column)))
  return undefined
}

const ignore = (at: Place, column: number, message: string): void => {
  at.diagnostics.push(
    warningAt('package-config-ignored', `${message} and is left aside`, originAt(at, column)),
  )
}

const parsePreload = (line: string, at: Place): Preload | undefined => {
  const [word = '', url, directory, ...more] = line.split(/\s+/)
  if (url === undefined || directory === undefined || more.length > 0)
    return refuse(at, 1, `${word} takes a URL and a directory`)
  return { url, directory, isRemoved: word === 'PRELOADRM', origin: originAt(at) }
}

const parseNames = (line: string, at: Place): readonly PackageWord[] => {
  const words = line.trim().split(/\s+/)
  if (words[0] === 'PACKAGES') {
    const message = 'PACKAGES is not at the beginning of the line, so it is the name of a package'
    at.diagnostics.push(warningAt('package-config-ignored', message, originAt(at)))
  }
  return words.map(word => ({ word, origin: originAt(at) }))
}

/** `PACKAGES TYPE [release=NAME] [CLASSLIST | EXPRESSION]`; undefined where the line is an error. */
const parseSection = (line: string, at: Place): Omit<PackageSection, 'packages'> | undefined => {
  const [head = '', type, option] = /^PACKAGES\s+(\S+)(?:\s+(\S+=\S+))?\s*/.exec(line) ?? []
  if (type === undefined) return refuse(at, 1, 'PACKAGES is followed by no type')
  const [, release] = /^release=(.+)$/.exec(option ?? '') ?? []
  if (option !== undefined && release === undefined)
    ignore(at, line.indexOf(option) + 1, `${quote(option)} is not an option of a PACKAGES line`)
  const when = parseWhen(line.slice(head.length), head.length + 1, at)
  return when && { type, ...(release === undefined ? {} : { release }), when, origin: originAt(at) }
}

/** `column` is where the text begins, counted from 1. */
const parseWhen = (text: string, column: number, at: Place): SectionCondition | undefined => {
  if (text === '') return { kind: 'always' }
  if (/[!&|()]/.test(text)) {
    const parsed = parseCondition(text, { choices: true })
    if (parsed.ok) return { kind: 'expression', condition: parsed.condition }
    const rest = text.slice(parsed.offset)
    const found = rest.trim() === '' ? 'the line ends' : `found ${quote(rest.trim())}`
    const expected = 'expected classes joined by "&&", "||", "!", "? :" and parentheses'
    const wrong = parsed.reason === 'too-deep' ? 'the expression is nested too deep' : `${expected}, ${found}`
    return refuse(at, column + parsed.offset + (rest.length - rest.trimStart().length), wrong)
  }
  const classes = text.split(/\s+/)
  if (classes.includes('?')) {
    const message = `${quote(text)} is a list of classes: only "!", "&", "|" or parentheses make it an expression`
    at.diagnostics.push(warningAt('package-config-ignored', message, originAt(at, column)))
  }
  return { kind: 'any', classes }
}
