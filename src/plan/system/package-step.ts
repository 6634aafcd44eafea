import { isRemoving } from '../../language/package-type.ts'
import type { LocalPackage } from '../../model/config-space.ts'
import type { Because, Step } from '../step.ts'
import type { PackageGroup, PackageList } from './packages.ts'
import { systemStep } from './system-step.ts'

/** The step of task `instsoft`; none where no class asks for anything. `respectsHolds` is for a system in use. Pure. */
export const planPackages = (
  list: PackageList,
  localPackages: readonly LocalPackage[],
  respectsHolds = false,
): readonly Step[] => {
  const packages = list.groups.flatMap(group => group.packages)
  if (packages.length + list.preloads.length + localPackages.length === 0) return []
  const because: readonly Because[] = [
    ...packages,
    ...localPackages.map(({ class: name, path }) => ({
      class: name,
      origin: { kind: 'file', path } as const,
    })),
  ]
  const action = { kind: 'install-packages', list, localPackages, respectsHolds } as const
  return [systemStep('instsoft', 'packages', titleOf(list, localPackages), action, firstOfClass(because))]
}

/** `install 12 packages, remove 1 package`. */
const titleOf = ({ groups, preloads }: PackageList, localPackages: readonly LocalPackage[]): string => {
  const countOf = (verb: string): number =>
    groups.filter(({ type }) => verbOf(type) === verb).reduce((sum, { packages }) => sum + packages.length, 0)
  const parts = [
    { verb: 'fetch', count: preloads.length, what: 'file' },
    ...['hold', 'install', 'remove'].map(verb => ({ verb, count: countOf(verb), what: 'package' })),
    { verb: 'install', count: localPackages.length, what: 'package file' },
  ]
  return parts
    .filter(({ count }) => count > 0)
    .map(({ verb, count, what }) => `${verb} ${count} ${what}${count === 1 ? '' : 's'}`)
    .join(', ')
}

const verbOf = (type: PackageGroup['type']): string => {
  if (type === 'hold') return type
  return isRemoving(type) ? 'remove' : 'install'
}

/** Each class once, at its first package. */
const firstOfClass = (reasons: readonly Because[]): readonly Because[] => {
  const byClass = new Map<string | undefined, Because>()
  for (const { class: name, origin } of reasons) {
    if (!byClass.has(name)) byClass.set(name, { ...(name === undefined ? {} : { class: name }), origin })
  }
  return [...byClass.values()]
}
