import { type Diagnostic, warningAt } from '../../diagnostic/diagnostic.ts'
import { changesDpkg, isNameChecked } from '../../language/package-type.ts'
import { nearestHint } from '../../model/nearest.ts'
import type { PackageCatalog } from '../../model/package-catalog.ts'
import { expandWord, findMark, packageName } from './package-word.ts'
import type { ClassPackage, PackageGroup } from './packages.ts'

/** Groups without what was left out, which is listed beside them, each with a warning. */
export type CheckedGroups = {
  readonly groups: readonly PackageGroup[]
  readonly dropped: readonly ClassPackage[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Puts the values of variables into the words of all groups; words whose variables have none are dropped. Pure. */
export const expandGroups = (
  groups: readonly PackageGroup[],
  variables: Readonly<Record<string, string | undefined>>,
): CheckedGroups => {
  const dropped: ClassPackage[] = []
  const diagnostics: Diagnostic[] = []
  const expand = (written: ClassPackage): readonly ClassPackage[] => {
    const { value, diagnostics: found } = expandWord(written, variables)
    diagnostics.push(...found)
    if (value === undefined) dropped.push(written)
    return value ?? []
  }
  const expanded = groups.map(group => ({ ...group, packages: group.packages.flatMap(expand) }))
  return { groups: expanded, dropped, diagnostics }
}

/**
 * Leaves out names that the archives do not know, each with the warning `package-unknown`, of the types that FAI checks
 * (install-packages.md, "Known names"). Pure. Of one package in one group the last mark wins:
 *
 *     words of a group    passed on       in each later group of these types
 *     vim mc              vim mc
 *     vim mc vim-         mc vim-         vim- again, so that nothing there brings it back
 *     vim- mc vim         mc vim
 */
export const checkGroups = (groups: readonly PackageGroup[], catalog: PackageCatalog): CheckedGroups => {
  const dropped: ClassPackage[] = []
  const diagnostics: Diagnostic[] = []
  const unwanted: ClassPackage[] = []
  const check = (group: PackageGroup): PackageGroup => {
    if (!isNameChecked(group.type)) return group
    const known = group.packages.flatMap(each => {
      const mark = findMark(each.word, catalog)
      if (mark !== undefined) return [{ each, mark }]
      dropped.push(each)
      diagnostics.push(unknownPackage(each, catalog))
      return []
    })
    const last = new Map(known.map(({ mark }) => [mark.name, mark.isWanted]))
    const kept = known.filter(({ mark }) => last.get(mark.name) === mark.isWanted)
    // What is only unpacked is downloaded by name, and nothing else comes with it.
    if (group.type === 'unpack')
      return { ...group, packages: kept.filter(({ mark }) => mark.isWanted).map(({ each }) => each) }
    const packages = [...unwanted, ...kept.map(({ each }) => each)]
    unwanted.push(...kept.filter(({ mark }) => !mark.isWanted).map(({ each }) => each))
    return { ...group, packages }
  }
  return { groups: groups.map(check), dropped, diagnostics }
}

const unknownPackage = ({ word, origin }: ClassPackage, catalog: PackageCatalog): Diagnostic => {
  const hint = nearestHint(packageName(word), catalog, 'package')
  return warningAt('package-unknown', `no archive has a package "${word}"${hint}; it is left out`, origin)
}

/** Leaves out what the host holds, each with the warning `package-held`; `held` is what `apt-mark showhold` prints. Pure. */
export const spareHeld = (groups: readonly PackageGroup[], held: ReadonlySet<string>): CheckedGroups => {
  const dropped: ClassPackage[] = []
  const isHeld = ({ word }: ClassPackage): boolean => {
    const name = word.replace(/[=/].*$/, '')
    return held.has(name) || held.has(name.replace(/[+-]$/, ''))
  }
  const spared = groups.map(group => {
    if (!changesDpkg(group.type) && group.type !== 'unpack') return group
    dropped.push(...group.packages.filter(isHeld))
    return { ...group, packages: group.packages.filter(each => !isHeld(each)) }
  })
  const diagnostics = dropped.map(({ word, origin }) =>
    warningAt('package-held', `the host holds "${packageName(word)}", so "${word}" is left out`, origin),
  )
  return { groups: spared, dropped, diagnostics }
}
