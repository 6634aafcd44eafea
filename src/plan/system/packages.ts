import { type Diagnostic, errorAt, hasErrors, type Outcome, warningAt } from '../../diagnostic/diagnostic.ts'
import {
  isSectionActive,
  type PackageSection,
  type PackageWord,
  type Preload,
  parsePackageConfig,
} from '../../language/package-config.ts'
import {
  INSTEAD,
  isBrokenType,
  PACKAGE_TYPES,
  parsePackageType,
  type UsableType,
} from '../../language/package-type.ts'
import type { Condition } from '../../model/condition.ts'
import type { ClassFile } from '../../model/config-space.ts'
import { nearestHint } from '../../model/nearest.ts'

/** What the packages of a host depend on. */
export type PackagesInput = {
  /** `package_config/CLASS`, in class order. */
  readonly files: readonly ClassFile[]
  readonly classes: readonly string[]
  /** For a mirror, which serves every host: an expression with `!` counts as true, and a word that takes a package away is left out. */
  readonly isGeneric?: boolean
}

/** What the classes of a host ask for, before it is known what the archives have. */
export type PackageList = {
  /** In the order in which they are carried out. */
  readonly groups: readonly PackageGroup[]
  readonly preloads: readonly Preload[]
}

/** Packages of one action: same type, same archive. */
export type PackageGroup = {
  readonly type: UsableType
  readonly release?: string
  readonly packages: readonly ClassPackage[]
}

/** A package word and the class whose file asks for it. */
export type ClassPackage = PackageWord & { readonly class: string }

/**
 * The packages of all classes, joined as FAI joins them (install-packages.md): by type and archive, in the order of FAI's
 * types, then of the archives, none first. Repeats stay. Pure. A type that ends FAI's program is
 * `package-type-unsupported`, one that nobody knows the warning `package-type-unknown`.
 */
export const groupPackages = ({ isGeneric = false, ...input }: PackagesInput): Outcome<PackageList> => {
  const diagnostics: Diagnostic[] = []
  const preloads: Preload[] = []
  const groups = new Map<string, PackageGroup & { packages: ClassPackage[] }>()
  const classes = new Set(input.classes)
  for (const file of input.files) {
    const { value, diagnostics: found } = parsePackageConfig(file.text, file.path)
    diagnostics.push(...found)
    preloads.push(...(value?.preloads ?? []))
    for (const section of value?.sections ?? []) {
      const words = isGeneric ? section.packages.filter(({ word }) => !word.endsWith('-')) : section.packages
      const isActive = isSectionActive(section, classes) || (isGeneric && isNegated(section))
      if (!isActive || words.length === 0) continue
      const type = usableType(section, diagnostics)
      if (type === undefined) continue
      const { release } = section
      const key = `${String(PACKAGE_TYPES.indexOf(type)).padStart(2, '0')} ${release ?? ''}`
      const group = groups.get(key) ?? { type, ...(release === undefined ? {} : { release }), packages: [] }
      groups.set(key, group)
      group.packages.push(...words.map(word => ({ ...word, class: file.class })))
    }
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
  return { value: hasErrors(diagnostics) ? undefined : { groups: sorted, preloads }, diagnostics }
}

const isNegated = ({ when }: PackageSection): boolean =>
  when.kind === 'expression' && holdsNegation(when.condition)

const holdsNegation = (condition: Condition): boolean => {
  switch (condition.kind) {
    case 'class':
      return false
    case 'not':
      return true
    case 'and':
    case 'or':
      return condition.of.some(holdsNegation)
    case 'choice':
      return [condition.when, condition.then, condition.otherwise].some(holdsNegation)
  }
}

const usableType = ({ type, origin }: PackageSection, diagnostics: Diagnostic[]): UsableType | undefined => {
  const known = parsePackageType(type)
  if (known === undefined) {
    const hint = nearestHint(type, PACKAGE_TYPES, 'type')
    const message = `"${type}" is no type of packages${hint}; what stands below it is left aside`
    diagnostics.push(warningAt('package-type-unknown', message, origin))
    return undefined
  }
  if (!isBrokenType(known)) return known
  const message = `packages of type "${type}" are not supported, as FAI ends there; ${INSTEAD[known]}`
  diagnostics.push(errorAt('package-type-unsupported', message, origin))
  return undefined
}
