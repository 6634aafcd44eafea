import { type Diagnostic, errorAt, hasErrors, type Outcome, warningAt } from '../../diagnostic/diagnostic.ts'
import {
  isSectionActive,
  type PackageSection,
  type PackageWord,
  parsePackageConfig,
} from '../../language/package-config.ts'
import { isKnownType, TYPES_DONE, type TypeDone } from '../../language/package-type.ts'
import type { ClassFile } from '../../model/config-space.ts'
import type { Because, Step } from '../step.ts'
import { expandWord, keepLastMarks, packageName } from './package-word.ts'
import { APT_GET, inTarget, systemStep } from './system-step.ts'

/** What the packages of a host depend on. */
export type PackagesInput = {
  /** `package_config/CLASS`, in class order. */
  readonly files: readonly ClassFile[]
  readonly classes: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

/** Packages of one action, for one call of apt-get: same type, same archive. */
export type PackageGroup = {
  readonly type: TypeDone
  readonly release?: string
  readonly packages: readonly ClassPackage[]
}

/** A package word and the class whose file asks for it. */
export type ClassPackage = PackageWord & { readonly class: string }

/**
 * The packages of all classes, joined as FAI joins them (install-packages.md): by type and archive, in the order of FAI's
 * types, then of the archives, none first. Pure. A type that FAI knows and we do not yet is `package-type-unsupported`,
 * one that nobody knows the warning `package-type-unknown`.
 */
export const groupPackages = (input: PackagesInput): Outcome<readonly PackageGroup[]> => {
  const diagnostics: Diagnostic[] = []
  const groups = new Map<string, PackageGroup & { packages: ClassPackage[] }>()
  const classes = new Set(input.classes)
  for (const file of input.files) {
    const { value, diagnostics: found } = parsePackageConfig(file.text, file.path)
    diagnostics.push(...found)
    for (const section of value?.sections ?? []) {
      if (!isSectionActive(section, classes)) continue
      const type = checkType(section, diagnostics)
      if (type === undefined) continue
      const { release } = section
      const key = `${TYPES_DONE.indexOf(type)} ${release ?? ''}`
      const group = groups.get(key) ?? { type, ...(release === undefined ? {} : { release }), packages: [] }
      groups.set(key, group)
      for (const word of section.packages) {
        const expanded = expandWord(word, input.variables)
        diagnostics.push(...expanded.diagnostics)
        group.packages.push(...(expanded.value ?? []).map(each => ({ ...each, class: file.class })))
      }
    }
  }
  const value = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ({ ...group, packages: keepLastMarks(group.packages) }))
    .filter(({ packages }) => packages.length > 0)
  return { value: hasErrors(diagnostics) ? undefined : value, diagnostics }
}

const checkType = ({ type, origin }: PackageSection, diagnostics: Diagnostic[]): TypeDone | undefined => {
  const done = TYPES_DONE.find(each => each === type)
  if (done !== undefined) return done
  if (isKnownType(type)) {
    diagnostics.push(
      errorAt('package-type-unsupported', `packages of type "${type}" are not supported yet`, origin),
    )
  } else {
    const message = `"${type}" is no type of packages; what stands below it is left aside`
    diagnostics.push(warningAt('package-type-unknown', message, origin))
  }
  return undefined
}

/**
 * The steps of task `instsoft`. Pure. One call of apt-get for each group: usually a config space has one kind of
 * packages, and it is one transaction. Packages with and without recommendations cannot share a call, for apt knows one
 * setting for all; `remove` comes last, as in FAI, and purges.
 */
export const planPackages = (groups: readonly PackageGroup[]): readonly Step[] => {
  if (groups.length === 0) return []
  const wanted = groups.filter(({ type }) => type !== 'remove').flatMap(({ packages }) => packages)
  const check = systemStep(
    'instsoft',
    'packages.check',
    `check that apt knows ${wanted.length} packages`,
    {
      kind: 'check-packages',
      packages: wanted.map(({ word, origin }) => ({ name: packageName(word), origin })),
    },
    reasons(wanted),
  )
  return [
    ...(wanted.length === 0 ? [] : [check]),
    ...groups.map(groupStep),
    systemStep(
      'instsoft',
      'packages.configure',
      'configure what is left',
      inTarget(['dpkg', '--configure', '--pending']),
    ),
    systemStep('instsoft', 'packages.clean', 'remove downloaded packages', inTarget(['apt-get', 'clean'])),
  ]
}

const groupStep = (group: PackageGroup): Step => {
  const { type, release, packages } = group
  const names = packages.map(({ word }) => word)
  const from = release === undefined ? [] : ['-t', release]
  const id = release === undefined ? `packages.${type}` : `packages.${type}.${release}`
  return systemStep(
    'instsoft',
    id,
    groupTitle(group),
    inTarget([...APT_GET, ...actionOf(type), ...from, ...names]),
    reasons(packages),
  )
}

const actionOf = (type: TypeDone): readonly string[] => {
  switch (type) {
    case 'install':
      return ['install']
    case 'install-norec':
      return ['--no-install-recommends', 'install']
    case 'remove':
      return ['--purge', 'remove']
  }
}

const groupTitle = ({ type, release, packages }: PackageGroup): string => {
  const what = `${packages.length} package${packages.length === 1 ? '' : 's'}`
  const from = release === undefined ? '' : ` from ${release}`
  switch (type) {
    case 'install':
      return `install ${what}${from} and what they recommend`
    case 'install-norec':
      return `install ${what}${from} without what they recommend`
    case 'remove':
      return `remove ${what}`
  }
}

/** Each PACKAGES file once, at its first package. */
const reasons = (packages: readonly ClassPackage[]): readonly Because[] => {
  const byClass = new Map<string, Because>()
  for (const { class: name, origin } of packages) {
    if (!byClass.has(name)) byClass.set(name, { class: name, origin })
  }
  return [...byClass.values()]
}
