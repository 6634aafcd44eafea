import { type Diagnostic, errorAt, type Origin, type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import { type Condition, isConditionTrue, parseCondition } from '../model/condition.ts'
import { quote } from '../model/grammar.ts'

/** A `package_config` file: its `PACKAGES` sections, in the order written. */
export type PackageConfig = { readonly sections: readonly PackageSection[] }

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
 * Parses a `package_config` file (install-packages.md, "Input"). Pure. A bad expression is an error; what FAI reports and
 * leaves aside (names before the first PACKAGES line, an unknown `key=value`) is a warning.
 */
export const parsePackageConfig = (text: string, path: string): Outcome<PackageConfig> => {
  const diagnostics: Diagnostic[] = []
  const sections: (PackageSection & { packages: PackageWord[] })[] = []
  let skipped = false
  for (const [index, line] of text.split('\n').entries()) {
    const origin: Origin = { kind: 'file', path, line: index + 1 }
    const words = line
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter(word => word !== '')
    if (words.length === 0) continue
    if (words[0] === 'PRELOAD' || words[0] === 'PRELOADRM') {
      diagnostics.push(errorAt('package-config-unsupported', `${words[0]} is not supported yet`, origin))
    } else if (words[0] === 'PACKAGES') {
      const section = parseSection(words.slice(1), origin, diagnostics)
      skipped = section === undefined
      if (section !== undefined) sections.push({ ...section, packages: [] })
    } else if (!skipped) {
      const section = sections.at(-1)
      if (section === undefined) {
        const message = `${quote(words.join(' '))} stands before the first PACKAGES line and is left aside`
        diagnostics.push(warningAt('package-config-ignored', message, origin))
      } else section.packages.push(...words.map(word => ({ word, origin })))
    }
  }
  return { value: { sections }, diagnostics }
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

/** `TYPE [release=NAME] [CLASSLIST | EXPRESSION]`; undefined where the line is an error. */
const parseSection = (
  words: readonly string[],
  origin: Origin,
  diagnostics: Diagnostic[],
): Omit<PackageSection, 'packages'> | undefined => {
  const [type, ...rest] = words
  if (type === undefined) {
    diagnostics.push(errorAt('package-config-syntax', 'PACKAGES names no type', origin))
    return undefined
  }
  const option = rest[0]?.includes('=') === true ? rest.shift() : undefined
  const release = option?.startsWith('release=') === true ? option.slice('release='.length) : undefined
  if (option !== undefined && (release === undefined || release === '')) {
    const message = `${quote(option)} is not an option of a PACKAGES line and is left aside`
    diagnostics.push(warningAt('package-config-ignored', message, origin))
  }
  const when = parseWhen(rest)
  if (when === undefined) {
    const message = `${quote(rest.join(' '))} is not an expression of classes, "&&", "||", "!" and parentheses`
    diagnostics.push(errorAt('package-config-syntax', message, origin))
    return undefined
  }
  return { type, ...(release === undefined || release === '' ? {} : { release }), when, origin }
}

const parseWhen = (words: readonly string[]): SectionCondition | undefined => {
  if (words.length === 0) return { kind: 'always' }
  const text = words.join(' ')
  if (!/[!&|()]/.test(text)) return { kind: 'any', classes: words }
  const parsed = parseCondition(text)
  return parsed.ok ? { kind: 'expression', condition: parsed.condition } : undefined
}
